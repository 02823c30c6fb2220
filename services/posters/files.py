"""Where posters live: one folder each, complete or not there at all.

    posters/<first two of id>/<id>/    the poster, its thumbnail and preview, and sidecar.json with all that is known
    posters/.making/<job id>/          what a render process is writing
    posters/.leaving/<id>/             on its way out, or waiting for second thoughts

A folder is made under .making and renamed into place once everything in it is on the disk, so nobody ever meets half a
poster. It leaves the same way, before the database forgets the poster: what is out of its place never comes back by
itself, whenever the power fails and whether or not the files can be deleted.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from infra.background import RunBlocking, directly
from infra.disk import BYTES_PER_GB, BYTES_PER_MB, FULL, NO_ROOM, full_disk_named
from infra.footing import Footing
from mural.errors import MuralError, NotFound, StorageFull, Unavailable
from mural.files import sync, write_whole

SIDECAR: Final = "sidecar.json"
POSTER_ID: Final = re.compile(r"[0-9a-f]{32}")
FILE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}")
"""A file in a poster's folder: never a way out of it, whatever a row or a sidecar says."""

JOB_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

GONE: Final = (
    "The posters' folder was deleted, moved or replaced while the server ran. "
    "Put it back as it was, or stop the server, restore a copy and start it again."
)
LARGEST_SIDECAR_BYTES: Final = 40 * BYTES_PER_MB
"""More than any request has, whose design it repeats."""

log = logging.getLogger(__name__)


class BrokenSidecar(MuralError):
    """A poster's sidecar cannot be read or is not one."""


