"""Where posters live: one folder each, complete or not there at all.

    posters/<first two of id>/<id>/    the poster, its thumbnail and preview, and sidecar.json with all that is known
    posters/.making/<job id>/          what a render process is writing
    posters/.leaving/<id>/             on its way out, or waiting for second thoughts

A folder is made under .making and renamed into place once everything in it is on the disk, so nobody ever meets half a
poster. It leaves the same way.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from mural.errors import MuralError, NotFound, StorageFull
from mural.files import sync, write_whole
from services.background import Aside, directly

SIDECAR: Final = "sidecar.json"
POSTER_ID: Final = re.compile(r"[0-9a-f]{32}")
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
BYTES_PER_GB: Final = 10**9


class BrokenSidecar(MuralError):
    """A poster's sidecar cannot be read or is not one."""


class PosterFiles:
    """Keeps the posters' folders, and counts what they take."""

    def __init__(self, root: Path, *, max_bytes: int, spare_bytes: int = 100_000_000, aside: Aside = directly) -> None:
        self._root = root
        self._aside = aside
        self._making = root / ".making"
        self._leaving = root / ".leaving"
        self._max_bytes = max_bytes
        self._spare_bytes = spare_bytes
        self._used = 0
        self._counting = threading.Lock()

    def start(self) -> None:
        """Make the folders, drop what an interrupted run left half done, and count what is there."""
        for folder in (self._making, self._leaving):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self._used = sum(_folder_bytes(self.folder(poster_id)) for poster_id in self.ids())

    @property
    def used_bytes(self) -> int:
        """What all posters take on the disk."""
        return self._used

    def ids(self) -> Iterator[str]:
        """List the posters whose folders are in place."""
        for shelf in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in shelf.iterdir() if POSTER_ID.fullmatch(entry.name))

    def folder(self, poster_id: str) -> Path:
        """Tell where a poster's folder is or would be."""
        if not POSTER_ID.fullmatch(poster_id):
            raise ValueError(f"{poster_id!r} is not the id of a poster")
        return self._root / poster_id[:2] / poster_id

    def holds(self, poster_id: str, name: str) -> bool:
        """Tell whether a poster's file is there."""
        return (self.folder(poster_id) / name).is_file()

    def check_room(self, expected_bytes: int = 0) -> None:
        """Raise StorageFull when so much more would go beyond what this installation may take or what the disk has."""
        if self._used + expected_bytes > self._max_bytes:
            raise StorageFull(
                f"The posters have reached this installation's limit of {self._max_bytes / BYTES_PER_GB:g} GB."
            )
        if shutil.disk_usage(self._root).free < expected_bytes + self._spare_bytes:
            raise StorageFull("There is hardly any room left on the disk, so no new posters can be made.")

    @contextmanager
    def making(self, job_id: str) -> Iterator[Path]:
        """Give a job an empty folder of its own to draw into; what is still in it afterwards is dropped."""
        folder = self._making / job_id
        shutil.rmtree(folder, ignore_errors=True)
        with full_disk_named():
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def place(self, made: Path, poster_id: str, sidecar: bytes) -> int:
        """Put a finished folder into its place with its sidecar, on the disk for good; give the bytes it takes."""
        target = self.folder(poster_id)
        with full_disk_named():
            (made / SIDECAR).write_bytes(sidecar)
            self._aside(partial(_move_for_good, made, target))
        size = _folder_bytes(target)
        self._count(size)
        return size

    def sidecar(self, poster_id: str) -> bytes:
        """Read what is written down about a poster in its own folder; raise BrokenSidecar."""
        path = self.folder(poster_id) / SIDECAR
        try:
            return path.read_bytes()
        except OSError as error:
            raise BrokenSidecar(f"{path} cannot be read: {error}", id=poster_id) from error

    def rewrite(self, poster_id: str, sidecar: bytes) -> None:
        """Write anew what is known about a poster, on the disk for good; raise StorageFull."""
        path = self.folder(poster_id) / SIDECAR
        before_bytes = path.stat().st_size
        with full_disk_named():
            self._aside(partial(write_whole, path, sidecar, durable=True))
        self._count(len(sidecar) - before_bytes)

    def remove(self, poster_id: str) -> None:
        """Take a poster's folder away, at once and completely; one that is gone already is fine."""
        self.set_aside(poster_id)
        self.forget(poster_id)

    def set_aside(self, poster_id: str) -> None:
        """Take a poster's folder out of its place, to be brought back or forgotten; one that is gone is fine."""
        folder = self.folder(poster_id)
        try:
            size = _folder_bytes(folder)
            folder.rename(self._leaving / poster_id)
        except FileNotFoundError:
            return
        self._count(-size)

    def bring_back(self, poster_id: str) -> None:
        """Put a folder that was set aside back into its place; raise NotFound."""
        folder = self.folder(poster_id)
        try:
            (self._leaving / poster_id).rename(folder)
        except FileNotFoundError:
            raise NotFound("Poster", poster_id) from None
        self._count(_folder_bytes(folder))

    def forget(self, poster_id: str) -> None:
        """Delete a folder that was set aside."""
        shutil.rmtree(self._leaving / poster_id, ignore_errors=True)

    def _count(self, change: int) -> None:
        with self._counting:
            self._used += change


@contextmanager
def full_disk_named() -> Iterator[None]:
    """Raise StorageFull where the system says that the disk or the quota is full."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull("There is no room left on the disk.") from error
        raise


def _folder_bytes(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(folder))


def _move_for_good(made: Path, target: Path) -> None:
    """Move a folder into its place once everything in it is on the disk, which may take its time."""
    for file in made.iterdir():
        sync(file)
    sync(made)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)
    sync(target.parent)
