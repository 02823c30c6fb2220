"""Work on ragged arrays without a Python loop: part k of ``xy`` is ``xy[offsets[k]:offsets[k + 1]]``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

from mural.geo.bbox import BBox
from mural.geo.layers import Coordinates, Lines, Offsets, Polygons

Bounds = NDArray[np.float64]
"""Left, bottom, right and top of every part, shape (n, 4), in the units of the coordinates."""

Mask = NDArray[np.bool_]

Numbers = NDArray[np.int64]
"""Which parts, by number, in an order that matters."""

Number = TypeVar("Number", bound=np.generic)


def offsets_of(lengths: NDArray[np.int64] | Sequence[int]) -> Offsets:
    """Turn the lengths of parts into offsets."""
    offsets = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def bounds(xy: Coordinates, offsets: Offsets) -> Bounds:
    """Measure every part; all parts must hold at least one point."""
    if len(offsets) < 2:
        return np.empty((0, 4))
    starts = offsets[:-1]
    x, y = np.ascontiguousarray(xy[:, 0]), np.ascontiguousarray(xy[:, 1])
    return np.column_stack(
        (
            np.minimum.reduceat(x, starts),
            np.minimum.reduceat(y, starts),
            np.maximum.reduceat(x, starts),
            np.maximum.reduceat(y, starts),
        )
    )


def touches(parts: Bounds, box: BBox) -> Mask:
    """Mark the parts whose bounds share a point with the box (in the same units)."""
    return np.asarray(
        (parts[:, 0] <= box.right) & (parts[:, 2] >= box.left) & (parts[:, 1] <= box.top) & (parts[:, 3] >= box.bottom)
    )


def within(parts: Bounds, box: BBox) -> Mask:
    """Mark the parts that lie wholly inside the box (in the same units)."""
    return np.asarray(
        (parts[:, 0] >= box.left) & (parts[:, 2] <= box.right) & (parts[:, 1] >= box.bottom) & (parts[:, 3] <= box.top)
    )


def take(values: Coordinates, offsets: Offsets, keep: Mask) -> tuple[Coordinates, Offsets]:
    """Keep the marked parts."""
    lengths = np.diff(offsets)
    return values[np.repeat(keep, lengths)], offsets_of(lengths[keep])


def take_lines(lines: Lines, keep: Mask) -> Lines:
    """Keep the marked lines."""
    if keep.all():
        return lines
    xy, offsets = take(lines.xy, lines.offsets, keep)
    return Lines(xy, offsets, lines.level[keep])


def polygon_points(polygons: Polygons) -> Offsets:
    """Give the offsets of the polygons in ``xy``: polygon p has the points ``[p]:[p + 1]``, holes included."""
    return polygons.rings[polygons.polygons]


def take_polygons(polygons: Polygons, keep: Mask) -> Polygons:
    """Keep the marked polygons."""
    if keep.all():
        return polygons
    ring_counts = np.diff(polygons.polygons)
    xy, rings = take(polygons.xy, polygons.rings, np.repeat(keep, ring_counts))
    return Polygons(xy, rings, offsets_of(ring_counts[keep]))


def gather(values: NDArray[Number], offsets: Offsets, order: Numbers) -> tuple[NDArray[Number], Offsets]:
    """Put the parts of these numbers one behind the other, in this order."""
    moved = offsets_of(np.diff(offsets)[order])
    return values[np.arange(moved[-1]) + np.repeat(offsets[:-1][order] - moved[:-1], np.diff(moved))], moved


def split_lines(lines: Lines, keys: NDArray[np.uint64]) -> Iterator[tuple[Numbers, Lines]]:
    """Sort the lines by their keys: the numbers of those that share a key, and these lines."""
    order, edges = _runs(keys)
    xy, offsets = gather(lines.xy, lines.offsets, order)
    level = lines.level[order]
    for start, end in pairwise(edges.tolist()):
        yield order[start:end], Lines(*_slice(xy, offsets, start, end), level[start:end])


def split_polygons(polygons: Polygons, keys: NDArray[np.uint64]) -> Iterator[tuple[Numbers, Polygons]]:
    """Sort the polygons by their keys: the numbers of those that share a key, and these polygons."""
    order, edges = _runs(keys)
    numbers, counts = gather(np.arange(len(polygons.rings) - 1, dtype=np.int64), polygons.polygons, order)
    xy, rings = gather(polygons.xy, polygons.rings, numbers)
    for start, end in pairwise(edges.tolist()):
        inner = _slice(xy, rings, counts[start], counts[end])
        yield order[start:end], Polygons(*inner, counts[start : end + 1] - counts[start])


def _runs(keys: NDArray[np.uint64]) -> tuple[Numbers, Numbers]:
    """Sort keys, equal ones in their order: their numbers, and where runs of equal keys begin, with the end."""
    order = np.argsort(keys, kind="stable")
    changes = np.flatnonzero(np.diff(keys[order])) + 1
    return order, np.concatenate(([0], changes, [len(keys)])) if len(keys) else np.zeros(1, dtype=np.int64)


def _slice(xy: Coordinates, offsets: Offsets, start: int, end: int) -> tuple[Coordinates, Offsets]:
    return xy[offsets[start] : offsets[end]], offsets[start : end + 1] - offsets[start]


def to_shapes(polygons: Polygons) -> NDArray[np.object_]:
    """Make a geometry of every polygon."""
    shapes = shapely.from_ragged_array(shapely.GeometryType.POLYGON, polygons.xy, (polygons.rings, polygons.polygons))
    return np.asarray(shapes, dtype=object)


def from_shapes(shapes: NDArray[np.object_]) -> Polygons:
    """Take polygons from geometries; empty ones and those that are not polygons are passed over."""
    usable = (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(shapes)
    if not usable.any():
        zero = np.zeros(1, dtype=np.int64)
        return Polygons(np.empty((0, 2)), zero, zero)
    _, xy, (rings, polygons) = shapely.to_ragged_array(shapes[usable])
    return Polygons(xy, rings.astype(np.int64, copy=False), polygons.astype(np.int64, copy=False))


def join_offsets(parts: Sequence[Offsets]) -> Offsets:
    """Put ragged arrays one behind the other: the offsets of the whole."""
    return offsets_of(np.concatenate([np.diff(part) for part in parts]))


def concat_lines(parts: Sequence[Lines]) -> Lines:
    """Put lines one behind the other."""
    if len(parts) == 1:
        return parts[0]
    return Lines(
        np.concatenate([part.xy for part in parts]),
        join_offsets([part.offsets for part in parts]),
        np.concatenate([part.level for part in parts]),
    )


def concat_polygons(parts: Sequence[Polygons]) -> Polygons:
    """Put polygons one behind the other."""
    if len(parts) == 1:
        return parts[0]
    return Polygons(
        np.concatenate([part.xy for part in parts]),
        join_offsets([part.rings for part in parts]),
        join_offsets([part.polygons for part in parts]),
    )
