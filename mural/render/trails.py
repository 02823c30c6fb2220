"""Where on the page the points lie that a person gave in degrees, and the tracks made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path
from numpy.typing import NDArray

from mural.geo.projection import View
from mural.poster import PosterDesign, Track
from mural.render.labels import strung
from mural.render.page import Sheet

TRACK_END_PT: Final = 5.0
"""The radius of the ring where a track starts, and of the dot where it ends."""


@dataclass(frozen=True, slots=True)
class Trail:
    """A track on the page: its points (shape (n, 2)) and which of them are this side of the horizon (shape (n,))."""

    track: Track
    xy: NDArray[np.float64]
    seen: NDArray[np.bool_]

    @property
    def outline(self) -> Path:
        """The line up to the horizon, and anew where it comes back."""
        comes = self.seen & ~np.concatenate(([False], self.seen[:-1]))
        return Path(self.xy[self.seen], np.where(comes, Path.MOVETO, Path.LINETO)[self.seen])

    @property
    def runs(self) -> list[NDArray[np.float64]]:
        """The points from one crossing of the horizon to the next, each of shape (n, 2)."""
        breaks = np.flatnonzero(np.diff(self.seen)) + 1
        parts = zip(np.split(self.xy, breaks), np.split(self.seen, breaks), strict=True)
        return [xy for xy, seen in parts if seen[0]]

    def beads(self, unit: float) -> NDArray[np.float64]:
        """Give points close to each other along it, shape (n, 2)."""
        return np.concatenate([strung(run, unit) for run in self.runs])


def ring_box(point: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """Give the left, bottom, right and top of the ring or dot at an end of a track."""
    return np.concatenate((point, point)) + np.array((-1, -1, 1, 1)) * TRACK_END_PT * unit


def trails(design: PosterDesign, sheet: Sheet) -> Iterator[Trail]:
    """Place the tracks of which anything is this side of the horizon on the page."""
    for track in design.tracks:
        xy, seen = on_page(design, sheet, track.points)
        if seen.any():
            yield Trail(track, xy, seen)


def on_page(
    design: PosterDesign, sheet: Sheet, points: Sequence[tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Place (latitude, longitude) pairs in points on the page, and mark those that are this side of the horizon."""
    place = design.place
    view = View(latitude=place.latitude, longitude=place.longitude, rotation_deg=design.rotation_deg)
    lonlat = np.array(points, dtype=np.float64).reshape(-1, 2)[:, ::-1]
    return view.project(lonlat) * sheet.pt_per_m + (sheet.width_pt / 2, sheet.height_pt / 2), view.sees(lonlat)
