"""The one place where a view or a command is refused to who may not have it at all, before it runs.

Whether it may be done to one certain thing is asked by the service that knows the thing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Flask, request

from mural.errors import NotAllowed
from routes.web.identity import who_asks
from routes.web.languages import noted
from services.accounts.actors import Actor
from services.accounts.permissions import Permission

REFUSED: Final = noted("You may not do that here.")


def require_named(permissions: Mapping[str, Permission], name: str, actor: Actor) -> None:
    """Raise NotAllowed unless a table names what a view or a command needs, and the actor may do that."""
    needed = permissions.get(name)
    if needed is None or not actor.can(needed):
        raise NotAllowed(REFUSED)


def init_guard(app: Flask, permissions: Mapping[str, Permission]) -> None:
    """Ask the table before each view; what is at no address of ours is nobody's to refuse."""

    @app.before_request
    def _require() -> None:
        if request.endpoint is not None:
            require_named(permissions, request.endpoint, who_asks())
