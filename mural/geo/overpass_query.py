"""What an Overpass server is asked for: tags that make layers, in a polygon round a bbox (degrees, EPSG:4326)."""

from __future__ import annotations

import math
from typing import Final

import shapely

from mural.geo.bbox import METRES_PER_DEGREE, BBox
from mural.geo.features import AREA_KEYS, AREAS, LINE_KEYS, OTHER_LINES

ASKED_WHOLE: Final = frozenset(("highway", "building", "railway", "waterway", "aeroway"))
"""Keys asked for whatever the value, as nearly every value is drawn. The others are asked for by value: some of theirs
(natural=peninsula, leisure=nature_reserve) would bring along the outline of half a country."""

EAST_END: Final = 179.9999
"""The last longitude asked for, in degrees: on the way through a projection 180° comes back as -180°."""


def query_tags() -> dict[str, bool | list[str]]:
    """Name the tags that the table of features makes layers of, in OSMnx's form."""
    values = {key: {*OTHER_LINES.get(key, ()), *AREAS.get(key, ())} for key in (*LINE_KEYS, *AREA_KEYS)}
    return {key: True if key in ASKED_WHOLE else sorted(values[key]) for key in values}


def _size_m(bbox: BBox) -> tuple[float, float]:
    """Measure a bbox (degrees) in metres: its width along the middle, and its height."""
    middle = math.radians((bbox.bottom + bbox.top) / 2)
    width_m = (bbox.right - bbox.left) * METRES_PER_DEGREE * math.cos(middle)
    return width_m, (bbox.top - bbox.bottom) * METRES_PER_DEGREE


def pieces(bbox: BBox, piece_m2: float) -> int:
    """Estimate in how many pieces OSMnx asks for a bbox (degrees): it lays a grid of squares over a large one."""
    width_m, height_m = _size_m(bbox)
    side_m = math.sqrt(piece_m2)
    return 1 if width_m * height_m <= piece_m2 else math.ceil(width_m / side_m) * math.ceil(height_m / side_m)


def outline(bbox: BBox) -> shapely.Polygon:
    """Draw the polygon to ask for, so that a bbox (degrees) lies inside however its edges are drawn.

    Between two corners OSMnx and the server take the shortest way, which leaves the parallel towards the pole: by a
    few hundred metres for 100 km. So the polygon reaches that much further, and a thousandth for rounding.
    """
    width_m, height_m = _size_m(bbox)
    steepest = math.radians(min(85.0, max(abs(bbox.bottom), abs(bbox.top))))
    sagitta_m = width_m**2 / (8 * METRES_PER_DEGREE * math.degrees(1.0)) * math.tan(steepest)
    lat = (sagitta_m + height_m / 1000) / METRES_PER_DEGREE
    lon = (bbox.right - bbox.left) / 1000
    left, right = max(-EAST_END, bbox.left - lon), min(EAST_END, bbox.right + lon)
    return shapely.box(left, max(-90.0, bbox.bottom - lat), right, min(90.0, bbox.top + lat))
