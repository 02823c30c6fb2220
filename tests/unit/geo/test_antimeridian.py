"""Maps across the 180th meridian: split where longitudes end, and joined again."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from mural.geo import ragged
from mural.geo.antimeridian import halves, join, part_of
from mural.geo.bbox import BBox
from mural.geo.layers import Area, Layer, Lines


def area_at(lon: float) -> Area:
    """Make an Area of a road one degree long and a square lake with an island, from ``lon`` eastwards."""
    road = Lines(np.array([[lon, 0.0], [lon + 1, 0.0]]), np.array([0, 2]), np.array([1], dtype=np.int8))
    lake = shapely.box(lon, 0, lon + 1, 1).difference(shapely.box(lon + 0.4, 0.4, lon + 0.6, 0.6))
    polygons = ragged.from_shapes(np.array([lake], dtype=object))
    return Area(BBox(lon, 0, lon + 1, 1), {Layer.ROAD_PRIMARY: road}, {Layer.WATER: polygons}, "overpass")


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        (BBox(10, 1, 20, 2), [(BBox(10, 1, 20, 2), 0)]),
        (BBox(-180, 1, 180, 2), [(BBox(-180, 1, 180, 2), 0)]),
        (BBox(179, 1, 181, 2), [(BBox(179, 1, 180, 2), 0), (BBox(-180, 1, -179, 2), 360)]),
        (BBox(-182, 1, -179, 2), [(BBox(178, 1, 180, 2), -360), (BBox(-180, 1, -179, 2), 0)]),
    ],
)
def test_halves(bbox: BBox, expected: list[tuple[BBox, float]]) -> None:
    assert halves(bbox) == expected


def test_join_moves_every_half_to_its_side() -> None:
    bbox = BBox(179, 0, 181, 1)
    whole = join(bbox, [(area_at(179.0), 0.0), (area_at(-180.0), 360.0)])
    roads = whole.lines[Layer.ROAD_PRIMARY]
    assert (whole.bbox, whole.source) == (bbox, "overpass")
    assert roads.xy[:, 0].tolist() == [179, 180, 180, 181]
    assert (roads.offsets.tolist(), roads.level.tolist()) == ([0, 2, 4], [1, 1])
    lakes = ragged.to_shapes(whole.polygons[Layer.WATER])
    assert [lake.bounds for lake in lakes] == [(179, 0, 180, 1), (180, 0, 181, 1)]
    assert sum(lake.area for lake in lakes) == pytest.approx(1.92)


def test_a_layer_of_one_half_is_a_layer_of_the_whole() -> None:
    nothing = Area(BBox(-180, 0, -179, 1))
    whole = join(BBox(179, 0, 181, 1), [(area_at(179.0), 0.0), (nothing, 360.0)])
    assert len(whole.lines[Layer.ROAD_PRIMARY]) == len(whole.polygons[Layer.WATER]) == 1


def test_a_part_leaves_out_what_lies_on_the_other_side() -> None:
    whole = join(BBox(-180, 0, 180, 1), [(area_at(179.0), 0.0), (area_at(-180.0), 0.0)])
    west = part_of(whole, BBox(179, 0, 180, 1))
    assert west.bbox == BBox(179, 0, 180, 1)
    assert west.lines[Layer.ROAD_PRIMARY].xy[:, 0].tolist() == [179, 180]
    assert len(west.polygons[Layer.WATER]) == 1
