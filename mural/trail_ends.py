"""Hide where tracks begin and end, such as at somebody's home, before anything is kept or drawn of them.

What is hidden is not a circle around the end: points on its edge, of a few tracks that begin at the same door, would
tell its centre. The earth is divided into squares as wide as the distance, the same for everybody; hidden is a circle
around the middle of the square in which a track ends, wide enough for that distance from anywhere in it. Whoever works
the circle out learns the square and nothing of where in it: every door in it leaves the same behind. A track loses all
that lies in the circle of any end, also where it comes by again, and goes on as another track behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mural.poster import Track

METRES_PER_DEGREE: Final = 111_320.0
DEGREE_DIGITS: Final = 6
SHORTEST_M: Final = 1.0
"""What is left of a track and shorter than this is nothing to look at."""
REACH: Final = 1.75
"""The radius of what is hidden, in squares: one from any point of a square, half a diagonal and something for luck."""

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Zone:
    """What is hidden around an end: the middle of its square in degrees north and east (EPSG:4326), and the radius."""

    latitude: float
    longitude: float
    radius_m: float

    def metres(self, points: Points) -> Points:
        """Tell how far north and east of the middle points lie; (latitude, longitude) in degrees in, both (n, 2)."""
        return _on_the_flat(points - (self.latitude, self.longitude), self.latitude)


def zone_of(end: tuple[float, float], hidden_m: float) -> Zone:
    """Tell what is hidden around an end, (latitude, longitude) in degrees, so that each way ``hidden_m`` of it is."""
    high_deg = hidden_m / METRES_PER_DEGREE
    latitude = (floor(end[0] / high_deg) + 0.5) * high_deg
    wide_deg = high_deg / cos(radians(latitude))
    longitude = (floor(end[1] / wide_deg) + 0.5) * wide_deg
    return Zone(latitude, longitude, REACH * hidden_m)


def without_ends(tracks: Sequence[Track], hidden_m: float, at_most: int) -> tuple[Track, ...]:
    """Cut out of tracks what lies near any of their ends; of what is left give the longest pieces, in their order.

    A piece that was cut off another is not named a second time.
    """
    if hidden_m <= 0:
        return tuple(tracks)
    ends = (track.points[at] for track in tracks for at in (0, -1))
    pieces = [Piece(np.array(track.points, dtype=np.float64), track.label) for track in tracks]
    for zone in dict.fromkeys(zone_of(end, hidden_m) for end in ends):
        # Counted after every zone: a line that crosses a circle's edge thousands of times makes as many pieces.
        pieces = _longest([left for piece in pieces for left in piece.outside(zone, at_most)], at_most)
    return tuple(Track(points=tuple((north, east) for north, east in p.points.tolist()), label=p.label) for p in pieces)


@dataclass(frozen=True, slots=True)
class Piece:
    """What is left of a track: (latitude, longitude) in degrees, shape (n, 2), and its name if it has that."""

    points: Points
    label: str

    @property
    def length_m(self) -> float:
        """How long it is."""
        return float(_lengths_m(np.diff(self.points, axis=0), self.points[0, 0]).sum())

    def outside(self, zone: Zone, at_most: int) -> list[Piece]:
        """Cut it at the edge of a zone; give the longest of what lies outside, of which the longest keeps the name."""
        start, way = zone.metres(self.points[:-1]), _on_the_flat(np.diff(self.points, axis=0), zone.latitude)
        # Where on each stretch, 0 at its start and 1 at its end, the zone begins and ends: |start + t * way| = radius.
        a = np.maximum((way**2).sum(axis=1), 1e-12)
        b = (start * way).sum(axis=1)
        c = (start**2).sum(axis=1) - zone.radius_m**2
        root = np.sqrt(np.maximum(b**2 - a * c, 0.0))
        enters, leaves = np.clip((-b - root) / a, 0, 1), np.clip((-b + root) / a, 0, 1)
        hit = np.flatnonzero((b**2 > a * c) & (leaves > enters))
        if not len(hit):
            return [self]
        # Along the piece, whole numbers at its points: it is outside from each end of a zone to the next beginning.
        begins = np.concatenate(([0.0], hit + leaves[hit]))
        ends = np.concatenate((hit + enters[hit], [float(len(way))]))
        walked = np.concatenate(([0.0], np.cumsum(np.sqrt((way**2).sum(axis=1)))))
        at_points = np.arange(len(walked))
        lengths_m = np.interp(ends, at_points, walked) - np.interp(begins, at_points, walked)
        long = np.argsort(-lengths_m, kind="stable")[:at_most]
        kept = [index for index in sorted(long.tolist()) if lengths_m[index] > SHORTEST_M]
        parts = [self._between(float(begins[index]), float(ends[index])) for index in kept]
        return [Piece(part, self.label if index == long[0] else "") for part, index in zip(parts, kept, strict=True)]

    def _between(self, begin: float, end: float) -> Points:
        first, last = floor(begin) + 1, ceil(end)
        return np.concatenate((self._at(begin), self.points[first:last], self._at(end)))

    def _at(self, where: float) -> Points:
        before = floor(where)
        if where == before:
            return self.points[before : before + 1]
        way = _short_way(self.points[before + 1] - self.points[before])
        return _short_way(self.points[before] + (where - before) * way).round(DEGREE_DIGITS)[None, :]


def _longest(pieces: list[Piece], at_most: int) -> list[Piece]:
    if len(pieces) <= at_most:
        return pieces
    long = sorted(range(len(pieces)), key=lambda at: -pieces[at].length_m)[:at_most]
    return [pieces[at] for at in sorted(long)]


def _short_way(degrees: Points) -> Points:
    """Go around the earth the short way: degrees north and east, shape (..., 2), with those east from -180 to 180."""
    return np.stack((degrees[..., 0], (degrees[..., 1] + 180) % 360 - 180), axis=-1)


def _on_the_flat(degrees: Points, latitude: float) -> Points:
    """Measure differences in degrees in metres, as they are near a latitude; both (n, 2), north and east."""
    return _short_way(degrees) * (METRES_PER_DEGREE, METRES_PER_DEGREE * cos(radians(latitude)))


def _lengths_m(steps: Points, latitude: float) -> Points:
    flat = _on_the_flat(steps, latitude)
    return np.hypot(flat[:, 0], flat[:, 1])
