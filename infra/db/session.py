"""The database: one engine, short transactions, one writer at a time on SQLite.

Nothing here knows which green-thread library runs it: the lock and the pool are the standard library's, which wsgi.py
patches before anything is imported.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session, sessionmaker

from infra.background import RunBlocking, directly
from infra.db.reserve import Reserve
from infra.footing import Footing
from mural.errors import MuralError, StorageFull, Unavailable

log = logging.getLogger(__name__)

T = TypeVar("T")

WRITES: Final = "mural_writes"
"""Execution option of the connections that are going to write."""

BUSY: Final = "The database is busy. Try again in a moment."
SILENT: Final = "The database does not answer."
READ_ONLY: Final = "The database cannot be written to: its disk or its file is read-only."
DAMAGED: Final = "The database is damaged: its file is not, or not any more, one that can be read."
NO_ROOM: Final = "There is no room left on the disk for the database."
LOST: Final = (
    "The database's file was deleted, moved or replaced while the server ran, so nothing can be saved. "
    "Put it back as it was, or stop the server, restore a copy and start it again."
)

SIDE_FILES: Final = ("-wal", "-shm")
"""What SQLite keeps beside a database in use, by the ends of their names; they belong to it."""


class Database:
    """Hands out sessions for reading and for writing; raises mural.errors where the database itself is in trouble."""

    def __init__(self, url: str, *, busy_timeout_s: float = 5.0, run_blocking: RunBlocking = directly) -> None:
        self.url = driver_url(url)
        self.run_blocking = run_blocking
        self.engine = make_engine(self.url, busy_timeout_s=busy_timeout_s)
        snapshots = self.engine.execution_options(**({} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}))
        self._reading = sessionmaker(snapshots, expire_on_commit=False)
        self._writing = sessionmaker(self.engine.execution_options(**{WRITES: True}), expire_on_commit=False)
        # SQLite waits for its lock inside C, where a green thread would hold up all others: queue up here instead.
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()
        file = self.url.database if self.is_sqlite else None
        files = [Path(file + end) for end in ("", *SIDE_FILES)] if file and file != ":memory:" else []
        self._footing = Footing(files)
        self._reserve = Reserve(Path(f"{files[0]}-reserve")) if files else None

    @property
    def is_sqlite(self) -> bool:
        """Tell whether the database is a single file (or in memory)."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session that sees one consistent state and changes nothing."""
        self.check_footing()
        with _in_our_words(), self._reading() as session:
            yield session
            self._footing.note()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Open a session that is committed at the end, durably, or rolled back when anything is raised."""
        self.check_footing()
        with _in_our_words(), self._writer, self._writing() as session:
            yield session
            session.flush()
            self._footing.note()
            self.check_footing()  # nothing is promised that would be written where nobody finds it
            if self.is_sqlite and session.in_transaction():
                self._commit_blocking(session)
            session.commit()

    def _commit_blocking(self, session: Session) -> None:
        """Commit while green threads go on: SQLite waits for the disk inside C."""
        raw = session.connection().connection.dbapi_connection
        if raw is None:
            raise RuntimeError("the session has no connection")
        try:
            self.run_blocking(raw.commit)
        except sqlite3.OperationalError as error:
            raise OperationalError("COMMIT", None, error) from error

    def check_footing(self) -> None:
        """Raise Unavailable where the database's file is not the one that was opened."""
        if lost := self._footing.lost():
            log.error("%s was deleted, moved or replaced while it is in use", lost)
            raise Unavailable(LOST)

    def freeing(self, change: Callable[[], T]) -> T:
        """Make a change that deletes something, also on a full disk: then with room that is kept for that."""
        while True:
            try:
                return change()
            except StorageFull:
                if self._reserve is None or not self._reserve.give():
                    raise

    def keep_reserve(self) -> None:
        """See to it that there is room for ``freeing``, where the disk has any."""
        if self._reserve is not None:
            self._reserve.refill()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._footing.forget()


def driver_url(url: str) -> URL:
    """Choose the driver: psycopg 3 for PostgreSQL, whatever driver name the URL was written with."""
    parsed = make_url(url)
    return parsed.set(drivername="postgresql+psycopg") if parsed.get_backend_name() == "postgresql" else parsed


def make_engine(url: URL, *, busy_timeout_s: float = 5.0, foreign_keys: bool = True) -> Engine:
    """Make an engine whose connections are set up for durable, short transactions."""
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, pool_size=10)
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions: see begin() below
        for pragma in (
            f"busy_timeout = {round(busy_timeout_s * 1000)}",
            "journal_mode = WAL",
            "synchronous = FULL",  # what was acknowledged survives a power cut
            f"foreign_keys = {int(foreign_keys)}",
            "trusted_schema = OFF",  # what a file says of its own tables runs nothing of ours
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Taking the write lock at once: a read that turns into a write fails when another writer came in between.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise _translated(error) from error
    except DatabaseError as error:
        if type(error) is not DatabaseError:  # its subclasses are about what was asked
            raise
        raise _damaged(error) from error
    except NoConnectionFree as error:
        raise Unavailable(BUSY) from error


def _damaged(error: DatabaseError) -> MuralError:
    log.error("The database is damaged: %s", error.orig)
    return Unavailable(DAMAGED)


def _translated(error: OperationalError) -> MuralError:
    reason = str(error.orig)
    if "disk is full" in reason or "No space left" in reason:
        return StorageFull(NO_ROOM)
    if "locked" in reason or "busy" in reason:
        return Unavailable(BUSY)
    # To the log alone: it may name a server inside the host's network.
    log.error("The database cannot be used: %s", reason.splitlines()[0] if reason else "no reason given")
    return Unavailable(READ_ONLY if "readonly database" in reason else SILENT)
