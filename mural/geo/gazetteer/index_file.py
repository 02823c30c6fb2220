"""The place index as a file: opened when first needed, shared between threads, plain about what is wrong with it."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from mural.errors import Unavailable
from mural.geo.gazetteer.schema import FORMAT


class IndexFile:
    """One read-only SQLite connection; a failed one is dropped, so that a rebuilt file needs no restart."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a query to its end. Raises Unavailable when the file is missing, damaged or of another format."""
        # Queries last a few milliseconds: one connection and a lock beat a connection for every (green) thread.
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open()
                return self._connection.execute(query, parameters).fetchall()
            except sqlite3.DatabaseError as error:
                self._drop()
                raise self._unavailable("is damaged: delete it and build it again") from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._drop()

    def _open(self) -> sqlite3.Connection:
        if not self._path.is_file():
            raise self._unavailable("has not been built")
        uri = f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        with ExitStack() as on_failure:
            on_failure.callback(connection.close)
            row = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
            if row is None or not str(row[0]).startswith(f"{FORMAT}/"):
                raise self._unavailable("is of another version")
            on_failure.pop_all()
        return connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unavailable(self, trouble: str) -> Unavailable:
        return Unavailable(
            f"Place search is not available: its index {trouble}.",
            hint=f"python -m mural.geo.gazetteer {self._path.name}",
        )
