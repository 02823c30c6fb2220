"""The places whose maps are on this machine: a poster of them needs no network."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from mural.errors import MuralError
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import readable_boxes
from mural.geo.gazetteer import Settlement
from services.making.designs import DISTANCE_M_MIN
from services.previews import SAMPLE_DISTANCE_M, SAMPLE_PLACE

LISTED_MAX: Final = 24
WIDE_DEG: Final = 1.0
"""A map that reaches further than this is of a region, and named by more than one town."""
TOWNS_OF_A_REGION: Final = 6
METRES_PER_DEGREE: Final = 111_320.0

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


class OfflinePlaces:
    """Names what the local map files cover by the towns in them."""

    def __init__(self, index: Path, largest_within: LargestWithin) -> None:
        self._index = index
        self._towns = lru_cache(maxsize=256)(largest_within)

    def all(self) -> list[OfflinePlace]:
        """List the sample, then the towns whose maps have been put here; a file counts once a map was asked for."""
        found = {(SAMPLE.city, SAMPLE.country): SAMPLE}
        for bbox in readable_boxes(self._index):
            for place in self._named(bbox):
                found.setdefault((place.city, place.country), place)
        return list(found.values())[:LISTED_MAX]

    def _named(self, bbox: BBox) -> Iterator[OfflinePlace]:
        is_wide = max(bbox.right - bbox.left, bbox.top - bbox.bottom) > WIDE_DEG
        try:
            towns = self._towns(bbox, TOWNS_OF_A_REGION if is_wide else 1)
        except MuralError:  # without the index of places nothing has a name
            return
        for town in towns:
            yield OfflinePlace(
                city=town.name,
                country=town.country,
                latitude=town.latitude,
                longitude=town.longitude,
                distance_m=fitting_distance_m(bbox, town),
            )


def fitting_distance_m(bbox: BBox, town: Settlement) -> float:
    """Find the largest round distance up to the proposed one whose upright page, 3 wide and 4 high, lies in the box."""
    up_m = min(town.latitude - bbox.bottom, bbox.top - town.latitude) * METRES_PER_DEGREE * 3 / 4
    metres_per_degree_east = METRES_PER_DEGREE * math.cos(math.radians(town.latitude))
    across_m = min(town.longitude - bbox.left, bbox.right - town.longitude) * metres_per_degree_east
    most_m = min(up_m, across_m, float(town.distance_m))
    return max(DISTANCE_M_MIN, most_m // 100 * 100)
