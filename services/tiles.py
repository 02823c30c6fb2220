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
from pathlib import Path
from typing import Any, Final, Protocol

from mural.errors import NotFound, StorageFull, Unavailable
from mural.poster import Format
from mural.pyramid import COMPLETE, OVERLAP_PX, TILE_PX, Pyramid, tile_name
from services.background import Background
from services.files import is_full
from services.making.render_process import ROOT
from services.urls import Urls
from services.views import FileKind, PosterView, StoredFile

log = logging.getLogger(__name__)

KEPT: Final = 24
"""Posters whose tiles are kept; those that nobody looked at for the longest time go first. An A0 takes 20 to 60 MB."""

WAIT_S: Final = 60.0
LOOK_S: Final = 0.05

RASTERS: Final = frozenset({Format.PNG, Format.JPEG, Format.WEBP})


class Posters(Protocol):
    """Knows posters and their files."""

    def get(self, poster_id: str, /) -> PosterView:
        """Tell the facts of a poster; raise NotFound."""

    def file(self, poster_id: str, kind: FileKind, /) -> StoredFile:
        """Find a poster's file; raise NotFound."""


@dataclass(frozen=True, slots=True)
class TilesView:
    """What a viewer has to know to ask for tiles."""

    poster_id: str
    pyramid: Pyramid
    urls: Urls

    def to_json(self) -> dict[str, Any]:
        """Give the body of the answer."""
        return {
            "width": self.pyramid.width_px,
            "height": self.pyramid.height_px,
            "tile_size": TILE_PX,
            "overlap": OVERLAP_PX,
            "min_level": self.pyramid.min_level,
            "max_level": self.pyramid.max_level,
            "tile_url": f"{self.urls.tiles(self.poster_id)}/{{level}}/{{column}}_{{row}}.jpg",
        }


@dataclass(frozen=True, slots=True)
class _Cutting:
    """The process at work, and whose tiles it cuts."""

    poster_id: str
    process: subprocess.Popen[bytes]


class TileService:
    """Hands out tiles, and has them cut: one poster at a time, outside of the web process."""

    def __init__(
        self, posters: Posters, folder: Path, background: Background, env: Mapping[str, str], urls: Urls
    ) -> None:
        self._posters = posters
        self._folder = folder
        self._background = background
        self._env = env
        self._urls = urls
        self._cutting: _Cutting | None = None
        self._changing = threading.Lock()

    def describe(self, poster_id: str) -> TilesView:
        """Tell which tiles a poster has; raise NotFound for one that is no picture of pixels."""
        poster = self._posters.get(poster_id)
        if poster.format not in RASTERS:
            raise NotFound("Tiles", poster_id)
        return TilesView(poster.id, Pyramid(poster.width_px, poster.height_px), self._urls)

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
        os.utime(path.parent.parent)
        return path

    def stop(self) -> None:
        """End the process at work; what it has cut so far is cut again another time."""
        with self._changing:
            if self._cutting is not None:
                self._cutting.process.kill()
                self._cutting.process.wait()
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
        target = self._folder / poster_id
        target.mkdir(parents=True, exist_ok=True)
        self._prune(keep=target)
        source = self._posters.file(poster_id, "poster").path
        command = [sys.executable, "-m", "mural.render.tiles", str(source), str(target)]
        return subprocess.Popen(command, cwd=ROOT, env=dict(self._env))  # noqa: S603 (our own module and paths)

    def _prune(self, keep: Path) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for place, path in enumerate(kept):
            if path != keep and (place >= KEPT or not self._is_there(path.name)):
                shutil.rmtree(path, ignore_errors=True)

    def _is_there(self, poster_id: str) -> bool:
        try:
            self._posters.get(poster_id)
        except NotFound:
            return False
        return True
