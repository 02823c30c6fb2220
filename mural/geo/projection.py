"""See the earth from straight above a place: degrees (EPSG:4326) to metres right and up on the page.

The projection is the orthographic azimuthal one on the WGS 84 ellipsoid, centred on the place (EPSG method 9840; the
formulas are those of IOGP guidance note 7-2). It is true at the centre, has neither zones nor their borders, needs four
trigonometric functions a point, and works at the poles and across the 180° meridian. Away from the centre distances
along a ray shrink by cos(r / R): 3 parts in a million at 15 km, 31 at 50 km, a third of a pixel on a sheet of 3600.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mural.errors import MapDataError
from mural.geo.bbox import BBox
from mural.geo.layers import Coordinates

EQUATOR_RADIUS_M: Final = 6_378_137.0
"""Semi-major axis of WGS 84."""
ECCENTRICITY_2: Final = 0.006_694_379_990_141_33
"""Squared eccentricity of WGS 84."""
MAX_LATITUDE_DEG: Final = 85.0
"""Beyond it there are no streets, and a page would see all longitudes at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a page looks at the earth: its centre in degrees, and the clockwise turn of the map in degrees."""

    latitude: float
    longitude: float
    rotation_deg: float = 0.0

    def project(self, lonlat: Coordinates) -> Coordinates:
        """Turn points (longitude, latitude in degrees), shape (n, 2), into metres right and up from the centre.

        Agrees with PROJ's ``+proj=ortho +ellps=WGS84`` to a micrometre within the hemisphere.
        """
        lat_0 = math.radians(self.latitude)
        sin_0, cos_0 = math.sin(lat_0), math.cos(lat_0)
        nu_0 = EQUATOR_RADIUS_M / math.sqrt(1 - ECCENTRICITY_2 * sin_0 * sin_0)
        lat = np.radians(lonlat[:, 1])
        lon = np.radians(lonlat[:, 0] - self.longitude)
        sin_lat = np.sin(lat)
        nu = EQUATOR_RADIUS_M / np.sqrt(1 - ECCENTRICITY_2 * sin_lat * sin_lat)
        across = nu * np.cos(lat)
        up = (nu * sin_lat * (1 - ECCENTRICITY_2)) * cos_0 - (across * np.cos(lon)) * sin_0
        up += ECCENTRICITY_2 * nu_0 * sin_0 * cos_0
        return self._turned(across * np.sin(lon), up)

    def sees(self, lonlat: Coordinates) -> NDArray[np.bool_]:
        """Mark the points (degrees, shape (n, 2)) this side of the horizon; project() lays the others over them."""
        lat_0, lat = math.radians(self.latitude), np.radians(lonlat[:, 1])
        away = np.radians(lonlat[:, 0] - self.longitude)
        towards = np.sin(lat) * math.sin(lat_0) + np.cos(lat) * math.cos(lat_0) * np.cos(away)
        return np.asarray(towards > 0)

    def _turned(self, east: Coordinates, north: Coordinates) -> Coordinates:
        if not self.rotation_deg % 360:
            return np.column_stack((east, north))
        angle = math.radians(self.rotation_deg)
        cos, sin = math.cos(angle), math.sin(angle)
        return np.column_stack((east * cos + north * sin, north * cos - east * sin))


def page_bbox(view: View, half_width_m: float, half_height_m: float) -> BBox:
    """Enclose the page, turned as it is, in degrees; raises MapDataError at the poles.

    Across the 180° meridian the box has longitudes beyond it (see antimeridian.py).
    """
    angle = math.radians(view.rotation_deg)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    bbox = BBox.around(
        view.latitude,
        view.longitude,
        half_width_m * cos + half_height_m * sin,
        half_width_m * sin + half_height_m * cos,
    )
    if max(abs(bbox.bottom), abs(bbox.top)) > MAX_LATITUDE_DEG:
        raise MapDataError(
            f"Maps can be drawn between {MAX_LATITUDE_DEG:g}° south and {MAX_LATITUDE_DEG:g}° north only.",
            latitude=view.latitude,
        )
    return bbox
