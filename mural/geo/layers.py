"""What a map is made of once it has been read: named layers of lines and polygons as flat arrays.

The same containers hold longitudes and latitudes (an Area) and projected metres (a ProjectedMap); only the holder says
which. Ragged arrays, as shapely.to_ragged_array gives them, keep millions of points cheap to cache, clip and draw.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from mural.geo.bbox import BBox

Coordinates = NDArray[np.float64]
"""Points, shape (n, 2), as (x, y): degrees east and north, or metres east and north."""

Offsets = NDArray[np.int64]
"""Starts of the parts of a ragged array, with the end appended: part k is [offsets[k]:offsets[k + 1]]."""


class Layer(StrEnum):
    """A drawable group; the comment says which OpenStreetMap features it gathers."""

    # Lines
    COASTLINE = "coastline"  # natural=coastline, land on the left
    RIVER = "river"  # waterway=river
    CANAL = "canal"  # waterway=canal
    STREAM = "stream"  # waterway=stream, tidal_channel
    DITCH = "ditch"  # waterway=ditch, drain
    RAIL = "rail"  # railway=rail, light_rail, narrow_gauge ...
    SIDING = "siding"  # the same with service=yard, siding, spur, crossover
    SUBWAY = "subway"
    TRAM = "tram"
    ROAD_MOTORWAY = "road_motorway"
    ROAD_PRIMARY = "road_primary"  # trunk, primary
    ROAD_SECONDARY = "road_secondary"
    ROAD_TERTIARY = "road_tertiary"
    ROAD_RESIDENTIAL = "road_residential"  # residential, living_street, unclassified
    ROAD_PEDESTRIAN = "road_pedestrian"
    ROAD_DEFAULT = "road_default"  # service, paths and all other highways
    LINK_MOTORWAY = "link_motorway"  # ramps: motorway_link
    LINK_PRIMARY = "link_primary"  # trunk_link, primary_link
    LINK_SECONDARY = "link_secondary"
    LINK_TERTIARY = "link_tertiary"
    CARRIAGEWAY_MOTORWAY = "carriageway_motorway"  # in an Area all roads of one direction, on a page those that are
    CARRIAGEWAY_PRIMARY = "carriageway_primary"  # one side of a divided road
    CARRIAGEWAY_SECONDARY = "carriageway_secondary"
    CARRIAGEWAY_TERTIARY = "carriageway_tertiary"
    RUNWAY = "runway"
    TAXIWAY = "taxiway"
    FERRY = "ferry"  # route=ferry
    LIFT = "lift"  # aerialway=gondola, chair_lift, drag_lift ...
    PISTE_LINE = "piste_line"  # piste:type=downhill as lines
    PIER_LINE = "pier_line"  # man_made=pier, breakwater as lines
    # Polygons
    SEA = "sea"  # made from coastlines
    WATER = "water"
    POOL = "pool"  # leisure=swimming_pool
    WETLAND = "wetland"
    GLACIER = "glacier"
    PISTE = "piste"
    PLATFORM = "platform"
    SQUARE = "square"  # place=square, highway=pedestrian, footway as areas
    PARK = "park"
    WOOD = "wood"
    BEACH = "beach"
    BUILDING = "building"
    AIRPORT = "airport"  # aprons, and runways mapped as areas
    PIER = "pier"


ROADS = (
    Layer.ROAD_MOTORWAY,
    Layer.ROAD_PRIMARY,
    Layer.ROAD_SECONDARY,
    Layer.ROAD_TERTIARY,
    Layer.ROAD_RESIDENTIAL,
    Layer.ROAD_DEFAULT,
)
"""Road classes, the most important first."""

LINKS = {
    Layer.ROAD_MOTORWAY: Layer.LINK_MOTORWAY,
    Layer.ROAD_PRIMARY: Layer.LINK_PRIMARY,
    Layer.ROAD_SECONDARY: Layer.LINK_SECONDARY,
    Layer.ROAD_TERTIARY: Layer.LINK_TERTIARY,
}
"""The slip roads of a class, which are drawn in its colour but thinner."""

CARRIAGEWAYS = {
    Layer.ROAD_MOTORWAY: Layer.CARRIAGEWAY_MOTORWAY,
    Layer.ROAD_PRIMARY: Layer.CARRIAGEWAY_PRIMARY,
    Layer.ROAD_SECONDARY: Layer.CARRIAGEWAY_SECONDARY,
    Layer.ROAD_TERTIARY: Layer.CARRIAGEWAY_TERTIARY,
}
"""The sides of a class's divided roads, each drawn so that both together are about as heavy as an undivided one."""

STREETS = (*ROADS, Layer.ROAD_PEDESTRIAN, *CARRIAGEWAYS.values())
"""The layers that together hold every road but the slip roads."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Polylines: line k is ``xy[offsets[k]:offsets[k + 1]]``; ``level`` is -1 in a tunnel, 1 on a bridge, else 0."""

    xy: Coordinates
    offsets: Offsets
    level: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True)
class Polygons:
    """Polygons with holes: ring r is ``xy[rings[r]:rings[r + 1]]``, closed; polygon p has the rings
    ``polygons[p]:polygons[p + 1]``, its shell first.
    """

    xy: Coordinates
    rings: Offsets
    polygons: Offsets

    def __len__(self) -> int:
        return len(self.polygons) - 1


@dataclass(frozen=True, slots=True)
class Area:
    """The map of a bbox in degrees (EPSG:4326), as read from one source; an empty layer is absent."""

    bbox: BBox
    lines: dict[Layer, Lines] = field(default_factory=dict)
    polygons: dict[Layer, Polygons] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class ProjectedMap:
    """An Area as the page sees it: metres right and up from the centre of the page, sea included, clipped to it."""

    half_width_m: float
    half_height_m: float
    lines: dict[Layer, Lines] = field(default_factory=dict)
    polygons: dict[Layer, Polygons] = field(default_factory=dict)
    source: str = ""
