"""Bounding boxes in degrees (WGS 84, EPSG:4326), in the order west, south, east, north."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

EARTH_RADIUS_M: Final = 6_371_009.0
"""Mean radius of the earth."""

METRES_PER_DEGREE: Final = 110_574.0
"""Metres along a meridian per degree of latitude on WGS 84 at the equator, where it is shortest: a box reckoned with it
always encloses what it should."""


class BBox(NamedTuple):
    """A box of longitudes and latitudes in degrees; ``left`` < ``right`` and ``bottom`` < ``top``."""

    left: float
    bottom: float
    right: float
    top: float

    @classmethod
    def around(cls, lat: float, lon: float, half_width_m: float, half_height_m: float) -> BBox:
        """Enclose the rectangle that reaches so many metres east-west and north-south of a point.

        The longitudes are widened for the edge nearest the pole, and the latitudes because parallels bend: the corners
        of a wide rectangle lie nearer to the equator than the middle of its edge does.
        """
        steepest = math.radians(min(89.0, abs(lat) + half_height_m / METRES_PER_DEGREE))
        bend_m = half_width_m**2 * math.tan(steepest) / (2 * EARTH_RADIUS_M)
        half_lat = (half_height_m + bend_m) / METRES_PER_DEGREE
        bottom, top = max(-90.0, lat - half_lat), min(90.0, lat + half_lat)
        narrowest = math.cos(math.radians(min(89.0, max(abs(bottom), abs(top)))))
        half_lon = min(180.0, half_width_m / (METRES_PER_DEGREE * narrowest))
        return cls(lon - half_lon, bottom, lon + half_lon, top)

    def contains(self, other: BBox) -> bool:
        """Tell whether ``other`` lies wholly inside."""
        return (
            self.left <= other.left
            and self.bottom <= other.bottom
            and self.right >= other.right
            and self.top >= other.top
        )

    def covers_point(self, lat: float, lon: float) -> bool:
        """Tell whether the point (degrees) lies inside or on the edge."""
        return self.left <= lon <= self.right and self.bottom <= lat <= self.top

    def intersects(self, other: BBox) -> bool:
        """Tell whether the boxes share any point."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.bottom <= other.top
            and other.bottom <= self.top
        )

    def intersection(self, other: BBox) -> BBox | None:
        """Give what both boxes share, or None where they share no more than an edge."""
        shared = BBox(
            max(self.left, other.left),
            max(self.bottom, other.bottom),
            min(self.right, other.right),
            min(self.top, other.top),
        )
        return shared if shared.left < shared.right and shared.bottom < shared.top else None

    def share_of(self, other: BBox) -> float:
        """Tell how much of ``other`` lies inside, from 0 to 1, by degrees squared."""
        shared = self.intersection(other)
        if shared is None:
            return 0.0
        return (
            (shared.right - shared.left)
            * (shared.top - shared.bottom)
            / ((other.right - other.left) * (other.top - other.bottom))
        )

    def scaled(self, factor: float) -> BBox:
        """Grow (or shrink) about the centre by a factor, within the latitudes that exist."""
        half_lon, half_lat = (self.right - self.left) / 2 * factor, (self.top - self.bottom) / 2 * factor
        lon, lat = (self.left + self.right) / 2, (self.bottom + self.top) / 2
        return BBox(lon - half_lon, max(-90.0, lat - half_lat), lon + half_lon, min(90.0, lat + half_lat))
