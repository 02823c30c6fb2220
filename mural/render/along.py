"""Names along lines: the stretch of a line beside which a name reads well, and its letters bent along that.

A name is bent as a whole, every point of its outline by itself: letters that join stay joined, and the bend is so
gentle that nobody sees it in a single letter. Everything is in points on the page; ``unit`` is how much larger the
page is than the one that the constants are for. A path is of the shape (n, 2).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from matplotlib.path import Path
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from mural.render.labels import BEAD_PT, CLEAR_PT, Boxes, Surroundings, mileage, strung
from mural.render.typesetting import vertices

APART_PT: Final = 4.5
"""Between the middle of a line and its name: half the line, the halos of both, and a little air."""
SMOOTH_PT: Final = 1.5
"""How far a line is straightened first: what a receiver trembles is not where somebody went."""
SLACK: Final = 1.06
"""How much longer than the name the stretch of a line is that it stands along."""
STRIDE: Final = 2
"""Every so many beads a stretch is looked at."""
STRAIGHT: Final = 0.75
"""From end to end of a stretch, in widths of the name: what is shorter turns so much that it need not be looked at."""
STEEPEST_DEG: Final = 72.0
"""Up to here a name is read without turning one's head too far."""
TIGHTEST: Final = 0.16
"""The height of the name by the radius of its bend: beyond this letters would lean on each other."""
WOBBLE: Final = 0.9
"""How far a line may stray from the bend of its name, in heights of the name: else the name would not follow it."""
BENT: Final = 0.4
"""What the tightest bend costs; as steep as a wall, or straying as far as may be, costs 1."""
BELOW: Final = 0.15
"""What it costs to stand below the line."""
OFF_CENTRE: Final = 0.25
"""What it costs to stand at the end of what one sees of the line."""
FADED: Final = 0.8
"""What it costs to stand at the head or the foot of the page, where the map gives way."""
CHECKED_AT_ONCE: Final = 64
BOX_BEADS: Final = 6
"""How many beads of a baseline lie in one of the boxes that stand for it."""

Path2D = NDArray[np.float64]
"""Shape (n, 2)."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The ends of a name that is set on a straight baseline from (0, 0)."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height."""
        return self.right - self.left, self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Baseline:
    """A gently bent line to set a name on, from left to right: points, and the upward normals there."""

    xy: Path2D
    up: Path2D

    def bend(self, outline: Path, ink: Ink) -> Path:
        """Bend an outline from a straight baseline onto the middle of this one."""
        along = mileage(self.xy)
        flat = vertices(outline)
        at = flat[:, 0] - ink.left + (along[-1] - ink.size[0]) / 2
        foot, up = (
            np.column_stack([np.interp(at, along, side[:, axis]) for axis in (0, 1)]) for side in (self.xy, self.up)
        )
        return Path(foot + flat[:, 1:] * up, outline.codes)

    def boxes(self, ink: Ink) -> Boxes:
        """Cover what a name takes here with boxes, several because it may run up or down the page."""
        edges = np.stack((self.xy + ink.bottom * self.up, self.xy + ink.top * self.up), axis=1)
        parts = [edges[first : first + BOX_BEADS + 1].reshape(-1, 2) for first in range(0, len(edges) - 1, BOX_BEADS)]
        return np.array([(*part.min(axis=0), *part.max(axis=0)) for part in parts])


def find_baseline(paths: Iterable[Path2D], ink: Ink, surroundings: Surroundings, unit: float) -> Baseline | None:
    """Find where a name reads best along one of the paths of a line; None where it reads well nowhere."""
    stretches = [stretch for path in paths for stretch in _stretches(path, ink, surroundings.room, unit)]
    if not stretches:
        return None
    xy, up, cost = (np.concatenate(parts) for parts in zip(*stretches, strict=True))
    # Of equals the first one is taken; no noise may decide which that is.
    order = np.argsort(np.round(cost, 6), kind="stable")
    taken = shapely.STRtree(np.asarray(shapely.box(*surroundings.taken.T), dtype=object))
    room = shapely.box(*surroundings.room)
    for first in range(0, len(order), CHECKED_AT_ONCE):
        chosen = order[first : first + CHECKED_AT_ONCE]
        bands = _bands(xy[chosen], up[chosen], ink, CLEAR_PT * unit)
        free = shapely.covers(room, bands) & shapely.is_valid(bands)
        for tree in (taken, surroundings.tracks):
            free[tree.query(bands, predicate="intersects")[0]] = False
        if free.any():
            best = chosen[np.argmax(free)]
            return Baseline(xy[best], up[best])
    return None


