"""The places whose maps are on this machine: a poster of them needs no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from config import Config
from mural.errors import MuralError
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import readable_boxes
from mural.geo.gazetteer import Settlement
from mural.poster import DISTANCE_M_MIN
from mural.sample import SAMPLE_DISTANCE_M, SAMPLE_PLACE

LISTED_MAX: Final = 24
WIDE_DEG: Final = 1.0
"""A map that reaches further than this is of a region, and named by more than one town."""
TOWNS_OF_A_REGION: Final = 6
METRES_PER_DEGREE: Final = 111_320.0

Nearest = Callable[[float, float], tuple[Settlement, float]]
LargestWithin = Callable[[BBox, int], Sequence[Settlement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePlace:
    """A place to offer: degrees north and east (EPSG:4326), and metres from the centre to the edge that fit its map."""

    city: str
    country: str
    latitude: float
    longitude: float
    distance_m: float


SAMPLE: Final = OfflinePlace(
    city=SAMPLE_PLACE.city,
    country=SAMPLE_PLACE.country,
    latitude=SAMPLE_PLACE.latitude,
    longitude=SAMPLE_PLACE.longitude,
    distance_m=SAMPLE_DISTANCE_M,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatCounts:
    """Where posters take their maps from."""

    shipped: bool = True
    """Whether the sample is there: themes are shown on it, wherever posters take their maps from."""
    sample: bool = True
    extracts: bool = True
    server: bool = False

    @classmethod
    def of(cls, config: Config, sample_there: bool) -> WhatCounts:
        """Read it from the settings."""
        mode = config.map_source
        return cls(
            shipped=sample_there,
            sample=sample_there and mode in {"auto", "sample"},
            extracts=mode in {"auto", "extract"},
            server=mode == "overpass" or (mode == "auto" and bool(config.overpass_url)),
        )


EVERYTHING: Final = WhatCounts()


class OfflinePlaces:
    """Names what can be drawn without a network: what the local map files cover, by the towns in them."""

    def __init__(
        self,
        index: Path,
        largest_within: LargestWithin,
        found: WhatCounts = EVERYTHING,
        look: Callable[[], object] = lambda: None,
        nearest: Nearest | None = None,
    ) -> None:
        self._index = index
        self._towns = lru_cache(maxsize=256)(largest_within)
        self._counts = found
        self._look = look
        self._nearest = lru_cache(maxsize=256)(nearest) if nearest else None

    def all(self) -> list[OfflinePlace]:
        """List the places that posters are drawn of without a network: the sample, then towns of the map files."""
        self._look()
        found = {(SAMPLE.city, SAMPLE.country): SAMPLE} if self._counts.sample else {}
        for bbox in readable_boxes(self._index) if self._counts.extracts else ():
            for place in self._named(bbox):
                found.setdefault((place.city, place.country), place)
        return list(found.values())[:LISTED_MAX]

    def for_colours(self) -> list[OfflinePlace]:
        """List the places to show a theme on: the sample wherever it is, then what posters are drawn of."""
        others = [place for place in self.all() if (place.city, place.country) != (SAMPLE.city, SAMPLE.country)]
        return [SAMPLE, *others] if self._counts.shipped else self.all()

    def start(self) -> OfflinePlace | None:
        """Choose what the workbench begins with; None where nothing is here to be drawn."""
        usual = SAMPLE if self._counts.server and not self._counts.extracts else None  # it is downloaded then
        return next(iter(self.all()), usual)

    def nothing_to_draw(self) -> bool:
        """Tell whether no poster can be made: maps come from files alone, and there are none."""
        counts = self._counts
        has_files = counts.sample or (counts.extracts and bool(readable_boxes(self._index)))
        return not counts.server and not has_files

    def _named(self, bbox: BBox) -> list[OfflinePlace]:
        is_wide = max(bbox.right - bbox.left, bbox.top - bbox.bottom) > WIDE_DEG
        try:
            towns = self._towns(bbox, TOWNS_OF_A_REGION if is_wide else 1)
            # Of a town at the edge most of the smallest page would be beyond the map.
            inside = [town for town in towns if room_m(bbox, town) >= DISTANCE_M_MIN / 2]
            return [_offer(town, fitting_distance_m(bbox, town)) for town in inside] or self._middle(bbox)
        except MuralError:  # without the index of places nothing has a name
            return []

    def _middle(self, bbox: BBox) -> list[OfflinePlace]:
        """Offer the middle of a map that shows no town's, under the name of the nearest one."""
        latitude, longitude = (bbox.bottom + bbox.top) / 2, (bbox.left + bbox.right) / 2
        if self._nearest is None:
            return []
        town, _distance = self._nearest(latitude, longitude)
        here = replace(town, latitude=latitude, longitude=longitude)
        return [_offer(here, fitting_distance_m(bbox, here))]


def _offer(town: Settlement, distance_m: float) -> OfflinePlace:
    return OfflinePlace(
        city=town.name,
        country=town.country,
        latitude=town.latitude,
        longitude=town.longitude,
        distance_m=distance_m,
    )


def fitting_distance_m(bbox: BBox, town: Settlement) -> float:
    """Find the largest round distance up to the proposed one whose upright page, 3 wide and 4 high, lies in the box."""
    return max(DISTANCE_M_MIN, min(room_m(bbox, town), float(town.distance_m)) // 100 * 100)


def room_m(bbox: BBox, town: Settlement) -> float:
    """Measure how far it is from a town to the sides of an upright page that just lies in the box."""
    up_m = min(town.latitude - bbox.bottom, bbox.top - town.latitude) * METRES_PER_DEGREE * 3 / 4
    metres_per_degree_east = METRES_PER_DEGREE * math.cos(math.radians(town.latitude))
    across_m = min(town.longitude - bbox.left, bbox.right - town.longitude) * metres_per_degree_east
    return min(up_m, across_m)
