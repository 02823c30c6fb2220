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


def tell_apart(lines: dict[Layer, Lines], distance_m: float) -> dict[Layer, Lines]:
    """Leave in the layers of CARRIAGEWAYS only what has its like beside it, and give the rest back to its class.

    Motorways are divided even where their sides run far apart, so those stay.
    """
    told, reach_m = dict(lines), max(REACH_M, REACH * distance_m)
    for road, layer in CARRIAGEWAYS.items():
        if layer is Layer.CARRIAGEWAY_MOTORWAY or layer not in lines or not len(lines[layer]):
            continue
        paired = have_company(lines[layer], reach_m)
        told[layer] = ragged.take_lines(lines[layer], paired)
        alone = ragged.take_lines(lines[layer], ~paired)
        told[road] = ragged.concat_lines([lines[road], alone]) if road in lines else alone
    return told


def have_company(lines: Lines, reach_m: float) -> ragged.Mask:
    """Mark the lines along most of which another one, or they themselves, run beside them, in whichever direction."""
    owner, at, heading = _samples(lines)
    points = np.asarray(shapely.points(at), dtype=object)
    one, other = shapely.STRtree(points).query(points, "dwithin", distance=reach_m)
    apart = at[other] - at[one]
    ahead = np.abs((apart * heading[one]).sum(axis=1))
    sideways = np.abs(_cross(apart, heading[one]))
    beside = (sideways > np.maximum(NEAREST_M, ABREAST * ahead)) & (
        np.abs(_cross(heading[one], heading[other])) < ASLANT
    )
    in_company = np.zeros(len(at))
    in_company[one[beside]] = 1.0
    share = np.bincount(owner, in_company, len(lines)) / np.bincount(owner, minlength=len(lines))
    return np.asarray(share >= MOSTLY)


def _samples(lines: Lines) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Take points evenly along lines: which line each belongs to, where it lies, and the unit vector along the line."""
    first, last = lines.offsets[:-1], lines.offsets[1:] - 1
    steps = np.diff(lines.xy, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    lengths[last[:-1]] = 0.0  # from one line to the next
    along = np.concatenate(([0.0], np.cumsum(lengths)))
    begin, length = along[first], along[last] - along[first]
    counts = np.maximum(2, np.rint(length / SPACING_M)).astype(np.int64)
    owner = np.repeat(np.arange(len(lines)), counts)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    position = begin[owner] + (number + 0.5) / counts[owner] * length[owner]
    segment = np.clip(np.searchsorted(along, position, side="right") - 1, first[owner], last[owner] - 1)
    share = (position - along[segment]) / np.maximum(lengths[segment], NEAREST_M / 1000)
    return (
        owner,
        lines.xy[segment] + steps[segment] * share[:, None],
        steps[segment] / np.maximum(lengths[segment], NEAREST_M / 1000)[:, None],
    )


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
