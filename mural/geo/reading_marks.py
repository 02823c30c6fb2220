"""Marks on the disk of which map files are being read, for the case that everything dies at once.

A render process that is ended alone says nothing about the file that was being read: whoever ends it has reasons of
their own, and the reader of the file is another process. When the whole server is found dead, as where memory ran out
for all of it, the files whose marks are left were being read then. Such a file is read alone from then on; when the
server dies of it a second time, it is read no more until it changes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from mural.geo.area_file import Stamp
from mural.geo.catalogue_index import unreadable

DEATHS: Final = 2
"""After so many deaths of the server a file is the reason."""
_MARK: Final = ".reading"
_DEATH: Final = ".died"


class ReadingMarks:
    """The marks in one folder, shared by the render processes of one server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def reading(self, path: Path, stamp: Stamp) -> Iterator[None]:
        """Mark a file while it is read; raises BrokenExtract instead where the server died of that too often."""
        key = sha256(os.fsencode(f"{path}\n{stamp.size}\n{stamp.mtime_ns}")).hexdigest()[:32]
        deaths = self._deaths(key)
        if deaths >= DEATHS:
            raise unreadable(path, "deadly", f"the server died {deaths} times while it was read")
        with self._turn(alone=deaths > 0), self._marked(key):
            yield
        for death in self._folder.glob(f"{key}.*{_DEATH}"):
            _remove(death)

    def take_up(self) -> None:
        """Hold it against the files that they were being read when the last server died; to be done before any is."""
        for mark in sorted(self._folder.glob(f"*{_MARK}")):
            key = mark.name.partition(".")[0]
            with suppress(OSError):  # a disk that cannot be written keeps no server from starting
                mark.rename(self._folder / f"{key}.{self._deaths(key)}{_DEATH}")

    def forget(self) -> None:
        """Remove the marks of processes that were ended on purpose; nothing may be reading."""
        for mark in self._folder.glob(f"*{_MARK}"):
            _remove(mark)

    def _deaths(self, key: str) -> int:
        return len(list(self._folder.glob(f"{key}.*{_DEATH}")))

    @contextmanager
    def _turn(self, *, alone: bool) -> Iterator[None]:
        """Let a file that is suspected be read when no other is, so that no other is suspected with it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._folder, os.O_RDONLY)
        except OSError:  # without a place for marks, files are read all the same
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _marked(self, key: str) -> Iterator[None]:
        """Keep a mark, locked for as long as this process lives; those of processes that were ended go."""
        for other in self._folder.glob(f"*{_MARK}"):
            _remove_if_left(other)
        mark = self._folder / f"{key}.{os.getpid()}{_MARK}"
        try:
            handle = os.open(mark, os.O_CREAT | os.O_RDWR, 0o644)
        except OSError:
            yield
            return
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            _remove(mark)
            os.close(handle)


def _remove_if_left(mark: Path) -> None:
    with suppress(OSError):  # it is held, or has gone
        handle = os.open(mark, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            mark.unlink()
        finally:
            os.close(handle)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink()
