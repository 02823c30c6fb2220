"""Find the pinholes of junctions: gaps that roads enclose and that are smaller than the roads are wide.

Everything is in metres on the page. Such a gap is nothing on the ground that anybody would miss; on paper it is a
speck. Long gaps, as the strip between the sides of a divided road, are no pinholes however narrow they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.layers import Lines, Polygons

PINHOLES_BELOW_M: Final = 2_500.0
"""On pages that show more than this distance from the centre, pinholes are too small to be seen."""
_SEGMENTS: Final = 4
"""Straight pieces of a quarter of a round end."""
_RIM_M: Final = 0.3
"""How far around a hole it is looked at what it lies along."""


@dataclass(frozen=True, slots=True)
class Band:
    """Roads of one colour as wide as they are drawn."""

    lines: Lines
    width_m: float
    colour: str


def pinholes(bands: Sequence[Band]) -> list[tuple[Polygons, str]]:
    """Give the pinholes between roads, each with the colour of the road that it lies along for the greatest part.

    What is small is told by the narrowest of the roads beside it.
    """
    covers = [_covered(band) for band in bands]
    holes = _holes(shapely.union_all(covers))
    if not len(holes):
        return []
    rims = shapely.buffer(holes, _RIM_M)
    beside = np.array([shapely.area(shapely.intersection(rims, cover)) for cover in covers])
    widths_m = np.array([[band.width_m] for band in bands])
    narrowest_m = np.where(beside > 0, widths_m, np.inf).min(axis=0)
    small, along = shapely.area(holes) < narrowest_m**2, beside.argmax(axis=0)
    filled = []
    for number, band in enumerate(bands):
        chosen = holes[small & (along == number)]
        if len(chosen):
            filled.append((ragged.from_shapes(shapely.buffer(chosen, band.width_m / 8)), band.colour))
    return filled


def _covered(band: Band) -> shapely.Geometry:
    lines = band.lines
    if not len(lines):
        return shapely.MultiPolygon()
    strings = shapely.from_ragged_array(shapely.GeometryType.LINESTRING, lines.xy, (lines.offsets,))
    return shapely.union_all(shapely.buffer(strings, band.width_m / 2, quad_segs=_SEGMENTS))


def _holes(union: shapely.Geometry) -> NDArray[np.object_]:
    rings = [ring for part in shapely.get_parts(union) for ring in part.interiors]
    return np.asarray(shapely.polygons(rings), dtype=object) if rings else np.empty(0, dtype=object)
