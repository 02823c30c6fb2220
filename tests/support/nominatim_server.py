"""A place server for tests: answers /search and /reverse in Nominatim's JSON shape, and fails when told.

`python -m tests.support.nominatim_server PORT` serves it alone.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    """How the server misbehaves."""

    NONE = "none"
    RATE_LIMITED = "429"
    FORBIDDEN = "403"
    BROKEN = "500"
    NOT_JSON = "not json"
    OTHER_SHAPE = "other shape"
    OFF_THE_GLOBE = "off the globe"
    ERROR_OBJECT = "error object"
    SILENT = "silent"
    HANGS_UP = "hangs up"


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


@dataclass
class Asked:
    """One request as it came in."""

    path: str
    query: dict[str, str]
    user_agent: str
    at_s: float


@dataclass
class NominatimDouble:
    """The running server: its address, what it was asked, and the fault it shows."""

    url: str
    fault: Fault = Fault.NONE
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    answer_after_s: float = 0.0
    released: threading.Event = field(default_factory=threading.Event)


@contextmanager
def nominatim_server(port: int = 0) -> Iterator[NominatimDouble]:
    """Serve on a local port until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    double = NominatimDouble(url=f"http://127.0.0.1:{server.server_port}")
    server.double = double  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    _busy = 0
    _lock = threading.Lock()

    @property
    def _double(self) -> NominatimDouble:
        return self.server.double  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self._lock:
            _Handler._busy += 1
            self._double.most_at_once = max(self._double.most_at_once, _Handler._busy)
            self._double.asked.append(Asked(url.path, query, self.headers.get("User-Agent", ""), time.monotonic()))
        try:
            time.sleep(self._double.answer_after_s)
            self._answer(url.path, query)
        finally:
            with self._lock:
                _Handler._busy -= 1

    def _answer(self, path: str, query: dict[str, str]) -> None:
        match self._double.fault:
            case Fault.RATE_LIMITED | Fault.FORBIDDEN | Fault.BROKEN as fault:
                self._send(int(fault), b"<html>no</html>")
            case Fault.NOT_JSON:
                self._send(200, b"<html>maintenance</html>")
            case Fault.OTHER_SHAPE:
                self._send(200, b'[{"surprise": true}, 7]')
            case Fault.OFF_THE_GLOBE:
                self._send(200, json.dumps([PLACES[0] | {"lat": "nan", "lon": "1e9"}]).encode())
            case Fault.ERROR_OBJECT:
                self._send(200, b'{"error": {"code": 400, "message": "nothing to search for"}}')
            case Fault.SILENT:
                self._double.released.wait()
            case Fault.HANGS_UP:
                self.close_connection = True
            case Fault.NONE:
                self._send(200, json.dumps(_found(path.rstrip("/").rsplit("/", 1)[-1], query)).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name it overrides
        """Say nothing: the test has `asked`."""


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
    with nominatim_server(int(sys.argv[1])) as running:
        sys.stdout.write(f"{running.url}\n")
        sys.stdout.flush()
        threading.Event().wait()
