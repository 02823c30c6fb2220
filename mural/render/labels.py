"""Places for labels: beside their signs, and clear of each other, of what else stands on the page, and of tracks.

Where a label had to move away from its sign, a leader line leads to it.

Everything is in points from the page's lower left corner; a box is left, bottom, right, top. ``unit`` is how much
larger the page is than the one that the constants are for.
"""

from __future__ import annotations

import itertools
import math
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

Boxes = NDArray[np.float64]
"""Shape (n, 4)."""
Segments = NDArray[np.float64]
"""From a point to another, shape (n, 2, 2); NaN where there is none."""

GAP_PT: Final = 5.0
"""Between a label and its own sign."""
CLEAR_PT: Final = 3.0
"""What a label keeps free around itself; less than the gap."""
BESIDE_PT: Final = 10.0
"""Up to this distance a label stands beside its sign; farther away a leader line leads to it."""
LEADER_GAP_PT: Final = 2.0
"""Between a leader line and its sign, and its label."""
STEPS_AWAY: Final = 12
"""How many lines of text a label may move away from its sign before it has to overlap."""
WAYS: Final = np.array([(math.cos(turn), math.sin(turn)) for turn in np.linspace(0.0, 2 * math.pi, 16, endpoint=False)])
"""In which directions it may move, shape (n, 2)."""
COVERING: Final = 8.0
"""What covering a part of another box costs, times its area: nearly anything else is better."""
DRIFT_PT: Final = 6.0
"""What a point of distance from its sign costs, as wide a strip of the page: far away nobody knows whose it is."""
CROSSING_PT2: Final = 500.0
"""What a leader line costs that crosses another one, or another label."""
PASSING_PT2: Final = 120.0
"""What a leader line costs that passes under another sign."""
STRUCK_PT: Final = 3.0
"""What hiding a track costs, likewise by its length."""
BEAD_PT: Final = 2.0
"""How closely a track is looked at."""
BEADS_MAX: Final = 50_000
"""The most points on a track: one that leads round the world passes by a page in no time."""
LINE: Final = 1.4
"""From one line of text to the next, in heights of a label."""
ROUNDS: Final = 3
"""From the second one on each label may take a place that those after it have left free."""


class Surroundings:
    """What is on the page already: ``room`` for labels, boxes that are ``taken``, and tracks, by points close together.

    ``tracks`` finds those of the points that are in the room.
    """

    def __init__(self, room: tuple[float, float, float, float], taken: Boxes, beads: NDArray[np.float64]) -> None:
        self.room = room
        self.taken = taken
        self.tracks = shapely.STRtree(np.asarray(shapely.points(within(beads, room)), dtype=object))

    def take(self, boxes: Boxes) -> None:
        """Take more of the page."""
        self.taken = np.vstack((self.taken, boxes))


