"""The tiles in which a large poster is looked at: cut by a process of their own when somebody first looks closer."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import uuid4

from infra.background import Background, RunBlocking, directly
from infra.disk import is_full
from infra.processes.render_process import ROOT
from mural.errors import NotFound, StorageFull, Unavailable
from mural.poster import Format
from mural.pyramid import COMPLETE, OVERLAP_PX, TILE_PX, Pyramid, tile_name
from services.accounts.actors import HOUSE, Actor
from services.posters.urls import Urls
from services.posters.views import FileKind, PosterView, StoredFile

log = logging.getLogger(__name__)

KEPT: Final = 24
"""Posters whose tiles are kept; those that nobody looked at for the longest time go first. An A0 takes 20 to 60 MB."""

LEAVING: Final = "leaving-"
"""So begin the folders of tiles that are being deleted."""

WAIT_S: Final = 60.0
LOOK_S: Final = 0.05

RASTERS: Final = frozenset({Format.PNG, Format.JPEG, Format.WEBP})


class Posters(Protocol):
    """Knows posters and their files."""

    def get(self, poster_id: str, viewer: Actor, /) -> PosterView:
        """Tell the facts of a poster; raise NotFound."""

    def file(self, poster_id: str, kind: FileKind, viewer: Actor, /) -> StoredFile:
        """Find a poster's file; raise NotFound."""


@dataclass(frozen=True, slots=True)
class TilesView:
    """What a viewer has to know to ask for tiles."""

    pyramid: Pyramid
    tile_url: str

    def to_json(self) -> dict[str, Any]:
        """Give the body of the answer."""
        return {
            "width": self.pyramid.width_px,
            "height": self.pyramid.height_px,
            "tile_size": TILE_PX,
            "overlap": OVERLAP_PX,
            "min_level": self.pyramid.min_level,
            "max_level": self.pyramid.max_level,
            "tile_url": self.tile_url,
        }


@dataclass(frozen=True, slots=True)
class _Cutting:
    """The process at work, and whose tiles it cuts."""

    poster_id: str
    process: subprocess.Popen[bytes]


class TileService:
    """Hands out tiles, and has them cut: one poster at a time, outside of the web process."""

    def __init__(
        self,
        posters: Posters,
        folder: Path,
        background: Background,
        env: Mapping[str, str],
        urls: Urls,
        run_blocking: RunBlocking = directly,
    ) -> None:
        self._posters = posters
        self._folder = folder
        self._background = background
        self._env = env
        self._urls = urls
        self._run_blocking = run_blocking
        self._cutting: _Cutting | None = None
        self._changing = threading.Lock()

    def start(self) -> None:
        """Delete the tiles of posters that a run before this one took down."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in self._folder.iterdir():
            if not self._is_there(path.name):
                shutil.rmtree(path, ignore_errors=True)

    def forget(self, poster_id: str) -> None:
        """Delete the tiles of a poster that was taken down, also those that are being cut."""
        with self._changing:
            if self._cutting is not None and self._cutting.poster_id == poster_id:
                self._end_cutting(self._cutting)
            try:
                leaving = (self._folder / poster_id).rename(self._folder / f"{LEAVING}{uuid4().hex}")
            except FileNotFoundError:
                return
            except OSError as error:
                log.warning("The tiles of poster %s, which was taken down, cannot be deleted: %s", poster_id, error)
                return
        # An A0 has a thousand of them: nobody is to wait for that.
        self._background.start_background_task(self._run_blocking, partial(shutil.rmtree, leaving, ignore_errors=True))

    def describe(self, poster_id: str) -> TilesView:
        """Tell which tiles a poster has; raise NotFound for one that is no picture of pixels."""
        poster = self._posters.get(poster_id, HOUSE)
        if poster.format not in RASTERS:
            raise NotFound("Tiles", poster_id)
        return TilesView(Pyramid(poster.width_px, poster.height_px), self._urls.tile(poster.id, poster.version))

    def tile(self, poster_id: str, level: int, column: int, row: int) -> Path:
        """Find a tile, having it cut first if need be; raise NotFound or Unavailable."""
        pyramid = self.describe(poster_id).pyramid
        if not pyramid.holds(level, column, row):
            raise NotFound("Tile", tile_name(level, column, row))
        path = self._folder / poster_id / tile_name(level, column, row)
        deadline = time.monotonic() + WAIT_S
        while not path.exists():
            if time.monotonic() > deadline:
                raise Unavailable("The tiles of this poster are still being cut; ask again in a moment.")
            self._advance(poster_id)
            self._background.sleep(LOOK_S)
        try:
            os.utime(path.parent.parent)
        except FileNotFoundError:  # taken down this moment
            raise NotFound("Poster", poster_id) from None
        return path

    def stop(self) -> None:
        """End the process at work; what it has cut so far is cut again another time."""
        with self._changing:
            if self._cutting is not None:
                self._end_cutting(self._cutting)

    def _end_cutting(self, cutting: _Cutting) -> None:
        cutting.process.kill()
        cutting.process.wait()
        self._cutting = None

    def _advance(self, poster_id: str) -> None:
        """See to it that somebody cuts: this poster if nobody is at work; raise Unavailable when it cannot be cut."""
        with self._changing:
            done = self._cutting
            if done is not None and done.process.poll() is None:
                return
            self._cutting = None
            if done is not None and done.poster_id == poster_id and done.process.returncode:
                log.error("Cutting the tiles of poster %s ended with status %d", poster_id, done.process.returncode)
                full = is_full(self._folder)
                shutil.rmtree(self._folder / poster_id, ignore_errors=True)
                if full:
                    raise StorageFull("There is no room left on the disk for the tiles of this poster.")
                raise Unavailable("The tiles of this poster could not be cut.")
            if not (self._folder / poster_id / COMPLETE).exists():
                self._cutting = _Cutting(poster_id, self._start(poster_id))

    def _start(self, poster_id: str) -> subprocess.Popen[bytes]:
        source = self._posters.file(poster_id, "poster", HOUSE).path
        target = self._folder / poster_id
        target.mkdir(parents=True, exist_ok=True)
        self._prune(keep=target)
        command = [sys.executable, "-m", "mural.render.tiles", str(source), str(target)]
        return subprocess.Popen(command, cwd=ROOT, env=dict(self._env))  # noqa: S603 (our own module and paths)

    def _prune(self, keep: Path) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for place, path in enumerate(kept):
            if path != keep and (place >= KEPT or not self._is_there(path.name)):
                shutil.rmtree(path, ignore_errors=True)

    def _is_there(self, poster_id: str) -> bool:
        try:
            self._posters.get(poster_id, HOUSE)
        except NotFound:
            return False
        return True