def _stretches(
    path: Path2D, ink: Ink, room: tuple[float, float, float, float], unit: float
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]:
    """Give the baselines beside the parts of a path in the room: points and normals (shape (k, n, 2)), costs (k,)."""
    if len(path) < 2:
        return
    smooth = shapely.simplify(shapely.LineString(path), SMOOTH_PT * unit, preserve_topology=False)
    for part in shapely.get_parts(shapely.clip_by_rect(smooth, *room)):
        beads = strung(shapely.get_coordinates(part), unit)
        size = math.ceil(SLACK * ink.size[0] / (BEAD_PT * unit)) + 1
        if len(beads) >= size:
            windows = sliding_window_view(beads, size, axis=0)[::STRIDE]
            ends = windows[:, :, 0], windows[:, :, -1]
            far_out = (ends[0][:, 1] + ends[1][:, 1] - room[1] - room[3]) / (room[3] - room[1])
            price = OFF_CENTRE * np.linspace(-1.0, 1.0, len(windows)) ** 2 + FADED * far_out**2
            straight = np.hypot(*(ends[1] - ends[0]).T) >= STRAIGHT * ink.size[0]
            yield _beside(_Curves.along(windows[straight]), price[straight], ink, unit)


@dataclass(frozen=True, slots=True)
class _Curves:
    """A cubic curve along each of some stretches of beads, from left to right; all of the shape (k, 2, n)."""

    beads: NDArray[np.float64]
    xy: NDArray[np.float64]
    speed: NDArray[np.float64]
    swing: NDArray[np.float64]

    @classmethod
    def along(cls, beads: NDArray[np.float64]) -> _Curves:
        """Lay the curves so that they stray least from the beads."""
        leftwards = (beads[:, 0, -1] < beads[:, 0, 0])[:, None, None]
        beads = np.where(leftwards, beads[:, :, ::-1], beads)
        steps = np.vander(np.linspace(-1.0, 1.0, beads.shape[2]), 4)
        cubics = beads @ np.linalg.pinv(steps).T
        speed = cubics[:, :, :3] * (3, 2, 1) @ steps[:, 1:].T
        return cls(beads, cubics @ steps.T, speed, cubics[:, :, :2] * (6, 2) @ steps[:, 2:].T)

    @property
    def up(self) -> NDArray[np.float64]:
        """The normals, shape (k, 2, n)."""
        ahead, upwards = self.speed.swapaxes(0, 1)
        return np.asarray(np.stack((-upwards, ahead), axis=1) / np.hypot(ahead, upwards)[:, None])

    @property
    def astray(self) -> NDArray[np.float64]:
        """How far above the curves the beads are, shape (k, n)."""
        return np.asarray(((self.beads - self.xy) * self.up).sum(axis=1))

    @property
    def tilt_deg(self) -> NDArray[np.float64]:
        """How steep each is where it is steepest, shape (k,)."""
        ahead, upwards = self.speed.swapaxes(0, 1)
        return np.asarray(np.degrees(np.abs(np.arctan2(upwards, ahead))).max(axis=1))

    @property
    def bend(self) -> NDArray[np.float64]:
        """About one by the radius of each where that is least, and no less, shape (k,)."""
        ahead, upwards = self.speed.swapaxes(0, 1)
        turn = np.abs(ahead * self.swing[:, 1] - upwards * self.swing[:, 0])
        return np.asarray(turn.max(axis=1) / (np.hypot(ahead, upwards) ** 3).min(axis=1))


def _beside(
    curves: _Curves, price: NDArray[np.float64], ink: Ink, unit: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Lay baselines above and below the curves that a name may follow; ``price`` is what the place of each costs."""
    width, height = ink.size
    apart = (APART_PT + SMOOTH_PT) * unit
    with np.errstate(
        divide="ignore", invalid="ignore"
    ):  # where one turned round a curve stands still, and fits nothing
        up, astray, tilt_deg, bent = curves.up, curves.astray, curves.tilt_deg, curves.bend * height / TIGHTEST
        above, below = np.maximum(0.0, astray.max(axis=1)), np.maximum(0.0, -astray.min(axis=1))
        lifts = (above + apart - ink.bottom, -(below + apart + ink.top))
        xy = np.concatenate([curves.xy + lift[:, None, None] * up for lift in lifts])
    wobble = (above + below) / (WOBBLE * height)
    cost = (tilt_deg / 90.0) ** 2 + BENT * bent**2 + wobble**2 + price
    lengths = np.hypot(*np.diff(xy, axis=2).swapaxes(0, 1)).sum(axis=1)
    fit = np.tile((tilt_deg <= STEEPEST_DEG) & (bent <= 1.0) & (wobble <= 1.0), 2) & (lengths >= width)
    costs = np.concatenate((cost, cost + BELOW))
    return xy.swapaxes(1, 2)[fit], np.tile(up.swapaxes(1, 2), (2, 1, 1))[fit], costs[fit]


def _bands(xy: NDArray[np.float64], up: NDArray[np.float64], ink: Ink, clear: float) -> NDArray[np.object_]:
    """Outline the strips that a name on each baseline takes, and what it keeps free around itself."""
    low, high = xy + (ink.bottom - clear) * up, xy + (ink.top + clear) * up
    return np.asarray(shapely.polygons(np.concatenate((low, high[:, ::-1]), axis=1)))
