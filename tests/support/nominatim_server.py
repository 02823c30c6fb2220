"""A Nominatim server for tests: answers /search and /reverse in its JSON shape from a table of real places.

In a test: ``with NominatimServer() as server: ... server.root``. As a program:
``python -m tests.support.nominatim_server --port 8091``.
"""

from __future__ import annotations

import argparse
import json
import math
from typing import Any

from tests.support.outside import Asked, Fault, OutsideServer, Reply, serve


def _place(name: str, kind: str, lat: float, lon: float, importance: float, rest: str) -> dict[str, Any]:
    return {
        "place_id": abs(hash((name, kind))) % 10**9,
        "licence": "Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright",
        "osm_type": "relation",
        "lat": f"{lat:.7f}",
        "lon": f"{lon:.7f}",
        "class": "boundary",
        "type": "administrative",
        "addresstype": kind,
        "importance": importance,
        "name": name,
        "display_name": f"{name}, {rest}",
    }


PLACES = (
    _place("Honolulu", "county", 21.2161, -157.9606, 0.66, "Hawaii, United States"),
    _place("Honolulu", "city", 21.3045, -157.8557, 0.65, "Honolulu County, Hawaii, United States"),
    _place("Pisa", "county", 43.4700, 10.6800, 0.62, "Tuscany, Italy"),
    _place("Pisa", "town", 43.7159, 10.4019, 0.61, "Tuscany, Italy"),
    _place("Springfield", "city", 37.2090, -93.2923, 0.55, "Greene County, Missouri, United States"),
    _place("Springfield", "city", 42.1015, -72.5898, 0.54, "Hampden County, Massachusetts, United States"),
    _place("Springfield", "village", 40.1170, -101.4290, 0.30, "Nebraska, United States"),
    _place("Eiffel Tower", "man_made", 48.8583, 2.2945, 0.77, "Avenue Gustave Eiffel, Paris, France"),
    _place("Zzyzx", "hamlet", 35.1431, -116.1042, 0.35, "San Bernardino County, California, United States"),
)
"""Real places, in the order in which the public server gives them: the county before the city."""


HOSTILE = {"display_name": "Pisa\u202e\x00\x1b[31m\n<script>alert(1)</script>" + "x" * 5000}
"""What nobody should be shown as it is."""


class NominatimServer(OutsideServer):
    """Serves /search and /reverse at its root and below any path."""

    def reply(self, asked: Asked, fault: Fault) -> Reply:
        """Answer with places, with a status or with something of another shape."""
        if fault.isdecimal():
            moved = {"Location": self.elsewhere} if fault is Fault.ELSEWHERE else {}
            return Reply("<html>no</html>", "text/html", int(fault), moved)
        if fault is Fault.DEEP:
            return Reply("[" * 200_000, "application/json")
        answers: dict[Fault, object] = {
            Fault.MANGLED: [{"surprise": True}, 7],
            Fault.OFF_THE_GLOBE: [PLACES[0] | {"lat": "nan", "lon": "1e9"}],
            Fault.HOSTILE: [PLACES[0] | HOSTILE],
            Fault.ENDLESS_NUMBER: [PLACES[0] | {"importance": 10**400}],
            Fault.ERROR_OBJECT: {"error": {"code": 400, "message": "nothing to search for"}},
        }
        service = asked.path.rstrip("/").rsplit("/", 1)[-1]
        found = answers[fault] if fault in answers else _found(service, asked.query)
        return Reply(json.dumps(found), "application/json; charset=utf-8")


def _found(service: str, query: dict[str, str]) -> object:
    if service == "reverse":
        lat, lon = float(query["lat"]), float(query["lon"])
        return min(PLACES, key=lambda place: math.dist((lat, lon), (float(place["lat"]), float(place["lon"]))))
    name, *rest = (part.strip().casefold() for part in query.get("q", "").split(","))
    countries = {"usa": "united states", "us": "united states"}
    matching = [
        place
        for place in PLACES
        if place["name"].casefold() == name
        and all(countries.get(part, part) in place["display_name"].casefold() for part in rest)
    ]
    return matching[: int(query.get("limit", 10))]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Answer the way a Nominatim server does.")
    serve(arguments, lambda options: NominatimServer(options.port))
