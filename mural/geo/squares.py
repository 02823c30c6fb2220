"""Let streets end at the squares that they lead to. Everything is in metres on the page.

OpenStreetMap leads ways for walking across a square, so that routes can be found there, and streets to some node in its
midst. Drawn as they are, the first scratch the square and the second end in it as stubs.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.coastline import TOUCHING_M
from mural.geo.layers import STREETS, Layer, Lines, Polygons

Shapes = NDArray[np.object_]

ON_FOOT: Final[tuple[Layer, ...]] = (Layer.ROAD_DEFAULT, Layer.ROAD_PEDESTRIAN)
"""What is part of a square wherever it crosses one."""


GREENS: Final = (Layer.PARK, Layer.WOOD)
"""What covers a square where it lies on one; paths show there."""


def end_at_squares(lines: dict[Layer, Lines], polygons: dict[Layer, Polygons]) -> dict[Layer, Lines]:
    """Cut out of squares what is walked on there, and those streets that end there without leading on."""
    if Layer.SQUARE not in polygons or not len(polygons[Layer.SQUARE]):
        return lines
    greens = [_shapes(polygons[layer]) for layer in GREENS if layer in polygons]
    tree = shapely.STRtree(_bare(_shapes(polygons[Layer.SQUARE]), np.concatenate([_NO_SHAPES, *greens])))
    driven = [lines[layer] for layer in STREETS if layer in lines and layer not in ON_FOOT]
    walked = [layer for layer in ON_FOOT if layer in lines]
    cut = {layer: _outside(lines[layer], lines[layer].level == 0, tree) for layer in walked}
    streets = lines.get(Layer.ROAD_RESIDENTIAL)
    if streets is not None and len(streets):
        cut[Layer.ROAD_RESIDENTIAL] = _outside(streets, (streets.level == 0) & _end_within(streets, driven, tree), tree)
    return lines | cut


def _shapes(polygons: Polygons) -> Shapes:
    shapes = ragged.to_shapes(polygons)
    wrong = ~shapely.is_valid(shapes)
    shapes[wrong] = shapely.make_valid(shapes[wrong])
    return shapes


def _bare(squares: Shapes, greens: Shapes) -> Shapes:
    """Leave of squares what no green covers."""
    square, green = shapely.STRtree(greens).query(squares, "intersects")
    if not len(square):
        return squares
    met, first = np.unique(square, return_index=True)
    covers = [shapely.union_all(greens[part]) for part in np.split(green, first[1:])]
    bare = squares.copy()
    bare[met] = shapely.difference(squares[met], covers)
    return bare


def _end_within(streets: Lines, driven: list[Lines], tree: shapely.STRtree) -> ragged.Mask:
    """Mark the streets one end of which lies inside a square, where no other street goes on."""
    ends = np.concatenate((streets.offsets[:-1], streets.offsets[1:] - 1))
    inside = np.zeros(len(ends), dtype=np.bool_)
    inside[tree.query(np.asarray(shapely.points(streets.xy[ends]), dtype=object), "within")[0]] = True
    inside &= _alone(streets.xy[ends], driven)
    return np.asarray(inside.reshape(2, -1).any(axis=0))


def _alone(points: NDArray[np.float64], driven: list[Lines]) -> ragged.Mask:
    """Mark the points that only one street has."""
    own, all_points = _nodes(points), _nodes(np.concatenate([part.xy for part in driven]))
    found, counts = np.unique(all_points, return_counts=True)
    return np.asarray(counts[np.searchsorted(found, own)] == 1)


def _nodes(points: NDArray[np.float64]) -> NDArray[np.complex128]:
    whole = np.rint(points / TOUCHING_M)
    return np.asarray(whole[:, 0] + 1j * whole[:, 1])


def _outside(lines: Lines, chosen: ragged.Mask, tree: shapely.STRtree) -> Lines:
    """Cut the chosen lines out of the squares that they meet."""
    numbers = np.flatnonzero(chosen)
    if not len(numbers):
        return lines
    shapes = _strings(lines, numbers)
    line, square = tree.query(shapes, "intersects")
    if not len(line):
        return lines
    met, first = np.unique(line, return_index=True)
    squares = [shapely.union_all(tree.geometries[part]) for part in np.split(square, first[1:])]
    pieces, owner = shapely.get_parts(shapely.difference(shapes[met], squares), return_index=True)
    pieces, owner = pieces[shapely.length(pieces) > 0], owner[shapely.length(pieces) > 0]
    keep = np.ones(len(lines), dtype=np.bool_)
    keep[numbers[met]] = False
    kept = ragged.take_lines(lines, keep)
    if not len(pieces):
        return kept
    _, xy, (offsets,) = shapely.to_ragged_array(pieces)
    levels = lines.level[numbers[met][owner]]
    return ragged.concat_lines([kept, Lines(xy, offsets.astype(np.int64), levels)])


_NO_SHAPES: Final = np.empty(0, dtype=object)


def _strings(lines: Lines, numbers: NDArray[np.int64]) -> Shapes:
    xy, offsets = ragged.gather(lines.xy, lines.offsets, numbers)
    return np.asarray(shapely.from_ragged_array(shapely.GeometryType.LINESTRING, xy, (offsets,)), dtype=object)
