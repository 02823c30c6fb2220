"""Cut layers to a rectangle. Coordinates and rectangle share their units; most often metres on the page."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.layers import Coordinates, Lines, Offsets, Polygons

Floats = NDArray[np.float64]


def clip_lines(lines: Lines, box: BBox) -> Lines:
    """Cut lines at the edges of the box; the pieces keep their direction, their order and their level."""
    parts = ragged.bounds(lines.xy, lines.offsets)
    inside = ragged.within(parts, box)
    if inside.all():
        return lines
    crossing = ragged.touches(parts, box) & ~inside
    if not crossing.any():
        return ragged.take_lines(lines, inside)
    xy, offsets, owner = _cut(*ragged.take(lines.xy, lines.offsets, crossing), box)
    pieces = Lines(xy, offsets, lines.level[crossing][owner])
    return ragged.concat_lines([ragged.take_lines(lines, inside), pieces])


def clip_polygons(polygons: Polygons, box: BBox) -> Polygons:
    """Cut polygons to the box, holes included."""
    parts = ragged.bounds(polygons.xy, ragged.polygon_points(polygons))
    inside = ragged.within(parts, box)
    if inside.all():
        return polygons
    crossing = ragged.touches(parts, box) & ~inside
    whole = ragged.take_polygons(polygons, inside)
    if not crossing.any():
        return whole
    shapes = shapely.make_valid(ragged.to_shapes(ragged.take_polygons(polygons, crossing)))
    pieces = shapely.get_parts(shapely.get_parts(shapely.clip_by_rect(shapes, *box)))  # of collections of multipolygons
    cut = ragged.from_shapes(pieces)
    return ragged.concat_polygons([whole, cut])


def _cut(xy: Coordinates, offsets: Offsets, box: BBox) -> tuple[Coordinates, Offsets, NDArray[np.int64]]:
    """Cut lines by Liang and Barsky's method, all segments at once; also tells which line each piece comes from."""
    enter, leave = _spans(xy, box)
    seen = enter < leave
    seen[offsets[1:-1] - 1] = False  # segment k joins the points k and k + 1, but these would join two lines
    segment = np.flatnonzero(seen)
    enter, leave = enter[seen], leave[seen]
    fresh = enter > 0  # a piece begins where the box is entered, with a line, or after a segment that ended early
    fresh[:1] = True
    fresh[1:] |= (np.diff(segment) > 1) | (leave[:-1] < 1)
    step = xy[segment + 1] - xy[segment]
    ends = xy[segment] + step * leave[:, None]
    starts = (xy[segment] + step * enter[:, None])[fresh]
    starting = np.flatnonzero(fresh)
    points = np.insert(ends, starting, starts, axis=0)
    lengths = np.diff(np.append(starting, len(segment))) + 1
    owner = np.searchsorted(offsets, segment[starting], side="right") - 1
    return points, ragged.offsets_of(lengths), owner


def _spans(xy: Coordinates, box: BBox) -> tuple[Floats, Floats]:
    """Tell from where to where (0 to 1) each segment lies inside the box; it misses the box where from >= to."""
    enter, leave = np.zeros(len(xy) - 1), np.ones(len(xy) - 1)
    for axis, low, high in ((0, box.left, box.right), (1, box.bottom, box.top)):
        start, step = xy[:-1, axis], np.diff(xy[:, axis])
        with np.errstate(divide="ignore", invalid="ignore"):
            to_low, to_high = (low - start) / step, (high - start) / step
        parallel = step == 0
        outside = parallel & ((start < low) | (start > high))
        enter = np.maximum(enter, np.where(parallel, 0.0, np.minimum(to_low, to_high)))
        leave = np.minimum(leave, np.where(parallel, 1.0, np.maximum(to_low, to_high)))
        leave[outside] = -1.0
    return enter, leave
