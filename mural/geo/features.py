"""Which OpenStreetMap tags make which layer: the one table that every source of map data goes through.

Keys and values are those of wiki.openstreetmap.org/wiki/Map_features. Nothing here knows a file format, so that a dict
classifies as well as an osmium tag list.
"""

from __future__ import annotations

import re
from typing import Final, Protocol

from mural.geo.layers import CARRIAGEWAYS, Layer


class Tags(Protocol):
    """What a tag list must be able to do; osmium's and a dict both can."""

    def get(self, key: str, /) -> str | None:
        """Give the value of a key, or None."""


NOT_HIGHWAYS: Final = frozenset(
    {
        "abandoned",
        "bus_stop",
        "construction",
        "corridor",
        "crossing",
        "disused",
        "elevator",
        "emergency_access_point",
        "emergency_bay",
        "ladder",
        "no",
        "planned",
        "platform",
        "proposed",
        "raceway",
        "razed",
        "removed",
        "rest_area",
        "services",
        "street_lamp",
        "toll_gantry",
        "traffic_signals",
    }
)
"""Values of highway=* along which no street runs, or not yet, or no longer."""

HIGHWAYS: Final[dict[str, Layer]] = {
    "motorway": Layer.ROAD_MOTORWAY,
    "motorway_link": Layer.LINK_MOTORWAY,
    "trunk": Layer.ROAD_PRIMARY,
    "trunk_link": Layer.LINK_PRIMARY,
    "primary": Layer.ROAD_PRIMARY,
    "primary_link": Layer.LINK_PRIMARY,
    "secondary": Layer.ROAD_SECONDARY,
    "secondary_link": Layer.LINK_SECONDARY,
    "tertiary": Layer.ROAD_TERTIARY,
    "tertiary_link": Layer.LINK_TERTIARY,
    "residential": Layer.ROAD_RESIDENTIAL,
    "living_street": Layer.ROAD_RESIDENTIAL,
    "unclassified": Layer.ROAD_RESIDENTIAL,
    "pedestrian": Layer.ROAD_PEDESTRIAN,
}
"""Road classes by name; every other highway that is not in NOT_HIGHWAYS is ROAD_DEFAULT."""

PARTS_OF_A_STREET: Final = frozenset({"access_aisle", "crossing", "sidewalk", "traffic_island"})
"""Values of footway=* that map a part of a street that is there as a line already."""

UNDERGROUND: Final = frozenset({"corridor", "elevator", "footway", "pedestrian", "platform", "steps"})
"""Values of highway=* that below ground are a passage or a station, not a road in a tunnel."""

ONE_WAY: Final = frozenset({"yes", "1", "true", "-1", "reverse"})
"""Values of oneway=* by which traffic runs in one direction only."""

ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})
"""Values of junction=* that mean one direction without saying so."""

OTHER_LINES: Final[dict[str, dict[str, Layer]]] = {
    "railway": {
        "rail": Layer.RAIL,
        "light_rail": Layer.RAIL,
        "narrow_gauge": Layer.RAIL,
        "preserved": Layer.RAIL,
        "funicular": Layer.RAIL,
        "monorail": Layer.RAIL,
        "subway": Layer.SUBWAY,
        "tram": Layer.TRAM,
    },
    "natural": {"coastline": Layer.COASTLINE},
    "waterway": {
        "river": Layer.RIVER,
        "canal": Layer.CANAL,
        "stream": Layer.STREAM,
        "ditch": Layer.DITCH,
        "drain": Layer.DITCH,
        "tidal_channel": Layer.STREAM,
    },
    "aeroway": {"runway": Layer.RUNWAY, "taxiway": Layer.TAXIWAY},
    "man_made": {"pier": Layer.PIER_LINE, "breakwater": Layer.PIER_LINE, "groyne": Layer.PIER_LINE},
    "route": {"ferry": Layer.FERRY},
    "aerialway": dict.fromkeys(
        ("cable_car", "gondola", "mixed_lift", "chair_lift", "drag_lift", "t-bar", "j-bar", "platter", "rope_tow"),
        Layer.LIFT,
    ),
    "piste:type": {"downhill": Layer.PISTE_LINE},
}
"""Lines that are not roads; railways out of use carry other values (abandoned, disused...) and so stay out."""

SHARES_A_ROAD: Final = ("railway", "natural")
"""Keys worth looking up on a road: trams run in streets, and a promenade can be the coastline itself."""

AREAS: Final[dict[str, dict[str, Layer]]] = {
    "natural": {
        "water": Layer.WATER,
        "wood": Layer.WOOD,
        "beach": Layer.BEACH,
        "sand": Layer.BEACH,
        "shingle": Layer.BEACH,
        "grassland": Layer.PARK,
        "heath": Layer.PARK,
        "scrub": Layer.PARK,
        "wetland": Layer.WETLAND,
        "glacier": Layer.GLACIER,
    },
    "waterway": {"riverbank": Layer.WATER, "dock": Layer.WATER, "canal": Layer.WATER, "river": Layer.WATER},
    "landuse": {
        "reservoir": Layer.WATER,
        "basin": Layer.WATER,
        "forest": Layer.WOOD,
        "allotments": Layer.PARK,
        "cemetery": Layer.PARK,
        "flowerbed": Layer.PARK,
        "grass": Layer.PARK,
        "greenfield": Layer.PARK,
        "meadow": Layer.PARK,
        "orchard": Layer.PARK,
        "recreation_ground": Layer.PARK,
        "village_green": Layer.PARK,
        "vineyard": Layer.PARK,
    },
    "leisure": {
        "common": Layer.PARK,
        "dog_park": Layer.PARK,
        "garden": Layer.PARK,
        "golf_course": Layer.PARK,
        "park": Layer.PARK,
        "pitch": Layer.PARK,
        "playground": Layer.PARK,
        "recreation_ground": Layer.PARK,
        "swimming_pool": Layer.POOL,
    },
    "amenity": {"grave_yard": Layer.PARK},
    "aeroway": {"apron": Layer.AIRPORT, "helipad": Layer.AIRPORT, "runway": Layer.AIRPORT, "taxiway": Layer.AIRPORT},
    "man_made": {"pier": Layer.PIER, "breakwater": Layer.PIER, "groyne": Layer.PIER},
    "highway": {"pedestrian": Layer.SQUARE, "footway": Layer.SQUARE, "platform": Layer.PLATFORM},
    "railway": {"platform": Layer.PLATFORM},
    "public_transport": {"platform": Layer.PLATFORM},
    "place": {"square": Layer.SQUARE},
    "piste:type": {"downhill": Layer.PISTE},
}
"""Areas other than buildings. natural=bay and =strait are left out: they name a part of the sea, overlap its shores and
islands, and the sea itself comes from the coastline."""

