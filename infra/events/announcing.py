"""News leave after the commit, in its order, and a failure to announce undoes nothing.

What was committed stands, whether anybody heard of it or not: those who read a stream find a number missing and ask for
what came since. So nothing that can be undone may stand around an announcement.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

from infra.db.session import Database
from infra.events.events import Event, Publisher

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Announcer:
    """A publisher that never raises: whoever publishes has committed already and could only do harm by failing."""

    def __init__(self, inner: Publisher) -> None:
        self._inner = inner

    def publish(self, event: Event) -> None:
        """Push one event to its rooms; what stands against it goes into the log."""
        try:
            self._inner.publish(event)
        except Exception:  # the edge of the process: nobody above could make it unsaid, or say it another way
            log.exception("%s could not be announced; what it tells of stands", event.name)


def nothing() -> None:
    """Undo nothing."""


class Commits:
    """Commits changes one at a time and tells each before the next, so that the news leave in their order."""

    def __init__(self, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = Announcer(publisher)
        self.turn = threading.RLock()
        """Held by whoever must look at something before the change and have it stay so."""

    def make(
        self, change: Callable[[Session], tuple[Event | None, Result]], undo: Callable[[], object] = nothing
    ) -> Result:
        """Make a change in one transaction, then send its event; ``undo`` is called only where it was not committed."""
        with self.turn:
            try:
                with self._database.write() as session:
                    event, result = change(session)
            except BaseException:
                undo()
                raise
            if event is not None:
                self._publisher.publish(event)
        return result
