"""A grid of one-degree cells over the globe, numbered so that a row of neighbours is one range of an index."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

_COLUMNS: Final = 360
METRES_PER_DEGREE: Final = 111_195.0
"""Metres along a great circle per degree, on a sphere of mean earth radius (6,371 km)."""
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
    half_width_deg = _half_width_deg(latitude, radius_deg)
    west = math.floor(longitude + 180 - half_width_deg)
    east = math.floor(longitude + 180 + half_width_deg)
    for row in range(_row(latitude - radius_deg), _row(latitude + radius_deg) + 1):
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


def _half_width_deg(latitude: float, radius_deg: float) -> float:
    """Give the longitudes that a circle reaches to either side; all of them when a pole lies in it."""
    if abs(latitude) + radius_deg >= 90:
        return 180.0
    return math.degrees(math.asin(math.sin(math.radians(radius_deg)) / math.cos(math.radians(latitude))))
