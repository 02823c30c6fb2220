"""What tunnels look like: dashes that fill them from portal to portal, and roads that end flat where they go under.

Everything is in metres on the page.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from mural.geo import ragged
from mural.geo.coastline import TOUCHING_M, join
from mural.geo.layers import Coordinates, Lines
from mural.render.dashes import dashed

TWIN_M: Final = 60.0
"""Tubes of one tunnel begin and end no farther apart than this,"""
TWIN_LENGTH: Final = 0.25
"""and differ in length by no more than this share of it."""

Nodes = NDArray[np.int64]
"""Points as numbers, equal for the same node."""

Numbers = NDArray[np.complex128] | NDArray[np.float64]


def tunnel_dashes(tunnels: Lines, on_m: float, off_m: float) -> Lines:
    """Cut tunnels into about so long dashes: whole ones, from portal to portal, in step in tubes side by side.

    A tunnel is one even where it was mapped as several ways.
    """
    if not len(tunnels):
        return tunnels
    tubes = join(np.split(tunnels.xy, tunnels.offsets[1:-1]))
    if not tubes:
        return ragged.take_lines(tunnels, np.zeros(len(tunnels), dtype=np.bool_))
    xy, offsets = np.concatenate(tubes), ragged.offsets_of([len(tube) for tube in tubes])
    lengths_m = np.array([np.hypot(*np.diff(tube, axis=0).T).sum() for tube in tubes])
    counts = np.maximum(1, np.rint((_of_twins(tubes, lengths_m) + off_m) / (on_m + off_m)))
    stretched = lengths_m / (counts * on_m + (counts - 1) * off_m)
    levels = np.full(len(tubes), tunnels.level[0], dtype=np.int8)
    return dashed(Lines(xy, offsets, levels), on_m * stretched, off_m * stretched)


def _of_twins(tubes: list[NDArray[np.float64]], lengths_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the mean length of the tubes that belong together, each for itself where it is alone."""
    first, last = (np.array([complex(*tube[end]) for tube in tubes]) for end in (0, -1))
    along = np.maximum(_apart(first, first), _apart(last, last))
    against = np.maximum(_apart(first, last), _apart(last, first))
    alike = _apart(lengths_m, lengths_m) <= TWIN_LENGTH * np.maximum.outer(lengths_m, lengths_m)
    twins = (np.minimum(along, against) <= TWIN_M) & alike
    return np.asarray((twins @ lengths_m) / twins.sum(axis=1))


def _apart(a: Numbers, b: Numbers) -> NDArray[np.float64]:
    return np.asarray(np.abs(np.subtract.outer(a, b)))


def ends(lines: Lines) -> Nodes:
    """Name the nodes at which lines begin and end: for each its beginning first, then for each its end."""
    return _nodes(lines.xy[np.concatenate((lines.offsets[:-1], lines.offsets[1:] - 1))])


def _nodes(points: NDArray[np.float64]) -> Nodes:
    whole = np.rint(points / TOUCHING_M).astype(np.int64)
    return np.asarray((whole[:, 0] << 32) + whole[:, 1])


def flat_at(lines: Lines, portals: Nodes, half_width_m: float) -> tuple[Lines, Lines]:
    """Part lines into what may have round ends and the last bits before a portal (sorted), which must not."""
    nodes = ends(lines)
    near = np.minimum(np.searchsorted(portals, nodes), max(0, len(portals) - 1))
    at_portal = (portals[near] == nodes if len(portals) else np.zeros(len(nodes), dtype=np.bool_)).reshape(2, -1)
    touching = np.asarray(at_portal.any(axis=0))
    if not touching.any():
        return lines, ragged.take_lines(lines, touching)
    rounded: list[Coordinates] = []
    flat: list[Coordinates] = []
    levels: list[int] = []
    for number in np.flatnonzero(touching).tolist():
        road = shapely.LineString(lines.xy[lines.offsets[number] : lines.offsets[number + 1]])
        from_m, to_m = (half_width_m * bool(end) for end in at_portal[:, number])
        if road.length <= 2 * (from_m + to_m):
            flat.append(_part(road, 0.0, road.length))
            continue
        rounded.append(_part(road, from_m, road.length - to_m))
        levels.append(lines.level[number])
        if from_m:
            flat.append(_part(road, 0.0, 2 * from_m))
        if to_m:
            flat.append(_part(road, road.length - 2 * to_m, road.length))
    kept = ragged.take_lines(lines, ~touching)
    return ragged.concat_lines([kept, _lines(rounded, levels)]), _lines(flat, [0] * len(flat))


def _part(road: shapely.LineString, from_m: float, to_m: float) -> Coordinates:
    return np.asarray(substring(road, from_m, to_m).coords, dtype=np.float64)


def _lines(parts: list[Coordinates], levels: list[int]) -> Lines:
    xy = np.concatenate([np.empty((0, 2)), *parts])
    return Lines(xy, ragged.offsets_of([len(part) for part in parts]), np.array(levels, dtype=np.int8))
