"""What the gazetteer answers with, and the sizes it derives from a population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from mural.geo.gazetteer.names import normalise

CREDIT: Final = "Place names: GeoNames (geonames.org), CC BY 4.0."

CLEAR_LEAD: Final = 4.0
"""How many times the weight of the next candidate makes a place the one that was meant."""

_DISTANCE_STEPS_M: Final = (
    *(1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000),
    *(10_000, 12_000, 15_000, 18_000, 20_000, 25_000),
)
_VILLAGE_POPULATION: Final = 500
_VILLAGE_DISTANCE_M: Final = 1200.0
_GROWTH: Final = 0.28
"""Towns get denser as they grow: their radius follows the population with less than the exponent of a disc (1/2)."""

LONGEST_PROPOSED_DISTANCE_M: Final = _DISTANCE_STEPS_M[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """A town as GeoNames knows it: degrees north and east (EPSG:4326); ``region`` is "" where it has no name here."""

    geonameid: int
    name: str
    region: str
    country: str
    country_code: str
    latitude: float
    longitude: float
    population: int

    @property
    def distance_m(self) -> int:
        """Metres from the centre to the nearer page edge that show most of the town."""
        return proposed_distance_m(self.population)

    def to_json(self) -> dict[str, Any]:
        """Describe the town for a program that offers it: `distance` is the proposed one, in metres."""
        return {
            "name": self.name,
            "region": self.region,
            "country": self.country,
            "country_code": self.country_code,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "population": self.population,
            "distance": self.distance_m,
            "display_name": self.display_name,
        }

    @property
    def display_name(self) -> str:
        """Name the town with its region and country, each once."""
        parts = {normalise(part): part for part in (self.country, self.region, self.name) if part}
        return ", ".join(reversed(parts.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A settlement that a name may mean; ``weight`` is its population, raised where the name is its primary one."""

    settlement: Settlement
    weight: float


def clear_winner(candidates: Sequence[Candidate]) -> Settlement | None:
    """Pick the settlement that was meant, or None when somebody has to choose.

    The first of the candidates (heaviest first) wins when it is alone or at least ``CLEAR_LEAD`` times as heavy as the
    second: "Portland, USA" is the one in Oregon, "Springfield, USA" is a question.
    """
    if not candidates:
        return None
    if len(candidates) > 1 and candidates[0].weight < CLEAR_LEAD * candidates[1].weight:
        return None
    return candidates[0].settlement


def proposed_distance_m(population: int) -> int:
    """Propose a poster's distance in metres for a town of so many people, in clean steps from 1 to 25 km."""
    wanted_m = _VILLAGE_DISTANCE_M * (max(population, _VILLAGE_POPULATION) / _VILLAGE_POPULATION) ** _GROWTH
    return min(_DISTANCE_STEPS_M, key=lambda step_m: max(step_m / wanted_m, wanted_m / step_m))
