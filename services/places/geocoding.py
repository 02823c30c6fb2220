"""Places by name and names by place: the offline gazetteer first, then a Nominatim server where one is configured."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from infra.cache import Cache
from mural.errors import GeocodingError, InvalidInput, MuralError, NotFound, Unavailable
from mural.geo.bbox import BBox
from mural.geo.gazetteer import Gazetteer, Settlement, clear_winner, great_circle_m
from mural.geo.gazetteer.names import normalise, split_at_commas, tidy
from services.places.nominatim import FoundPlace, NominatimServer, NominatimSettings

FOUND_TTL_S: Final = 30 * 24 * 3600
NOT_FOUND_TTL_S: Final = 24 * 3600
LONGEST_NAME: Final = 100
LARGEST_BATCH: Final = 50
BATCH_PATIENCE_S: Final = 20.0
"""Seconds after which a batch asks the place server, at one place a second, no more."""

_MOST_OPTIONS: Final = 5
_APART_M: Final = 10_000.0
_CLEAR_IMPORTANCE_LEAD: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A place that a name may mean: degrees north and east (EPSG:4326)."""

    display_name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a place is, under the name it was asked for by; ``candidates`` when the name may mean several."""

    city: str
    country: str
    latitude: float
    longitude: float
    display_name: str
    cached: bool = False
    candidates: tuple[Option, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Describe the place as the REST answer does; ``candidates`` only where there are any."""
        body = asdict(self)
        if not self.candidates:
            del body["candidates"]
        return body


class GeocodingService:
    """Finds places. Everybody may type ahead offline; the place server is asked only for what the gazetteer lacks."""

    def __init__(self, gazetteer: Gazetteer, cache: Cache, nominatim: NominatimSettings) -> None:
        self._gazetteer = gazetteer
        self._cache = cache
        self._server = NominatimServer(nominatim) if nominatim.url else None

    def geocode(self, city: str, country: str) -> Located:
        """Find a city. Raises InvalidInput, NotFound, GeocodingError, TooMany or Unavailable."""
        return self._locate(city, country, may_ask_server=True)

    def suggest(self, q: str, limit: int = 8) -> list[Settlement]:
        """List places whose names begin so, offline. Raises Unavailable."""
        return self._gazetteer.suggest(q, limit)

    def reverse(self, latitude: float, longitude: float) -> Located:
        """Name the town that a point (degrees) belongs to, offline. Raises InvalidInput or Unavailable."""
        town, _ = self._gazetteer.nearest(latitude, longitude)
        return Located(
            city=town.name,
            country=town.country,
            latitude=town.latitude,
            longitude=town.longitude,
            display_name=town.display_name,
        )

    def largest_within(self, bbox: BBox, limit: int) -> list[Settlement]:
        """List the largest towns of a box (degrees), offline. Raises Unavailable."""
        return self._gazetteer.largest_within(bbox, limit)

    def batch(self, places: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """Find up to 50 (city, country) pairs; each item says whether it succeeded. Raises InvalidInput for more."""
        if len(places) > LARGEST_BATCH:
            raise InvalidInput(
                f"A batch may hold up to {LARGEST_BATCH} locations.", field="locations", value=len(places)
            )
        patience_ends_at = time.monotonic() + BATCH_PATIENCE_S
        results: list[dict[str, Any]] = []
        for city, country in places:
            try:
                found = self._locate(city, country, may_ask_server=time.monotonic() < patience_ends_at)
            except MuralError as error:
                results.append(_failure(city, country, error))
            else:
                results.append(found.to_json() | {"success": True})
        return results

    def _locate(self, city: str, country: str, *, may_ask_server: bool) -> Located:
        city, country = _checked(city, "city"), _checked(country, "country")
        key = _cache_key(city, country)
        options = _decode(self._cache.get(key))
        cached = options is not None
        if options is None:
            options = self._find(city, country, may_ask_server=may_ask_server)
            if options or self._server:  # a place that nobody was asked for may be found once a server is configured
                self._cache.set(key, _encode(options), FOUND_TTL_S if options else NOT_FOUND_TTL_S)
        if not options:
            raise self._not_found(city, country)
        best = options[0]
        return Located(
            city=city,
            country=country,
            latitude=best.latitude,
            longitude=best.longitude,
            display_name=best.display_name,
            cached=cached,
            candidates=tuple(options) if len(options) > 1 else (),
        )

    def _find(self, city: str, country: str, *, may_ask_server: bool) -> list[Option]:
        """Give the place that was meant, or those that may have been, the likeliest first; none when unknown."""
        try:
            options = self._known_offline(city, country)
        except Unavailable:
            if self._server is None:
                raise
            options = []
        if options or self._server is None:
            return options
        if not may_ask_server:
            raise GeocodingError("The place server is asked once a second only. Ask again for the places left over.")
        return _meant(self._server.search(", ".join(filter(None, (city, country)))))

    def _known_offline(self, city: str, country: str) -> list[Option]:
        candidates = self._gazetteer.resolve(city, country)
        winner = clear_winner(candidates)
        return [_option(winner)] if winner else [_option(one.settlement) for one in candidates[:_MOST_OPTIONS]]

    def _not_found(self, city: str, country: str) -> NotFound:
        try:
            similar = [place.display_name for place in self._gazetteer.suggest(city, _MOST_OPTIONS)]
        except Unavailable:
            similar = []
        return NotFound("Location", ", ".join(filter(None, (city, country))), suggestions=similar)


def _checked(name: str, field: str) -> str:
    shown = tidy(name)
    if len(shown) > LONGEST_NAME:
        raise InvalidInput(
            f"The {field} may have up to {LONGEST_NAME} characters.", field=field, value=name[:LONGEST_NAME]
        )
    if not normalise(shown) and (field == "city" or shown):
        raise InvalidInput(f"The {field} must be a name.", field=field, value=shown)
    return shown


def _cache_key(city: str, country: str) -> str:
    # Commas part "Portland, Oregon" from a place called Portland Oregon; everything else that normalise drops is noise.
    asked = json.dumps([split_at_commas(city), split_at_commas(country)])
    return "geocode:1:" + hashlib.sha256(asked.encode()).hexdigest()[:32]


def _encode(options: list[Option]) -> bytes:
    return json.dumps([asdict(option) for option in options]).encode()


def _decode(kept: bytes | None) -> list[Option] | None:
    if kept is None:
        return None
    try:
        return [Option(**option) for option in json.loads(kept)]
    except (TypeError, ValueError):  # whatever another program left under our key
        return None


def _option(place: Settlement | FoundPlace) -> Option:
    return Option(display_name=place.display_name, latitude=place.latitude, longitude=place.longitude)


def _meant(found: list[FoundPlace]) -> list[Option]:
    """Choose among a server's answers: the first, unless other settlements elsewhere are about as important."""
    if not found:
        return []
    first = found[0]
    rivals = [first]
    for place in found[1:]:
        near = first.importance - place.importance < _CLEAR_IMPORTANCE_LEAD
        if place.is_settlement and near and all(_distance_m(place, other) > _APART_M for other in rivals):
            rivals.append(place)
    return [_option(place) for place in rivals[:_MOST_OPTIONS]]


def _distance_m(a: FoundPlace, b: FoundPlace) -> float:
    return great_circle_m(a.latitude, a.longitude, b.latitude, b.longitude)


def _failure(city: str, country: str, error: MuralError) -> dict[str, Any]:
    return {
        "city": tidy(city),
        "country": tidy(country),
        "success": False,
        "error": error.title,
        "message": error.message,
    }
