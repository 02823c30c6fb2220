"""A grid of one-degree cells over the globe, numbered so that a row of neighbours is one range of an index."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

_COLUMNS: Final = 360
METRES_PER_DEGREE: Final = 111_195.0
"""Metres along a great circle per degree, on a sphere of mean earth radius (6,371 km)."""
_ALMOST_NOTHING: Final = 1e-9
HALF_WAY_ROUND_M: Final = 180 * METRES_PER_DEGREE


class CellRange(NamedTuple):
    """Cells ``first`` to ``last``, both included."""

    first: int
    last: int


def cell_of(latitude: float, longitude: float) -> int:
    """Number the cell of a point (degrees, latitude within ±90, any longitude)."""
    return _row(latitude) * _COLUMNS + math.floor((longitude + 180) % 360) % _COLUMNS


def cells_around(latitude: float, longitude: float, radius_m: float) -> Iterator[CellRange]:
    """Cover the circle of ``radius_m`` around a point (degrees) with cells, over the poles and the date line."""
    radius_deg = radius_m / METRES_PER_DEGREE
    for row in range(_row(latitude - radius_deg), _row(latitude + radius_deg) + 1):
        half_width_deg = _half_width_deg(latitude, radius_deg, row)
        west = math.floor(longitude + 180 - half_width_deg)
        east = math.floor(longitude + 180 + half_width_deg)
        start = row * _COLUMNS
        if east - west >= _COLUMNS - 1:
            yield CellRange(start, start + _COLUMNS - 1)
            continue
        first, last = west % _COLUMNS, east % _COLUMNS
        if first <= last:
            yield CellRange(start + first, start + last)
        else:
            yield CellRange(start + first, start + _COLUMNS - 1)
            yield CellRange(start, start + last)


def great_circle_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Measure metres along the sphere between two points in degrees (haversine formula)."""
    phi_a, phi_b = math.radians(lat_a), math.radians(lat_b)
    half_lat, half_lon = (phi_b - phi_a) / 2, math.radians(lon_b - lon_a) / 2
    h = math.sin(half_lat) ** 2 + math.cos(phi_a) * math.cos(phi_b) * math.sin(half_lon) ** 2
    return 2 * math.degrees(math.asin(math.sqrt(min(1.0, h)))) * METRES_PER_DEGREE


def _row(latitude: float) -> int:
    return math.floor(min(89.0, max(-90.0, latitude))) + 90


def _half_width_deg(latitude: float, radius_deg: float, row: int) -> float:
    """Give the degrees of longitude that a circle reaches to either side within a row of cells, 180 for all round."""
    if radius_deg >= 90:
        return 180.0
    phi, radius = math.radians(latitude), math.radians(radius_deg)
    # The circle is widest at one latitude, towards the pole from its centre, and narrows steadily away from there.
    widest = math.asin(min(1.0, max(-1.0, math.sin(phi) / math.cos(radius))))
    at = min(max(widest, math.radians(row - 90)), math.radians(row - 89))
    across = math.cos(phi) * math.cos(at)
    if across < _ALMOST_NOTHING:
        return 180.0
    turn = (math.cos(radius) - math.sin(phi) * math.sin(at)) / across
    return math.degrees(math.acos(min(1.0, max(-1.0, turn)))) + _ALMOST_NOTHING