EITHER: Final = frozenset(
    {
        ("waterway", "canal"),
        ("waterway", "river"),
        ("aeroway", "taxiway"),
        ("highway", "pedestrian"),
        ("highway", "footway"),
    }
)
"""Tags that mean a line even where it closes on itself, unless area=yes says otherwise."""

CLOSED_IS_AREA: Final = frozenset((Layer.RUNWAY, Layer.TAXIWAY, Layer.PIER_LINE, Layer.PISTE_LINE))
"""Line layers whose closed ways are outlines and belong to AREAS alone, save those in EITHER."""

PAVED: Final = frozenset((Layer.SQUARE, Layer.PLATFORM))
"""Areas that people walk on, and that may lie below ground."""

AREA_KEYS: Final = ("building", *AREAS)
LINE_KEYS: Final = ("highway", *OTHER_LINES)

_NO: Final = frozenset((None, "no"))
_INSIDE: Final = frozenset(("indoor", "underground"))
_FLOOR: Final = re.compile(r"(?<!\d)-?\d+")
"""A floor in a list or range of them, such as -2;-1 or 0-3."""


def line_layers(tags: Tags, *, closed: bool = False) -> list[Layer]:
    """Name the line layers that a way belongs to; most often none or one."""
    road = _road(tags)
    layers = [road] if road else []
    for key in SHARES_A_ROAD if road else OTHER_LINES:
        value = tags.get(key)
        layer = OTHER_LINES[key].get(value) if value else None
        if layer is Layer.RAIL and tags.get("service") not in _NO:
            layer = Layer.SIDING
        if layer is None or (closed and _is_outline(tags, key, layer)):
            continue
        layers.append(layer)
    return layers


def _road(tags: Tags) -> Layer | None:
    value = tags.get("highway")
    if value is None or value in NOT_HIGHWAYS or tags.get("area") == "yes":
        return None
    if indoors(tags) or (_is_of_a_passage(value, tags) and below_ground(tags)):
        return None
    road = HIGHWAYS.get(value, Layer.ROAD_DEFAULT)
    if road is Layer.ROAD_DEFAULT:
        return None if tags.get("footway") in PARTS_OF_A_STREET else road
    return CARRIAGEWAYS[road] if road in CARRIAGEWAYS and _is_one_way(road, tags) else road


def _is_of_a_passage(highway: str, tags: Tags) -> bool:
    return highway in UNDERGROUND or tags.get("service") == "parking_aisle"


def indoors(tags: Tags) -> bool:
    """Tell whether something lies inside a building or a station."""
    return tags.get("indoor") not in _NO or tags.get("location") in _INSIDE


def below_ground(tags: Tags) -> bool:
    """Tell whether something lies under the streets: on floors below them, or in a tunnel on a layer below them."""
    floors = [int(floor) for floor in _FLOOR.findall(tags.get("level") or "")]
    if floors and max(floors) < 0:
        return True
    return level(tags) < 0 and (min(floors, default=0) < 0 or (tags.get("layer") or "").startswith("-"))


def _is_one_way(road: Layer, tags: Tags) -> bool:
    said = tags.get("oneway")
    if said is None:
        return road is Layer.ROAD_MOTORWAY or tags.get("junction") in ROUNDABOUTS
    return said in ONE_WAY


def _is_outline(tags: Tags, key: str, layer: Layer) -> bool:
    if tags.get("area") == "yes":
        return layer is not Layer.COASTLINE
    return layer in CLOSED_IS_AREA and (key, tags.get(key)) not in EITHER


def area_layer(tags: Tags, *, from_way: bool = False) -> Layer | None:
    """Name the polygon layer that an area belongs to, or None; ``from_way``: it is a closed way, not a relation."""
    if tags.get("building") not in _NO:
        return None if tags.get("location") == "underground" else Layer.BUILDING
    for key, values in AREAS.items():
        value = tags.get(key)
        layer = values.get(value) if value else None
        if layer is None:
            continue
        if from_way and (key, value) in EITHER and tags.get("area") != "yes":
            continue
        return None if layer in PAVED and _is_hidden(tags) else layer
    return None


def _is_hidden(tags: Tags) -> bool:
    return indoors(tags) or below_ground(tags) or level(tags) < 0 or (tags.get("layer") or "").startswith("-")


def level(tags: Tags) -> int:
    """Tell whether a way runs in a tunnel (-1), on a bridge (1) or on the ground (0)."""
    if tags.get("bridge") not in _NO:
        return 1
    tunnel = tags.get("tunnel")
    # A passage under a building is a street like any other; only the building is above it.
    return -1 if tunnel not in _NO and tunnel != "building_passage" else 0
