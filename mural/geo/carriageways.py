"""Tell the sides of divided roads from streets that merely have one direction. Everything is in metres on the page.

OpenStreetMap draws a divided road as two one-way roads beside each other, and has no word for their belonging together.
Drawn as wide as any road of their class the two would be twice as heavy as an undivided one, and run into one blot.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from mural.geo import ragged
from mural.geo.coastline import TOUCHING_M
from mural.geo.layers import CARRIAGEWAYS, Layer, Lines

SPACING_M: Final = 30.0
"""How far apart a road is looked at."""
REACH_M: Final = 45.0
"""Two sides of a road lie no farther apart than this,"""
REACH: Final = 0.0016
"""nor than this share of the poster's distance: what the eye sees as one road when the page shows a whole region."""
NEAREST_M: Final = 2.0
"""What is nearer than this is not beside a road but the same road."""
ASLANT: Final = 0.5
"""Sine of the greatest angle between two sides of a road."""
ABREAST: Final = 0.3
"""What lies mostly ahead is the road's own continuation: the least share of sideways in forward."""
MOSTLY: Final = 0.5
"""The share of a line that must have another beside it."""
DETOUR_M: Final = 1500.0
"""Sides that part for no longer than this, around a park or a station, and meet again are still those of one road."""
BEND: Final = 0.5
"""Cosine of the sharpest bend in which a road is followed from one line to the next."""


def tell_apart(lines: dict[Layer, Lines], distance_m: float) -> dict[Layer, Lines]:
    """Leave in the layers of CARRIAGEWAYS only what has its like beside it, and give the rest back to its class.

    Motorways are divided even where their sides run far apart, so those stay.
    """
    told, reach_m = dict(lines), max(REACH_M, REACH * distance_m)
    for road, layer in CARRIAGEWAYS.items():
        if layer is Layer.CARRIAGEWAY_MOTORWAY or layer not in lines or not len(lines[layer]):
            continue
        paired = between_company(lines[layer], have_company(lines[layer], reach_m))
        told[layer] = ragged.take_lines(lines[layer], paired)
        alone = ragged.take_lines(lines[layer], ~paired)
        told[road] = ragged.concat_lines([lines[road], alone]) if road in lines else alone
    return told


def have_company(lines: Lines, reach_m: float) -> ragged.Mask:
    """Mark the lines along most of which another one, or they themselves, run beside them, in whichever direction."""
    owner, at, heading = samples(lines)
    points = np.asarray(shapely.points(at), dtype=object)
    one, other = shapely.STRtree(points).query(points, "dwithin", distance=reach_m)
    one, other = one[one < other], other[one < other]  # each pair once
    apart = at[other] - at[one]
    ahead = np.abs((apart * heading[one]).sum(axis=1))
    sideways = np.abs(crossed(apart, heading[one]))
    alike = np.abs(crossed(heading[one], heading[other])) < ASLANT
    beside = alike & (sideways > np.maximum(NEAREST_M, ABREAST * ahead))
    in_company = np.zeros(len(at))
    in_company[one[beside]] = in_company[other[beside]] = 1.0
    share = np.bincount(owner, in_company, len(lines)) / np.bincount(owner, minlength=len(lines))
    return np.asarray(share >= MOSTLY)


def between_company(lines: Lines, paired: ragged.Mask) -> ragged.Mask:
    """Add to the marked lines the stretches that lead, in the direction of the lines, from one of them to another."""
    one, other = _followers(lines)
    along = _along(lines)
    lengths = np.where(paired, 0.0, along[lines.offsets[1:] - 1] - along[lines.offsets[:-1]])
    ahead, behind = np.where(paired, 0.0, np.inf), np.where(paired, 0.0, np.inf)
    while True:
        before = np.minimum(ahead, DETOUR_M).sum() + np.minimum(behind, DETOUR_M).sum()
        np.minimum.at(ahead, one, lengths[one] + ahead[other])
        np.minimum.at(behind, other, lengths[other] + behind[one])
        if np.minimum(ahead, DETOUR_M).sum() + np.minimum(behind, DETOUR_M).sum() == before:
            return np.asarray(ahead + behind - lengths <= DETOUR_M)


def _followers(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the pairs of lines of which the second goes on where the first ends."""
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    ends = np.rint(np.concatenate((lines.xy[first], lines.xy[last])) / TOUCHING_M)
    nodes = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True)[1].reshape(2, -1)
    order = np.argsort(nodes[0], kind="stable")
    low, high = (np.searchsorted(nodes[0][order], nodes[1], side) for side in ("left", "right"))
    counts = high - low
    one = np.repeat(np.arange(len(lines)), counts)
    other = order[np.arange(len(one)) - np.repeat(np.cumsum(counts) - counts - low, counts)]
    leaving, entering = lines.xy[last] - lines.xy[last - 1], lines.xy[first + 1] - lines.xy[first]
    scale = np.hypot(*leaving[one].T) * np.hypot(*entering[other].T)
    onwards = (leaving[one] * entering[other]).sum(axis=1) >= BEND * scale
    return one[onwards], other[onwards]


def _along(lines: Lines) -> NDArray[np.float64]:
    """Measure how far each point lies along the lines, one behind the other; from one to the next there is no way."""
    steps = np.hypot(*np.diff(lines.xy, axis=0).T)
    steps[lines.offsets[1:-1] - 1] = 0.0
    return np.concatenate(([0.0], np.cumsum(steps)))


def samples(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Take points evenly along lines: which line each belongs to, where it lies, and the unit vector along the line."""
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    along = _along(lines)
    begin, length = along[first], along[last] - along[first]
    counts = np.maximum(2, np.rint(length / SPACING_M)).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    position = begin[owner] + (number + 0.5) / counts[owner] * length[owner]
    segment = np.clip(np.searchsorted(along, position, side="right") - 1, first[owner], last[owner] - 1)
    step = lines.xy[segment + 1] - lines.xy[segment]
    length_m = np.maximum(along[segment + 1] - along[segment], TOUCHING_M)
    share = (position - along[segment]) / length_m
    return owner, lines.xy[segment] + step * share[:, None], step / length_m[:, None]


def crossed(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the cross products of pairs of vectors, shape (n, 2)."""
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
