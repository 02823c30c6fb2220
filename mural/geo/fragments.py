"""Find bits of paths that lead nowhere: too short to be seen as paths, and joined to no street.

They are what is left of sidewalks, crossings and passages that are not drawn. Coordinates are degrees, as read: equal
nodes are equal points there, which is no longer so once a page has been simplified.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.bbox import METRES_PER_DEGREE, BBox
from mural.geo.layers import Coordinates, Lines
from mural.geo.packed import PER_DEGREE

Keys = NDArray[np.int64]
"""Points as numbers: equal for the same node."""

_TABLE_BITS = 20
"""Size of the table by which most points are told not to be a path's, without searching for them."""


def fragments(paths: Lines, others: Iterable[Coordinates], page: BBox, least_m: float) -> ragged.Mask:
    """Mark the paths that together with all that they join are shorter than ``least_m`` metres and join nothing else.

    ``others`` are the points of what a path can lead to; a path that leaves the page leads somewhere.
    """
    lengths_m = _lengths_m(paths, page)
    bits = (lengths_m < least_m) & ragged.within(ragged.bounds(paths.xy, paths.offsets), page)
    marked = np.zeros(len(paths), dtype=np.bool_)
    if not bits.any():
        return marked
    rest = paths.xy[np.repeat(~bits, np.diff(paths.offsets))]
    xy, offsets = ragged.take(paths.xy, paths.offsets, bits)
    nodes, node = np.unique(_keys(xy), return_inverse=True)
    numbers = _not_reached(_among(nodes, (rest, *others)), node, offsets)
    loose, loose_offsets = ragged.gather(node, offsets, numbers)
    group = _groups(loose, loose_offsets, len(nodes))
    total_m = np.bincount(group, lengths_m[bits][numbers], len(nodes))
    marked[np.flatnonzero(bits)[numbers[total_m[group] < least_m]]] = True
    return marked


def _lengths_m(lines: Lines, page: BBox) -> NDArray[np.float64]:
    """Measure lines, well enough for a page."""
    east = np.cos(np.radians((page.bottom + page.top) / 2))
    steps = np.hypot(*(np.diff(lines.xy, axis=0, append=lines.xy[-1:]) * (east, 1.0)).T) * METRES_PER_DEGREE
    steps[lines.offsets[1:] - 1] = 0.0
    return np.asarray(np.add.reduceat(steps, lines.offsets[:-1])) if len(lines) else np.empty(0)


def _keys(xy: Coordinates) -> Keys:
    whole = np.rint(xy * PER_DEGREE).astype(np.int64)
    return np.asarray((whole[:, 0] << 32) + whole[:, 1])


def _among(nodes: Keys, parts: Iterable[Coordinates]) -> ragged.Mask:
    """Mark the nodes (sorted) that are among the points of some parts."""
    table = np.zeros(1 << _TABLE_BITS, dtype=np.bool_)
    table[_hashed(nodes)] = True
    found = np.zeros(len(nodes), dtype=np.bool_)
    for part in parts:
        keys = _keys(part)
        keys = keys[table[_hashed(keys)]]
        at = np.minimum(np.searchsorted(nodes, keys), len(nodes) - 1)
        found[at[nodes[at] == keys]] = True
    return found


def _hashed(keys: Keys) -> NDArray[np.uint64]:
    scattered = keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return np.asarray(scattered >> np.uint64(64 - _TABLE_BITS))


def _not_reached(reached: ragged.Mask, node: Keys, offsets: Keys) -> Keys:
    """Give the numbers of the lines that cannot be reached from the marked nodes, along other lines or at once."""
    numbers = np.arange(len(offsets) - 1)
    while len(numbers):
        part, part_offsets = ragged.gather(node, offsets, numbers)
        hit = np.logical_or.reduceat(reached[part], part_offsets[:-1])
        if not hit.any():
            break
        reached[part[np.repeat(hit, np.diff(part_offsets))]] = True
        numbers = numbers[~hit]
    return numbers


def _groups(node: Keys, offsets: Keys, nodes: int) -> Keys:
    """Number the lines so that those that join have the same number, which is one of their nodes."""
    label = np.arange(nodes)
    if len(offsets) < 2:
        return np.empty(0, dtype=np.int64)
    while True:
        lowest = np.minimum.reduceat(label[node], offsets[:-1])
        spread = label.copy()
        np.minimum.at(spread, node, np.repeat(lowest, np.diff(offsets)))
        if np.array_equal(spread, label):
            return np.asarray(lowest)
        label = spread
