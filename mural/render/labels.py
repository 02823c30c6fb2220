"""Places for labels: beside their signs, and clear of each other, of what else stands on the page, and of tracks.

Everything is in points from the page's lower left corner; a box is left, bottom, right, top. ``unit`` is how much
larger the page is than the one that the constants are for.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""Shape (n, 4)."""

GAP_PT: Final = 5.0
"""Between a label and its own sign."""
CLEAR_PT: Final = 3.0
"""What a label keeps free around itself; less than the gap."""
STEPS_AWAY: Final = 5
"""How many lines of text a label may move away from its sign before it has to overlap."""
COVERING: Final = 4.0
"""What covering a part of another box costs, times its area: only drifting far away is worse."""
DRIFT_PT: Final = 6.0
"""What a point of distance from its sign costs, as wide a strip of the page: far away nobody knows whose it is."""
STRUCK_PT: Final = 3.0
"""What hiding a track costs, likewise by its length."""
BEAD_PT: Final = 2.0
"""How closely a track is looked at."""
ROUNDS: Final = 2
"""In the second one each label may take a place that those after it have left free."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is on the page already: ``room`` for labels, boxes that are ``taken``, points of tracks BEAD_PT apart."""

    room: tuple[float, float, float, float]
    taken: Boxes
    beads: NDArray[np.float64]


def place_labels(sizes: NDArray[np.float64], signs: Boxes, surroundings: Surroundings, unit: float) -> Boxes:
    """Find a box for each label of a width and height (shape (n, 2)) beside its sign, or where it covers least."""
    beads = _within(surroundings.beads, surroundings.room)
    tree = shapely.STRtree(np.asarray(shapely.points(beads), dtype=object))
    boxes = np.zeros((len(sizes), 4))
    for _ in range(ROUNDS):
        for k, (size, sign) in enumerate(zip(sizes, signs, strict=True)):
            boxes[k] = 0.0
            places = _places(size, sign, unit)
            room = places + np.array((-1, -1, 1, 1)) * CLEAR_PT * unit
            covered = _shared(room, np.vstack((surroundings.taken, boxes))).sum(axis=1) * COVERING
            outside = _areas(room) - _shared(room, np.array([surroundings.room]))[:, 0]
            struck = np.bincount(tree.query(shapely.box(*room.T))[0], minlength=len(room)) * BEAD_PT * STRUCK_PT
            drift = np.maximum(0.0, _distances(places, sign) - GAP_PT * unit) * DRIFT_PT
            cost = covered + outside + (struck * unit + drift) * unit
            # Of equals argmin() takes the first: the places come in the order of preference, which no noise may decide.
            boxes[k] = places[np.argmin(np.round(cost, 6))]
    return boxes


def _places(size: NDArray[np.float64], sign: NDArray[np.float64], unit: float) -> Boxes:
    """List where a label may stand: on the right, on the left, above, below, and then farther and farther away."""
    (width, height), (left, bottom, right, top), gap = size, sign, GAP_PT * unit
    x, y = (left + right - width) / 2, (bottom + top - height) / 2
    sides = ((right + gap, y), (left - gap - width, y))
    corners = list(sides)
    for away in range(STEPS_AWAY):
        shift = away * 1.4 * height
        corners += [(x, top + gap + shift), (x, bottom - gap - height - shift)]
        corners += [(side, at + turn * (shift + height)) for (side, at), turn in itertools.product(sides, (1, -1))]
    placed = np.array(corners)
    return np.hstack((placed, placed + size))


def _within(points: NDArray[np.float64], box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    return points[((points >= box[:2]) & (points <= box[2:])).all(axis=1)]


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _shared(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """Measure the areas that boxes and others have in common, shape (boxes, others)."""
    low = np.maximum(boxes[:, None, :2], others[:, :2])
    high = np.minimum(boxes[:, None, 2:], others[:, 2:])
    return np.asarray(np.maximum(0.0, high - low).prod(axis=2))


def _distances(boxes: Boxes, other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far boxes are from another one; 0 where they touch."""
    apart = np.maximum(boxes[:, :2] - other[2:], other[:2] - boxes[:, 2:])
    return np.asarray(np.hypot(*np.maximum(0.0, apart).T))
