from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from infra.background import ThreadBackground
from infra.processes.render_process import worker_environment
from mural.errors import NotFound, Unavailable
from mural.poster import Format
from mural.pyramid import COMPLETE
from services.accounts.actors import Actor
from services.posters import tiles
from services.posters.tiles import TileService
from services.posters.urls import Urls
from tests.support.waiting import wait_until

SIZE_PX = (1100, 700)
LAST_LEVEL = 11


@dataclass
class Shelf:
    """Posters that are pictures in a folder."""

    folder: Path
    formats: dict[str, Format] = field(default_factory=dict)

    def get(self, poster_id: str, _viewer: Actor) -> Any:
        if poster_id not in self.formats:
            raise NotFound("Poster", poster_id)
        width_px, height_px = SIZE_PX
        form = self.formats[poster_id]
        return SimpleNamespace(id=poster_id, format=form.value, width_px=width_px, height_px=height_px, version="7")

    def file(self, poster_id: str, kind: str, _viewer: Actor) -> Any:
        assert kind == "poster"
        return SimpleNamespace(path=self.folder / f"{poster_id}.png")

    def hang(self, poster_id: str, form: Format = Format.PNG) -> None:
        Image.new("RGB", SIZE_PX, "#803020").save(self.folder / f"{poster_id}.png")
        self.formats[poster_id] = form


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


@pytest.fixture
def service(shelf: Shelf, tmp_path: Path) -> Iterator[TileService]:
    env = worker_environment(os.environ, tmp_path)
    service = TileService(shelf, tmp_path / "tiles", ThreadBackground(), env, Urls("/mural"))
    yield service
    service.stop()


def test_tiles_are_described_as_a_viewer_needs_it(shelf: Shelf, service: TileService) -> None:
    shelf.hang("a")
    assert service.describe("a").to_json() == {
        "width": 1100,
        "height": 700,
        "tile_size": 512,
        "overlap": 1,
        "min_level": 9,
        "max_level": LAST_LEVEL,
        "tile_url": "/mural/api/v1/posters/a/tiles/{level}/{column}_{row}.jpg?v=7",
    }


def test_a_tile_is_cut_when_it_is_first_asked_for_and_kept(shelf: Shelf, service: TileService) -> None:
    shelf.hang("a")
    path = service.tile("a", LAST_LEVEL, 2, 1)
    with Image.open(path) as tile:
        assert tile.size == (1100 - 1023, 700 - 511)
    (shelf.folder / "a.png").unlink()
    assert service.tile("a", LAST_LEVEL, 2, 1) == path


def test_many_viewers_of_several_posters_all_get_their_tiles(shelf: Shelf, service: TileService) -> None:
    found: list[Path] = []
    for name in "ab":
        shelf.hang(name)

    def look(name: str, column: int) -> None:
        found.append(service.tile(name, LAST_LEVEL, column, 0))

    threads = [threading.Thread(target=look, args=(name, column)) for name in "ab" for column in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 6


def test_vectors_have_no_tiles(shelf: Shelf, service: TileService) -> None:
    shelf.hang("v", Format.PDF)
    with pytest.raises(NotFound, match="v"):
        service.describe("v")


@pytest.mark.parametrize("tile", [(8, 0, 0), (12, 0, 0), (LAST_LEVEL, 3, 0)])
def test_a_tile_outside_of_the_poster_is_not_found(
    shelf: Shelf, service: TileService, tile: tuple[int, int, int]
) -> None:
    shelf.hang("a")
    with pytest.raises(NotFound):
        service.tile("a", *tile)
    with pytest.raises(NotFound):
        service.tile("unknown", *tile)


def test_a_poster_that_cannot_be_read_is_an_error_and_no_endless_wait(shelf: Shelf, service: TileService) -> None:
    shelf.hang("a")
    (shelf.folder / "a.png").write_bytes(b"torn")
    with pytest.raises(Unavailable, match="could not be cut"):
        service.tile("a", LAST_LEVEL, 0, 0)


def test_only_the_tiles_last_looked_at_are_kept(
    shelf: Shelf, service: TileService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "KEPT", 2)
    for age, name in enumerate("abc"):
        shelf.hang(name)
        folder = service.tile(name, LAST_LEVEL, 0, 0).parents[1]
        wait_until((folder / COMPLETE).exists)  # each level that is cut yet makes the folder a newer one
        os.utime(folder, (age, age))
    assert sorted(path.name for path in (shelf.folder / "tiles").iterdir()) == ["b", "c"]


def test_the_tiles_of_a_poster_that_was_taken_down_go_when_others_are_cut(shelf: Shelf, service: TileService) -> None:
    for poster_id in ("a", "b", "c"):
        shelf.hang(poster_id)
    gone, kept = (service.tile(poster_id, LAST_LEVEL, 0, 0).parents[1] for poster_id in ("a", "b"))
    del shelf.formats["a"]
    service.tile("c", LAST_LEVEL, 0, 0)
    assert (gone.exists(), kept.exists()) == (False, True)


def cutting_of(service: TileService, poster_id: str) -> subprocess.Popen[bytes] | None:
    """Have a poster cut, and find the process once nobody else's is at work."""
    service._advance(poster_id)
    cutting = service._cutting
    return cutting.process if cutting is not None and cutting.poster_id == poster_id else None


def test_the_tiles_of_a_poster_that_comes_down_go_at_once_also_while_they_are_cut(
    shelf: Shelf, service: TileService
) -> None:
    for poster_id in ("a", "b"):
        shelf.hang(poster_id)
        service.tile(poster_id, LAST_LEVEL, 0, 0)
    del shelf.formats["a"]
    service.forget("a")
    shelf.hang("c")
    wait_until(lambda: cutting_of(service, "c") is not None)
    cutting = cutting_of(service, "c")
    del shelf.formats["c"]
    service.forget("c")
    assert cutting is not None
    assert cutting.poll() is not None
    wait_until(lambda: sorted(path.name for path in (shelf.folder / "tiles").iterdir()) == ["b"])
    for poster_id in ("a", "c", "never"):
        service.forget(poster_id)
        with pytest.raises(NotFound):
            service.tile(poster_id, LAST_LEVEL, 0, 0)
    assert sorted(path.name for path in (shelf.folder / "tiles").iterdir()) == ["b"]


def test_a_start_deletes_the_tiles_of_posters_that_are_gone(shelf: Shelf, service: TileService) -> None:
    for poster_id in ("a", "b"):
        shelf.hang(poster_id)
        service.tile(poster_id, LAST_LEVEL, 0, 0)
    (shelf.folder / "tiles" / "leaving-a").mkdir()
    del shelf.formats["a"]
    service.start()
    assert [path.name for path in (shelf.folder / "tiles").iterdir()] == ["b"]
