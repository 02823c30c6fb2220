"""An Overpass server that answers from map files.

In a test: ``with OverpassServer(OsmData(file)) as server: ... server.url``. As a program:
``python -m tests.support.overpass_server FILE [FILE ...] --port 8090``, its API at http://127.0.0.1:8090/api.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tests.support.osm_data import OsmData, as_json, as_xml
from tests.support.outside import Asked, Fault, OutsideServer, Reply, serve

_HTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html><head><title>OSM3S Response</title></head><body>\n'
    '<p><strong style="color:#FF0000">Error</strong>: {message} </p>\n</body></html>\n'
)
_OUT_OF_MEMORY = (
    "runtime error: Query run out of memory using about 2048 MB of RAM. "
    "It would need at least 3010 MB of RAM to continue."
)
_DISPATCHER = "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::{name}."
_NAMES = {Fault.TOO_MANY: "rate_limited", Fault.GATEWAY_TIMEOUT: "timeout", Fault.DUPLICATE: "duplicate_query"}


class OverpassServer(OutsideServer):
    """Serves /api/interpreter, queries in OSMnx's forms, and /api/status.

    ``slot_wait_s`` is what /status says about the next free slot; ``memory_limit_degrees`` makes queries run out of
    memory whose polygons are taller than that.
    """

    def __init__(self, data: OsmData, port: int = 0) -> None:
        super().__init__(port)
        self.url = f"{self.root}/api"
        self.slot_wait_s = 0
        self.memory_limit_degrees = 180.0
        self._data = data

    def reply(self, asked: Asked, fault: Fault) -> Reply:
        """Answer with data, with a status, with a page of HTML or with a remark."""
        if asked.path == "/api/status":
            return Reply(self._status(), "text/plain")
        if asked.path != "/api/interpreter":
            return Reply("no such page", "text/plain", 404)
        if fault.isdecimal() or fault is Fault.DUPLICATE:
            page = _HTML.format(message=_DISPATCHER.format(name=_NAMES.get(fault, "error")))
            moved = {"Location": self.elsewhere} if fault is Fault.ELSEWHERE else {}
            return Reply(page, "text/html", int(fault) if fault.isdecimal() else 200, moved)
        query = asked.query.get("data", "")
        json = "[out:json]" in query
        out_of_memory = fault is Fault.OUT_OF_MEMORY or _height(query) > self.memory_limit_degrees
        elements = [] if out_of_memory or fault is Fault.EMPTY else self._data.elements(self._data.ask(query))
        answer = (as_json if json else as_xml)(elements, _OUT_OF_MEMORY if out_of_memory else "")
        if fault is Fault.MANGLED:
            answer = answer.replace("<nd ", "<<nd ", 1)
        return Reply(answer, "application/json" if json else "application/osm3s+xml")

    def _status(self) -> str:
        free = f"Slot available after: 2026-01-01T00:00:00Z, in {self.slot_wait_s} seconds."
        lines = [
            "Connected as: 2130706433",
            "Current time: 2026-01-01T00:00:00Z",
            "Announced endpoint: none",
            "Rate limit: 2",
            free if self.slot_wait_s else "2 slots available now.",
            "Currently running queries (pid, space limit, time limit, start time):",
        ]
        return "\n".join([*lines, ""])


def _height(query: str) -> float:
    polygons = re.findall(r"poly:['\"]([^'\"]+)", query)
    latitudes = [float(number) for polygon in polygons for number in polygon.split()[0::2]]
    return max(latitudes, default=0.0) - min(latitudes, default=0.0)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="Serve map files the way an Overpass server does.")
    arguments.add_argument("files", nargs="+", type=Path, metavar="FILE")
    serve(arguments, lambda options: OverpassServer(OsmData(*options.files), options.port))
