"""Let water that touches the sea be the sea. Everything is in metres on the page.

A harbour's basins are lakes to OpenStreetMap, and end at a line where the coast closes. Filled one after the other,
even in one colour, the two leave a hair of land between them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely

from mural.geo import ragged
from mural.geo.layers import Layer, Polygons

TOUCHING_M: Final = 0.5
"""Waters nearer to each other than this are one; simplifying may have moved each of them besides."""


def join_sea(polygons: dict[Layer, Polygons], tolerance_m: float) -> dict[Layer, Polygons]:
    """Move to the sea the waters that touch it, and those that touch these, widened so that nothing shows between."""
    sea, waters = polygons.get(Layer.SEA), polygons.get(Layer.WATER)
    if sea is None or waters is None or not len(sea) or not len(waters):
        return polygons
    shapes = ragged.to_shapes(waters)
    reach_m = TOUCHING_M + tolerance_m
    tree, joined = shapely.STRtree(shapes), np.zeros(len(shapes), dtype=np.bool_)
    edge = ragged.to_shapes(sea)
    while len(edge):
        met = np.unique(tree.query(edge, "dwithin", distance=reach_m)[1])
        edge = shapes[met[~joined[met]]]
        joined[met] = True
    if not joined.any():
        return polygons
    widened = shapely.get_parts(shapely.buffer(shapes[joined], reach_m, join_style="mitre"))
    return polygons | {
        Layer.SEA: ragged.concat_polygons([sea, ragged.from_shapes(widened)]),
        Layer.WATER: ragged.take_polygons(waters, ~joined),
    }
