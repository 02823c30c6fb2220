from __future__ import annotations

import bz2
import math
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shapely

from mural.errors import BrokenExtract
from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.extract import header_bbox, read_area
from mural.geo.layers import Layer
from tests.support.maps import HELSINKI, Nodes, Relations, Ways, extract, write_osm

MakeFile = Callable[..., Path]

# 1 2 3 4 is a square, 5 6 7 8 a smaller one in its middle, 11 12 13 14 another square to the east.
NODES = {
    1: (0.0, 0.0),
    2: (1.0, 0.0),
    3: (1.0, 1.0),
    4: (0.0, 1.0),
    5: (0.4, 0.4),
    6: (0.6, 0.4),
    7: (0.6, 0.6),
    8: (0.4, 0.6),
    11: (2.0, 0.0),
    12: (3.0, 0.0),
    13: (3.0, 1.0),
    14: (2.0, 1.0),
}
WATER = {"type": "multipolygon", "natural": "water"}


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    def make(nodes: Nodes, ways: Ways = (), relations: Relations = (), *, name: str = "map.osm.pbf", **more) -> Path:
        return write_osm(tmp_path / name, nodes, ways, relations, **more)

    return make


def shapes(path: Path, layer: Layer) -> list[shapely.Polygon]:
    return list(ragged.to_shapes(read_area(path).polygons[layer]))


def test_a_two_way_street_is_one_line_with_its_level(make_file: MakeFile) -> None:
    tags = {"highway": "residential", "bridge": "yes", "oneway": "no"}
    area = read_area(make_file(NODES, [(1, [1, 2, 3], tags), (2, [3, 4], {"highway": "residential"})]))
    streets = area.lines[Layer.ROAD_RESIDENTIAL]
    assert streets.offsets.tolist() == [0, 3, 5]
    assert streets.xy.tolist() == [[0, 0], [1, 0], [1, 1], [1, 1], [0, 1]]
    assert streets.level.tolist() == [1, 0]
    assert set(area.lines) == {Layer.ROAD_RESIDENTIAL}


def test_a_way_can_be_two_things(make_file: MakeFile) -> None:
    area = read_area(make_file(NODES, [(1, [1, 2], {"highway": "tertiary", "railway": "tram"})]))
    assert set(area.lines) == {Layer.ROAD_TERTIARY, Layer.TRAM}


def test_a_pedestrian_square_is_no_road(make_file: MakeFile) -> None:
    area = read_area(make_file(NODES, [(1, [1, 2, 3, 4, 1], {"highway": "pedestrian", "area": "yes"})]))
    assert area.lines == {}
    assert list(area.polygons) == [Layer.SQUARE]


def test_multipolygons_keep_their_holes_and_all_of_their_parts(make_file: MakeFile) -> None:
    ways = [(1, [1, 2, 3], {}), (2, [3, 4, 1], {}), (3, [5, 6, 7, 8, 5], {}), (4, [11, 12, 13, 14, 11], {})]
    members = [("w", 1, "outer"), ("w", 2, "outer"), ("w", 3, "inner"), ("w", 4, "outer")]
    lakes = shapes(make_file(NODES, ways, [(1, members, WATER)]), Layer.WATER)
    assert sorted(round(lake.area, 6) for lake in lakes) == [0.96, 1.0]
    assert sorted(len(lake.interiors) for lake in lakes) == [0, 1]


def test_a_relation_with_missing_members_is_drawn_as_far_as_it_closes(make_file: MakeFile) -> None:
    ways = [(1, [1, 2, 3], {}), (2, [3, 4, 1], {}), (3, [5, 6, 7, 8, 5], {}), (4, [11, 12, 13], {})]
    members = [("w", 1, "outer"), ("w", 2, ""), ("w", 3, "inner"), ("w", 4, "outer"), ("w", 99, "outer")]
    (lake,) = shapes(make_file(NODES, ways, [(1, members, WATER)]), Layer.WATER)
    assert lake.area == pytest.approx(0.96)


def test_a_relation_none_of_whose_members_are_there_is_passed_over(make_file: MakeFile) -> None:
    path = make_file(NODES, [(1, [1, 2], {"highway": "service"})], [(1, [("w", 99, "outer")], WATER)])
    assert read_area(path).polygons == {}


def test_a_way_with_missing_nodes_survives_in_pieces(make_file: MakeFile) -> None:
    area = read_area(make_file(NODES, [(1, [1, 2, 77, 3, 4, 78, 5], {"highway": "primary"})]))
    streets = area.lines[Layer.ROAD_PRIMARY]
    assert streets.xy.tolist() == [[0, 0], [1, 0], [1, 1], [0, 1]]
    assert streets.offsets.tolist() == [0, 2, 4]


def test_a_member_with_missing_nodes_does_not_spoil_the_rest(make_file: MakeFile) -> None:
    ways = [(1, [1, 2, 3, 4, 1], {}), (2, [11, 12, 77, 14, 11], {})]
    (lake,) = shapes(make_file(NODES, ways, [(1, [("w", 1, "outer"), ("w", 2, "outer")], WATER)]), Layer.WATER)
    assert lake.area == pytest.approx(1.0)


