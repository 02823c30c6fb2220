"""The one door for requests of the web process to other hosts; all that leaves it passes the guards of mural.net.

Nothing that answers may hold the process up or fill its memory, and what it says is for the log and for whoever asked,
never for visitors: errors hold none of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from ssl import SSLContext

from mural.net.errors import Forbidden, OutgoingError, TooLarge, TooSlow, Unreachable, Unreadable
from mural.net.fetch import Answer, Bounds, fetch
from mural.net.targets import NamedBy

__all__ = [
    "Answer",
    "Bounds",
    "Forbidden",
    "NamedBy",
    "OutgoingError",
    "TooLarge",
    "TooSlow",
    "Unreachable",
    "Unreadable",
    "get",
]


def get(
    url: str, named_by: NamedBy, bounds: Bounds, *, headers: Mapping[str, str], context: SSLContext | None = None
) -> Answer:
    """Get what lies at an address; raise an OutgoingError where that is forbidden or does not work out.

    ``named_by`` says whose word the host is: one of the settings may lie inside the host's own network, one that a user
    or an answer has named never.
    """
    return fetch(url, named_by, bounds, headers=headers, context=context)
