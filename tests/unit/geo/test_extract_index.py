from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path

import pytest

from mural.errors import BrokenExtract
from mural.geo.bbox import BBox
from mural.geo.extract_index import Description, Source, describe, index_for, read_tiles
from mural.geo.layers import Layer
from mural.geo.tile_writer import TileWriter
from tests.support.broken_maps import ON_THE_OUTSIDE
from tests.support.maps import lines

HERE = BBox(0, 0, 1, 1)
SOURCE = Source("map.osm.pbf", 1000, 1)


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with TileWriter(tmp_path, SOURCE) as writer:
        writer.keep_lines(Layer.TRAM, lines([(0.5, 0.5), (0.6, 0.6)], [(7, 7), (8, 8), (9, 8)]))
        writer.write(tmp_path / "map.osm.pbf.tiles", BBox(0, 0, 10, 10), lambda _: None)
    return tmp_path / "map.osm.pbf.tiles"


def test_an_index_describes_itself(index: Path) -> None:
    assert describe(index) == Description(BBox(0, 0, 10, 10), SOURCE, tiles=2, features=2, points=5)


def test_an_area_is_the_box_asked_for_and_names_the_map_file(index: Path) -> None:
    area = read_tiles(index, HERE)
    assert area.bbox == HERE
    assert area.source == "map.osm.pbf"
    assert area.lines[Layer.TRAM].xy.tolist() == [[0.5, 0.5], [0.6, 0.6]]
    assert read_tiles(index, BBox(3, 3, 4, 4)).lines == {}


def test_an_index_lies_among_the_extracts(tmp_path: Path) -> None:
    assert index_for(Path("/elsewhere/map.osm.pbf"), tmp_path) == tmp_path / "map.osm.pbf.tiles"


@pytest.mark.parametrize("length", [0, 1, 20, 100, -1])
def test_a_truncated_index_is_named(index: Path, length: int) -> None:
    index.write_bytes(index.read_bytes()[:length])
    for read in (describe, lambda path: read_tiles(path, HERE)):
        with pytest.raises(BrokenExtract, match=r"map\.osm\.pbf\.tiles.*Import the map file again"):
            read(index)


def test_a_flipped_bit_is_found_where_it_is_read(index: Path) -> None:
    data = bytearray(index.read_bytes())
    data[40] ^= 1
    index.write_bytes(data)
    outcomes = []
    for box in (HERE, BBox(7, 7, 8, 8)):
        try:
            outcomes.append(len(read_tiles(index, box).lines))
        except BrokenExtract as error:
            outcomes.append(error.facts["file"])
    assert sorted(map(str, outcomes)) == ["1", "map.osm.pbf.tiles"]


def test_an_index_of_other_layers_is_refused(index: Path) -> None:
    index.write_bytes(index.read_bytes().replace(b'"tram"', b'"tree"'))
    with pytest.raises(BrokenExtract, match="other layers"):
        describe(index)


def test_a_damaged_index_is_read_or_named_and_nothing_else(index: Path) -> None:
    whole = index.read_bytes()
    for seed in range(300):
        chance = random.Random(seed)
        damage = chance.choice(ON_THE_OUTSIDE)
        index.write_bytes(damage(whole, chance))
        for read in (describe, lambda path: read_tiles(path, HERE)):
            with suppress(BrokenExtract):
                read(index)


@pytest.mark.parametrize("wrong", [b'["a", 0, 1, 1]', b"[0, 0, 10]", b'{"left": 1}', b"[" * 30_000, b"null"])
def test_an_index_that_does_not_say_where_it_is_is_named(index: Path, wrong: bytes) -> None:
    whole = index.read_bytes()
    index.write_bytes(whole.replace(b"[0, 0, 10, 10]", wrong))
    assert index.read_bytes() != whole
    with pytest.raises(BrokenExtract):
        describe(index)
