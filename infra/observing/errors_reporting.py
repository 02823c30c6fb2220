"""Errors of the program, reported to the host's own Sentry (or what speaks its language) when one is configured."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from infra.observing import logs
from mural import __version__

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

FLUSH_S: Final = 2.0


def start_reporting(dsn: str, environment: str) -> Callable[[], object]:
    """Report what is logged as an error from here on; give what sends, at the end, that which was not sent yet.

    Nothing that visitors sent goes along, besides what the error's own message says.
    """
    if not dsn:
        return lambda: None
    # Only for those who use it: it takes its time, and loads every green-thread library that it finds.
    import sentry_sdk  # noqa: PLC0415
    from sentry_sdk.integrations.logging import LoggingIntegration  # noqa: PLC0415

    from infra.observing.sentry_transport import StayingTransport  # noqa: PLC0415

    sentry_sdk.init(
        dsn=dsn,
        transport=StayingTransport,
        release=f"mural@{__version__}",
        environment=environment,
        # Only what is logged as an error; no library may begin to send requests and their bodies by itself.
        integrations=[LoggingIntegration(level=None, event_level=logging.ERROR)],
        auto_enabling_integrations=False,
        # Variables of a traceback may hold secrets and what visitors typed.
        include_local_variables=False,
        max_breadcrumbs=0,
        before_send=_with_context,
    )
    return partial(sentry_sdk.flush, FLUSH_S)


def _with_context(event: Event, _hint: Hint) -> Event:
    event.setdefault("tags", {}).update({name: str(value) for name, value in logs.current().items()})
    return event