class PosterFiles:
    """Keeps the posters' folders, and counts what they take."""

    def __init__(
        self, root: Path, *, max_bytes: int, spare_bytes: int = 100_000_000, run_blocking: RunBlocking = directly
    ) -> None:
        self._root = root
        self._run_blocking = run_blocking
        self._making = root / ".making"
        self._leaving = root / ".leaving"
        self._max_bytes = max_bytes
        self._spare_bytes = spare_bytes
        self._footing = Footing([root])
        self._used = 0
        self._counting = threading.Lock()

    def start(self) -> None:
        """Make the folders, drop what an interrupted run left half done, and count what is there."""
        shutil.rmtree(self._making, ignore_errors=True)
        for folder in (self._making, self._leaving):
            folder.mkdir(parents=True, exist_ok=True)
        self._footing.forget()
        self._footing.note()
        self._used = sum(_folder_bytes(self.folder(poster_id)) for poster_id in self.ids())

    @property
    def used_bytes(self) -> int:
        """What all posters take on the disk."""
        return self._used

    def ids(self) -> Iterator[str]:
        """List the posters whose folders are in place."""
        for shelf in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            yield from sorted(entry.name for entry in shelf.iterdir() if POSTER_ID.fullmatch(entry.name))

    def leaving(self) -> list[str]:
        """List the posters whose folders are out of their place."""
        return sorted(entry.name for entry in self._leaving.glob("*") if POSTER_ID.fullmatch(entry.name))

    def folder(self, poster_id: str) -> Path:
        """Tell where a poster's folder is or would be."""
        if not POSTER_ID.fullmatch(poster_id):
            raise ValueError(f"{poster_id!r} is not the id of a poster")
        return self._root / poster_id[:2] / poster_id

    def file(self, poster_id: str, name: str) -> Path:
        """Find one of a poster's files by the name that was kept of it; raise NotFound or Unavailable."""
        path = self.folder(poster_id) / name
        if not FILE_NAME.fullmatch(name):
            log.error("Poster %s names %.200r as a file of its own, which is none", poster_id, name)
            raise NotFound("Poster", poster_id)
        if not _is_plain_file(path):
            self.check_place()
            log.warning("The files of poster %s are gone from %s", poster_id, path.parent)
            raise NotFound("Poster", poster_id)
        return path

    def holds(self, poster_id: str, name: str) -> bool:
        """Tell whether a poster's file is there."""
        return bool(FILE_NAME.fullmatch(name)) and _is_plain_file(self.folder(poster_id) / name)

    def check_place(self) -> None:
        """Raise Unavailable where the posters' folder is not the one that was there at the start."""
        if self._footing.lost():
            log.error("%s was deleted, moved or replaced while it is in use", self._root)
            raise Unavailable(GONE)

    def check_room(self, expected_bytes: int = 0) -> None:
        """Raise StorageFull when so much more would go beyond what this installation may take or what the disk has.

        Raises Unavailable where the folder is gone.
        """
        self.check_place()
        if self._used + expected_bytes > self._max_bytes:
            raise StorageFull(
                f"The posters have reached this installation's limit of {self._max_bytes / BYTES_PER_GB:g} GB."
            )
        if shutil.disk_usage(self._root).free < expected_bytes + self._spare_bytes:
            raise StorageFull("There is hardly any room left on the disk, so no new posters can be made.")

    @contextmanager
    def making(self, job_id: str) -> Iterator[Path]:
        """Give a job an empty folder of its own to draw into; what is still in it afterwards is dropped."""
        if not JOB_ID.fullmatch(job_id):
            raise ValueError(f"{job_id!r} is not the id of a job")
        self.check_place()
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
        self.check_place()
        with full_disk_named():
            (made / SIDECAR).write_bytes(sidecar)
            self._run_blocking(partial(_move_for_good, made, target))
        size = _folder_bytes(target)
        self._count(size)
        return size

    def sidecar(self, poster_id: str) -> bytes:
        """Read what is written down about a poster in its own folder; raise BrokenSidecar."""
        return _read_sidecar(self.folder(poster_id))

    def rewrite(self, poster_id: str, sidecar: bytes) -> None:
        """Write anew what is known about a poster, on the disk for good; raise StorageFull."""
        path = self.folder(poster_id) / SIDECAR
        before_bytes = path.stat().st_size
        with full_disk_named():
            self._run_blocking(partial(write_whole, path, sidecar, durable=True))
        self._count(len(sidecar) - before_bytes)

    def remove(self, poster_id: str) -> None:
        """Take a poster's folder away, at once and completely; one that is gone already is fine."""
        self.set_aside(poster_id)
        self.forget(poster_id)

    def set_aside(self, poster_id: str) -> bool:
        """Take a poster's folder out of its place for good, to be brought back or forgotten; tell whether it was there.

        Raises StorageFull or Unavailable where the disk does not let it go.
        """
        folder, aside = self.folder(poster_id), self._leaving / poster_id
        try:
            size = _folder_bytes(folder)
            # Not before: where it is out of its place already, somebody may be about to bring it back.
            if aside.exists():  # could not be deleted at an earlier time
                self.forget(poster_id)
            self._leaving.mkdir(exist_ok=True)  # a command may come before the first start
            self._run_blocking(partial(_rename_for_good, folder, aside))
        except FileNotFoundError:
            return False
        except OSError as error:
            if error.errno in FULL:
                raise StorageFull(NO_ROOM) from error
            log.warning("The folder %s cannot be moved away: %s", folder, error)
            message = "The files of this poster cannot be taken away just now, so it stays. The log says why."
            raise Unavailable(message) from error
        self._count(-size)
        return True

    def sidecar_aside(self, poster_id: str) -> bytes:
        """Read what is written down about a poster that was set aside; raise BrokenSidecar."""
        return _read_sidecar(self._leaving / poster_id)

    def bring_back(self, poster_id: str) -> None:
        """Put a folder that was set aside back into its place; raise NotFound."""
        folder = self.folder(poster_id)
        try:
            self._run_blocking(partial(_rename_for_good, self._leaving / poster_id, folder))
        except FileNotFoundError:
            raise NotFound("Poster", poster_id) from None
        self._count(_folder_bytes(folder))

    def forget(self, poster_id: str) -> None:
        """Delete a folder that was set aside; what cannot be deleted now is tried again at the next start."""
        aside = self._leaving / poster_id
        shutil.rmtree(aside, ignore_errors=True)
        if aside.exists():
            log.error("The files in %s, of a poster that was taken down, cannot be deleted", aside)

    def _count(self, change: int) -> None:
        with self._counting:
            self._used += change


def _is_plain_file(path: Path) -> bool:
    """Tell whether a file is there itself: a link could lead anywhere."""
    return path.is_file() and not path.is_symlink()


def _folder_bytes(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(folder))


def _read_sidecar(folder: Path) -> bytes:
    path = folder / SIDECAR
    if not _is_plain_file(path) or path.stat().st_size > LARGEST_SIDECAR_BYTES:
        raise BrokenSidecar(f"{path} is no file, or too large to be a sidecar.", id=folder.name)
    try:
        return path.read_bytes()
    except OSError as error:
        raise BrokenSidecar(f"{path} cannot be read: {error}", id=folder.name) from error


def _rename_for_good(source: Path, target: Path) -> None:
    """Move a folder to another place, wherever it is after a loss of power: never in both, and not in the old one."""
    source.rename(target)
    sync(target.parent)
    sync(source.parent)


def _move_for_good(made: Path, target: Path) -> None:
    """Move a folder into its place once everything in it is on the disk, which may take its time."""
    for file in made.iterdir():
        sync(file)
    sync(made)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)
    sync(target.parent)
