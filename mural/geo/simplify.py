"""Drop points that cannot be seen. The methods are cruder than Douglas and Peucker's and an order of magnitude faster:
each looks at a point and its neighbours alone, so that a whole layer is done in a few array operations.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from mural.geo import ragged
from mural.geo.layers import Coordinates, Lines, Offsets, Polygons

_PASSES: Final = 2


def thin_lines(lines: Lines, cell: tuple[float, float]) -> Lines:
    """Keep one point of each run inside one cell of a grid of that width and height, and the ends of every line."""
    return _kept_lines(lines, _leaves_cell(lines.xy, lines.offsets, cell))


def thin_polygons(polygons: Polygons, cell: tuple[float, float]) -> Polygons:
    """Thin rings as thin_lines() does lines; polygons and holes that vanish in a cell or two are left out."""
    return _kept_rings(polygons, _leaves_cell(polygons.xy, polygons.rings, cell))


def straighten_lines(lines: Lines, tolerance: float) -> Lines:
    """Drop points nearer to the line between their neighbours than the tolerance (in the units of the coordinates)."""
    for part in range(_PASSES):
        lines = _kept_lines(lines, _bends(lines.xy, lines.offsets, tolerance / _PASSES, part))
    return lines


def straighten_polygons(polygons: Polygons, tolerance: float) -> Polygons:
    """Straighten rings as straighten_lines() does lines."""
    for part in range(_PASSES):
        polygons = _kept_rings(polygons, _bends(polygons.xy, polygons.rings, tolerance / _PASSES, part))
    return polygons


def _leaves_cell(xy: Coordinates, offsets: Offsets, cell: tuple[float, float]) -> ragged.Mask:
    keep = np.ones(len(xy), dtype=np.bool_)
    column, row = np.floor(xy[:, 0] / cell[0]), np.floor(xy[:, 1] / cell[1])
    keep[1:] = (column[1:] != column[:-1]) | (row[1:] != row[:-1])
    keep[offsets[:-1]] = True
    keep[offsets[1:] - 1] = True
    return keep


def _bends(xy: Coordinates, offsets: Offsets, tolerance: float, part: int) -> ragged.Mask:
    """Mark the points to keep: two neighbours are never dropped together, so that errors do not add up unseen."""
    keep = np.ones(len(xy), dtype=np.bool_)
    odd = part % 2
    before, at, after = xy[odd:-2:2], xy[odd + 1 : -1 : 2], xy[odd + 2 :: 2]
    chord_x, chord_y = after[:, 0] - before[:, 0], after[:, 1] - before[:, 1]
    arm_x, arm_y = at[:, 0] - before[:, 0], at[:, 1] - before[:, 1]
    length_2 = chord_x * chord_x + chord_y * chord_y
    cross = chord_x * arm_y - chord_y * arm_x
    along = chord_x * arm_x + chord_y * arm_y
    flat = (cross * cross <= tolerance * tolerance * length_2) & (along > 0) & (along < length_2)
    keep[odd + 1 : -1 : 2] = ~flat
    keep[offsets[:-1]] = True
    keep[offsets[1:] - 1] = True
    return keep


def _kept_lines(lines: Lines, keep: ragged.Mask) -> Lines:
    return Lines(lines.xy[keep], _counted(keep, lines.offsets), lines.level)


def _kept_rings(polygons: Polygons, keep: ragged.Mask) -> Polygons:
    """Keep the marked points, then only the rings that still enclose something."""
    xy, rings = polygons.xy[keep], _counted(keep, polygons.rings)
    solid = np.diff(rings) >= 4
    if solid.all():
        return Polygons(xy, rings, polygons.polygons)
    counts = np.diff(polygons.polygons)
    solid &= np.repeat(solid[polygons.polygons[:-1]], counts)  # a polygon goes with its shell
    xy, rings = ragged.take(xy, rings, solid)
    polygon_rings = _counted(solid, polygons.polygons)
    left = np.append(True, np.diff(polygon_rings) > 0)
    return Polygons(xy, rings, polygon_rings[left])


def _counted(keep: ragged.Mask, offsets: Offsets) -> Offsets:
    """Move offsets to where they point once only the marked things are left."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(keep, dtype=np.int64)))[offsets]
