"""What is asked for: every tag of the table, and never less than the bbox."""

from __future__ import annotations

import osmnx
import pytest
import shapely

from mural.geo.bbox import BBox
from mural.geo.features import AREAS, OTHER_LINES
from mural.geo.overpass_query import outline, pieces, query_tags


def test_asks_for_every_tag_that_makes_a_layer() -> None:
    asked = query_tags()
    assert asked["highway"] is True
    assert asked["building"] is True
    for table in (OTHER_LINES, AREAS):
        for key, values in table.items():
            wanted = asked[key]
            assert wanted is True or (isinstance(wanted, list) and set(values) <= set(wanted))


@pytest.mark.parametrize(
    ("lat", "half_width_m", "half_height_m"),
    [
        (60.17, 50_000, 66_000),
        (-43.5, 66_000, 50_000),
        (0.0, 50_000, 50_000),
        (69.6, 50_000, 50_000),
        (60.17, 500, 700),
    ],
)
def test_the_pieces_osmnx_asks_for_cover_the_bbox(lat: float, half_width_m: float, half_height_m: float) -> None:
    bbox = BBox.around(lat, 24.94, half_width_m, half_height_m)
    corners = [
        [float(number) for number in piece.split()]
        for piece in osmnx._overpass._make_overpass_polygon_coord_strs(outline(bbox))
    ]
    polygons = [shapely.Polygon(list(zip(piece[1::2], piece[0::2], strict=True))) for piece in corners]
    asked = shapely.union_all(polygons, grid_size=1e-5)
    assert asked.covers(shapely.box(*bbox))
    assert asked.area < 1.2 * shapely.box(*bbox).area
    assert 0.5 <= len(polygons) / pieces(bbox, osmnx.settings.max_query_area_size) <= 2