def test_nodes_off_the_globe_count_as_missing(make_file: MakeFile) -> None:
    nodes = NODES | {77: (200.0, 95.0)}
    ways = [(1, [1, 2, 3, 4, 1], {}), (2, [11, 12, 77, 14, 11], {}), (3, [1, 2, 77, 3, 4], {"highway": "primary"})]
    area = read_area(make_file(nodes, ways, [(1, [("w", 1, "outer"), ("w", 2, "outer")], WATER)]))
    assert [lake.area for lake in ragged.to_shapes(area.polygons[Layer.WATER])] == [pytest.approx(1.0)]
    assert area.lines[Layer.ROAD_PRIMARY].offsets.tolist() == [0, 2, 4]


def test_coordinates_that_are_no_numbers_are_told(make_file: MakeFile) -> None:
    path = make_file(NODES, [(1, [1, 2], {"highway": "primary"})], name="odd.osm")
    path.write_text(re.sub('lat="[^"]*"', 'lat="nan"', path.read_text(), count=1))
    with pytest.raises(BrokenExtract, match=r"odd\.osm.*nan"):
        read_area(path)


def test_a_way_of_one_point_is_passed_over(make_file: MakeFile) -> None:
    ways = [(1, [1, 1], {"highway": "primary"}), (2, [1, 2], {"highway": "service"})]
    assert set(read_area(make_file(NODES, ways)).lines) == {Layer.ROAD_DEFAULT}


def test_a_bbox_keeps_what_touches_it_whole(make_file: MakeFile) -> None:
    ways = [
        (1, [1, 2, 3], {"highway": "primary"}),
        (2, [11, 12], {"highway": "primary"}),
        (3, [5, 6, 7, 8, 5], {"building": "yes"}),
        (4, [11, 12, 13, 14, 11], {"building": "yes"}),
    ]
    bbox = BBox(-0.1, -0.1, 0.5, 0.5)
    area = read_area(make_file(NODES, ways), bbox)
    assert area.bbox == bbox
    assert len(area.lines[Layer.ROAD_PRIMARY]) == 1
    assert area.lines[Layer.ROAD_PRIMARY].xy[:, 0].max() == 1.0
    assert len(area.polygons[Layer.BUILDING]) == 1


def test_the_header_says_how_far_a_file_reaches(make_file: MakeFile) -> None:
    path = make_file(NODES, [(1, [1, 2], {"highway": "primary"})], box=(-1, -2, 3, 4))
    assert header_bbox(path) == BBox(-1, -2, 3, 4)
    assert read_area(path).bbox == BBox(-1, -2, 3, 4)


def test_without_a_header_box_the_roads_say_it_and_strays_do_not_count(make_file: MakeFile) -> None:
    nodes = {k: (k / 1000, math.sin(k)) for k in range(1, 1001)} | {2000: (50.0, 0.0), 2001: (60.0, 60.0)}
    ways = [(1, list(range(1, 1001)), {"highway": "primary"}), (2, [999, 2000], {"highway": "service"})]
    path = make_file(nodes, [*ways, (3, [2000, 2001], {"railway": "rail"})])
    assert header_bbox(path) is None
    bbox = read_area(path).bbox
    assert bbox.right < 1.01
    assert bbox == pytest.approx((0.0, -1.0, 1.0, 1.0), abs=0.02)


@pytest.mark.parametrize("name", ["map.osm", "map.osm.bz2", "map.osm.gz"])
def test_other_formats_read_the_same(make_file: MakeFile, name: str) -> None:
    path = make_file(NODES, [(1, [1, 2], {"highway": "primary"})], name=name)
    assert read_area(path).lines[Layer.ROAD_PRIMARY].xy.tolist() == [[0, 0], [1, 0]]


def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "half.osm.pbf"
    path.write_bytes(HELSINKI.read_bytes()[:100_000])
    with pytest.raises(BrokenExtract, match=r"half\.osm\.pbf") as caught:
        read_area(path)
    assert caught.value.facts["file"] == "half.osm.pbf"


@pytest.mark.parametrize("contents", [b"", b"not a map", bz2.compress(b"<osm>")[:20]])
@pytest.mark.parametrize("name", ["junk.osm.pbf", "junk.osm", "junk.osm.bz2"])
def test_junk_is_named(tmp_path: Path, name: str, contents: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(contents)
    with pytest.raises(BrokenExtract, match=name):
        read_area(path)


def test_the_sample_holds_what_a_city_holds() -> None:
    area = read_area(HELSINKI)
    assert area.source == "helsinki.osm.pbf"
    assert len(area.lines[Layer.TRAM]) > 100
    assert len(area.polygons[Layer.BUILDING]) > 400
    assert {Layer.COASTLINE, Layer.RAIL, Layer.SUBWAY, Layer.ROAD_DEFAULT} <= set(area.lines)
    for lines in area.lines.values():
        assert lines.offsets[-1] == len(lines.xy)
        assert np.all(np.diff(lines.offsets) >= 2)


def test_no_area_is_drawn_twice() -> None:
    """In a file of many blocks most areas are assembled before their relation itself is read."""
    waters = ragged.to_shapes(read_area(extract("andorra")).polygons[Layer.WATER])
    assert len({shapely.normalize(water).wkb for water in waters}) == len(waters)


@pytest.mark.parametrize(
    "name",
    ["cairo-nasr-city", "le-havre", "porto-centre", "rio-ilha-governador", "volgograd"],
)
def test_real_extracts_are_read_without_a_warning(name: str) -> None:
    area = read_area(extract(name))
    assert Layer.ROAD_RESIDENTIAL in area.lines
    assert all(shape.is_closed for shape in shapely.get_exterior_ring(ragged.to_shapes(area.polygons[Layer.PARK])))
