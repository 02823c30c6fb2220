from __future__ import annotations

import errno
import fcntl
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from mural.errors import BrokenExtract, Conflict, InvalidInput, StorageFull
from mural.geo import import_extract as module
from mural.geo.bbox import BBox
from mural.geo.extract import read_area
from mural.geo.extract_index import describe, read_tiles
from mural.geo.import_extract import import_extract
from mural.geo.import_protocol import UNFINISHED, Doing, Message
from mural.geo.layers import Layer
from mural.geo.packed import to_integers
from mural.geo.tile_writer import TileWriter
from tests.support.maps import HELSINKI, extract, write_osm

CENTRE = BBox(24.940, 60.170, 24.948, 60.173)


class Usage(NamedTuple):
    """What shutil.disk_usage() tells."""

    total: int
    used: int
    free: int


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "extracts"


def silent(_: Message) -> None:
    pass


def assert_reads_the_same(path: Path, index: Path, bbox: BBox) -> None:
    found, expected = read_tiles(index, bbox), read_area(path, bbox)
    for kind in ("lines", "polygons"):
        layers = getattr(expected, kind)
        assert getattr(found, kind).keys() == layers.keys()
        for layer, part in layers.items():
            ours = getattr(found, kind)[layer]
            assert len(ours) == len(part), layer
            assert sorted(to_integers(ours.xy).tolist()) == sorted(to_integers(part.xy).tolist()), layer


@pytest.mark.parametrize("bbox", [CENTRE, BBox(24.9, 60.1, 25, 60.2), BBox(24.95, 60.17, 24.9501, 60.1701)])
def test_the_sample_reads_from_its_index_as_from_the_file(folder: Path, bbox: BBox) -> None:
    made = import_extract(HELSINKI, folder, silent)
    assert_reads_the_same(HELSINKI, made.path, bbox)


@pytest.mark.parametrize(
    ("name", "bbox"),
    [
        ("andorra", BBox(1.5, 42.5, 1.55, 42.53)),
        ("rio-ilha-governador", BBox(-43.21, -22.82, -43.17, -22.79)),
        ("porto-metro-highways", BBox(-8.6, 41.1, -8.5, 41.2)),
    ],
)
def test_real_extracts_read_from_their_index_as_from_the_file(folder: Path, name: str, bbox: BBox) -> None:
    made = import_extract(extract(name), folder, silent)
    assert_reads_the_same(extract(name), made.path, bbox)


def test_it_tells_how_far_it_is_and_what_it_made(folder: Path) -> None:
    said: list[Message] = []
    made = import_extract(HELSINKI, folder, said.append)
    stages = [message.stage for message in said if isinstance(message, Doing)]
    assert list(dict.fromkeys(stages)) == ["relations", "features", "tiles"]
    assert said[-1] == Doing("tiles", 1.0)
    assert made.path == folder / "helsinki.osm.pbf.tiles"
    assert made.size == made.path.stat().st_size
    assert describe(made.path).features == made.features > 1000


def test_only_the_index_is_left_whatever_lay_there_before(folder: Path) -> None:
    (folder / UNFINISHED).mkdir(parents=True)
    (folder / UNFINISHED / "places").write_bytes(b"of an import that was killed")
    import_extract(HELSINKI, folder, silent)
    assert [path.name for path in folder.iterdir()] == ["helsinki.osm.pbf.tiles"]


def test_relations_that_lack_members_are_in_the_index(folder: Path, tmp_path: Path) -> None:
    nodes = {1: (0.0, 0.0), 2: (1.0, 0.0), 3: (1.0, 1.0)}
    members = [("w", 1, "outer"), ("w", 99, "outer")]
    tags = {"type": "multipolygon", "natural": "water"}
    path = write_osm(tmp_path / "map.osm.pbf", nodes, [(1, [1, 2, 3, 1], {})], [(1, members, tags)])
    made = import_extract(path, folder, silent)
    assert len(read_tiles(made.path, BBox(0, 0, 1, 1)).polygons[Layer.WATER]) == 1


def test_a_truncated_file_is_named_and_the_older_index_stays(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.osm.pbf"
    shutil.copy(HELSINKI, path)
    index = import_extract(path, folder, silent).path
    before = index.read_bytes()
    path.write_bytes(HELSINKI.read_bytes()[:200_000])
    with pytest.raises(BrokenExtract, match=r"map\.osm\.pbf"):
        import_extract(path, folder, silent)
    assert [file.name for file in folder.iterdir()] == [index.name]
    assert index.read_bytes() == before


def test_something_else_than_a_map_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no map")
    with pytest.raises(InvalidInput) as caught:
        import_extract(tmp_path / "notes.txt", folder, silent)
    assert "*.osm.bz2" in caught.value.facts["allowed"]
    assert not folder.exists()


def test_only_one_import_runs_at_a_time(folder: Path) -> None:
    folder.mkdir()
    (folder / UNFINISHED).mkdir()
    other = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="being imported"):
            import_extract(HELSINKI, folder, silent)
    finally:
        os.close(other)
    assert (folder / UNFINISHED).exists()
    assert import_extract(HELSINKI, folder, silent).features


def test_a_file_that_changes_meanwhile_makes_no_index(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "map.osm.pbf"
    shutil.copy(HELSINKI, path)
    with pytest.raises(Conflict, match="changed"):
        import_extract(path, folder, lambda _: os.utime(path, (1, 1)))
    assert list(folder.iterdir()) == []


def test_without_room_it_does_not_start(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 2_000_000))
    with pytest.raises(StorageFull, match=r"helsinki\.osm\.pbf: it needs up to 32 MB .* where 2 MB are free"):
        import_extract(HELSINKI, folder, lambda _: pytest.fail("it must not start"))
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), BrokenExtract("No space left on device")])
def test_a_disk_that_fills_up_is_named_and_nothing_is_left(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(module, "read_features", fail)
    with pytest.raises(StorageFull, match="no room"):
        import_extract(HELSINKI, folder, silent)
    assert list(folder.iterdir()) == []


def test_other_failures_are_passed_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TileWriter, "write", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "broken disk")))
    with pytest.raises(OSError, match="broken disk"):
        import_extract(HELSINKI, folder, silent)
    assert list(folder.iterdir()) == []