def mileage(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure the way along a path (shape (n, 2)) from its start to each of its points, shape (n,)."""
    return np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))


def strung(path: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """String points along a path (shape (n, 2)), one every BEAD_PT but not without end."""
    along = mileage(path)
    at = np.linspace(0.0, along[-1], min(BEADS_MAX, int(along[-1] / (BEAD_PT * unit)) + 1))
    return np.column_stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)])


def place_labels(sizes: NDArray[np.float64], signs: Boxes, surroundings: Surroundings, unit: float) -> Boxes:
    """Find a box for each label of a width and height (shape (n, 2)) beside its sign, or where it covers least."""
    board = _Board(surroundings, len(sizes), unit)
    for _ in range(ROUNDS):
        for k, (size, sign) in enumerate(zip(sizes, signs, strict=True)):
            board.take_up(k)
            places = _beside(size, sign, unit)
            cost = board.cost(places, sign)
            if cost.min() > LINE * size[1] * DRIFT_PT * unit:  # else it will hardly stand better on the next line
                away = _around(size, sign, unit)
                places, cost = np.vstack((places, away)), np.concatenate((cost, board.cost(away, sign)))
            # Of equals argmin() takes the first: the places come in the order of preference, which no noise may decide.
            board.put(k, places[np.argmin(np.round(cost, 6))], sign)
    return board.boxes


class _Board:
    """What is on the page, and the labels put there so far with their leader lines."""

    def __init__(self, surroundings: Surroundings, count: int, unit: float) -> None:
        self.boxes = np.zeros((count, 4))
        self._lines = np.full((count, 2, 2), np.nan)
        self._room = np.array([surroundings.room])
        self._taken = surroundings.taken
        self._tracks = surroundings.tracks
        self._unit = unit

    def take_up(self, k: int) -> None:
        """Take a label from its place."""
        self.boxes[k], self._lines[k] = 0.0, np.nan

    def put(self, k: int, box: NDArray[np.float64], sign: NDArray[np.float64]) -> None:
        """Put a label in its place."""
        self.boxes[k], self._lines[k] = box, leaders(box[None], sign, self._unit)[0]

    def cost(self, places: Boxes, sign: NDArray[np.float64]) -> NDArray[np.float64]:
        """Tell what it costs to put the label of a sign in each of some places, shape (n,)."""
        unit, others = self._unit, np.vstack((self._taken, self.boxes))
        room = places + np.array((-1, -1, 1, 1)) * CLEAR_PT * unit
        covered = _shared(room, others).sum(axis=1) * COVERING
        outside = _areas(room) - _shared(room, self._room)[:, 0]
        struck = np.bincount(self._tracks.query(shapely.box(*room.T))[0], minlength=len(room)) * BEAD_PT * STRUCK_PT
        drift = np.maximum(0.0, _distances(places, sign) - GAP_PT * unit) * DRIFT_PT
        reach = leaders(places, sign, unit)
        passing = _crossed(reach, self._taken[(self._taken != sign).any(axis=1)]).sum(axis=1) * PASSING_PT2
        crossing = _crossed(reach, self.boxes).sum(axis=1) + _crossed(self._lines, room).sum(axis=0)
        crossing += _crossing(reach, self._lines).sum(axis=1)
        lines = passing + crossing * CROSSING_PT2
        return np.asarray(covered + outside + (struck * unit + drift + lines * unit) * unit)


def leaders(boxes: Boxes, signs: Boxes, unit: float) -> Segments:
    """Draw a line to each label's box from its sign, or from the one sign; NaN where a label stands beside its sign."""
    middles, reach = (signs[..., :2] + signs[..., 2:]) / 2, (signs[..., 2:] - signs[..., :2]) / 2
    ends = np.clip(middles, boxes[:, :2], boxes[:, 2:])
    ways = ends - middles
    lengths = np.hypot(*ways.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Signs are round, more or less: the line begins where it leaves the ellipse inside of the box.
        left = 1.0 / np.hypot(*(ways / reach).T)
        gap = LEADER_GAP_PT * unit / lengths
        starts, stops = middles + (left + gap)[:, None] * ways, ends - gap[:, None] * ways
    lines = np.stack((starts, stops), axis=1)
    lines[_distances(boxes, signs) <= BESIDE_PT * unit] = np.nan
    return lines


def within(points: NDArray[np.float64], box: tuple[float, float, float, float]) -> NDArray[np.float64]:
    """Keep the points (shape (n, 2)) in a box."""
    return points[((points >= box[:2]) & (points <= box[2:])).all(axis=1)]


def _beside(size: NDArray[np.float64], sign: NDArray[np.float64], unit: float) -> Boxes:
    """List where a label stands beside its sign: on the right, on the left, above, below, and at the corners."""
    (width, height), (left, bottom, right, top), gap = size, sign, GAP_PT * unit
    x, y = (left + right - width) / 2, (bottom + top - height) / 2
    sides = ((right + gap, y), (left - gap - width, y))
    corners = [(side, at + turn * height) for (side, at), turn in itertools.product(sides, (1, -1))]
    placed = np.array([*sides, (x, top + gap), (x, bottom - gap - height), *corners])
    return np.hstack((placed, placed + size))


def _around(size: NDArray[np.float64], sign: NDArray[np.float64], unit: float) -> Boxes:
    """List where a label may stand that has no room beside its sign: farther and farther away, all around it."""
    middle, reach = (sign[:2] + sign[2:]) / 2, (sign[2:] - sign[:2]) / 2
    with np.errstate(divide="ignore"):
        rim = (reach / np.abs(WAYS)).min(axis=1)
    away = GAP_PT * unit + LINE * size[1] * np.arange(1, STEPS_AWAY)[:, None]
    nearest = middle + (rim + away)[..., None] * WAYS
    placed = (nearest + (np.clip(1.5 * WAYS, -1.0, 1.0) - 1.0) * size / 2).reshape(-1, 2)
    return np.hstack((placed, placed + size))


def _areas(boxes: Boxes) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _shared(boxes: Boxes, others: Boxes) -> NDArray[np.float64]:
    """Measure the areas that boxes and others have in common, shape (boxes, others)."""
    # Side by side, here and below: to work on pairs of numbers takes numpy ten times as long.
    (left, bottom, right, top), (their_left, their_bottom, their_right, their_top) = boxes.T[:, :, None], others.T
    width = np.minimum(right, their_right) - np.maximum(left, their_left)
    height = np.minimum(top, their_top) - np.maximum(bottom, their_bottom)
    return np.asarray(np.maximum(0.0, width) * np.maximum(0.0, height))


def _distances(boxes: Boxes, others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far boxes are each from another, or all from the same one; 0 where they touch."""
    apart = np.maximum(boxes[:, :2] - others[..., 2:], others[..., :2] - boxes[:, 2:])
    return np.asarray(np.hypot(*np.maximum(0.0, apart).T))


def _crossed(lines: Segments, boxes: Boxes) -> NDArray[np.bool_]:
    """Tell which boxes lines go through, shape (lines, boxes)."""
    (x, y), (to_x, to_y), (left, bottom, right, top) = lines[:, 0].T[..., None], lines[:, 1].T[..., None], boxes.T
    with np.errstate(divide="ignore", invalid="ignore"):
        across, upwards = 1.0 / (to_x - x), 1.0 / (to_y - y)
        first, second, third, fourth = (
            (left - x) * across,
            (right - x) * across,
            (bottom - y) * upwards,
            (top - y) * upwards,
        )
    enters = np.maximum(np.minimum(first, second), np.minimum(third, fourth))
    leaves = np.minimum(np.maximum(first, second), np.maximum(third, fourth))
    return np.asarray((enters < leaves) & (enters < 1) & (leaves > 0))


def _crossing(lines: Segments, others: Segments) -> NDArray[np.bool_]:
    """Tell which other lines lines cross, shape (lines, others)."""
    return _parted(lines, others) & _parted(others, lines).T


def _parted(lines: Segments, others: Segments) -> NDArray[np.bool_]:
    """Tell which others have their ends on different sides of a line without an end, shape (lines, others)."""
    (x, y), (way_x, way_y) = lines[:, 0].T[..., None], (lines[:, 1] - lines[:, 0]).T[..., None]
    one, other = (way_x * (to[:, 1] - y) - way_y * (to[:, 0] - x) for to in (others[:, 0], others[:, 1]))
    return np.asarray(one * other < 0)
