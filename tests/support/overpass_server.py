"""A stand-in for the outside world: an Overpass server that answers from map files, and misbehaves when told to.

In a test: ``with OverpassServer(OsmData(file)) as server: ... server.url``. As a program:
``python -m tests.support.overpass_server FILE [FILE ...] --port 8090``; POST /faults with names, as in
``curl -d "429 504" http://127.0.0.1:8090/faults``, makes the next requests fail in that order.
"""

from __future__ import annotations

import argparse
import re
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

from tests.support.osm_data import OsmData, as_json, as_xml


class Fault(StrEnum):
    """What the next request meets instead of an answer."""

    TOO_MANY = "429"
    NOT_ACCEPTABLE = "406"
    INTERNAL = "500"
    GATEWAY_TIMEOUT = "504"
    ELSEWHERE = "302"
    HANG = "hang"
    DRIP = "drip"
    HANG_UP = "hang-up"
    GARBAGE = "garbage"
    DUPLICATE = "duplicate"
    OUT_OF_MEMORY = "memory"
    TRUNCATED = "truncated"
    CUT_SHORT = "cut-short"
    MANGLED = "mangled"
    EMPTY = "empty"
    NONE = "none"


_STOCK_AGENT = re.compile(r"python-requests|python-urllib|curl|wget|OSMnx Python package", re.IGNORECASE)
_HTML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html><head><title>OSM3S Response</title></head><body>\n'
    '<p><strong style="color:#FF0000">Error</strong>: {message} </p>\n</body></html>\n'
)
_OUT_OF_MEMORY = (
    "runtime error: Query run out of memory using about 2048 MB of RAM. "
    "It would need at least 3010 MB of RAM to continue."
)
_RUNTIME_ERROR = "runtime error: open64: 0 Success /osm3s_osm_base Dispatcher_Client::request_read_and_idx::{name}."


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    query: str
    user_agent: str
    referer: str


@dataclass
class OverpassServer:
    """Serves /api/interpreter and /api/status on 127.0.0.1 until the ``with`` block ends.

    ``faults`` are used up one a request; ``asked`` and ``most_at_once`` tell afterwards what happened;
    ``slot_wait_s`` is what /status says about the next free slot; ``delay_s`` makes every answer take so long;
    ``memory_limit_degrees`` makes polygons taller than that run out of memory.
    """

    data: OsmData
    port: int = 0
    faults: deque[Fault] = field(default_factory=deque)
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    slot_wait_s: int = 0
    delay_s: float = 0.0
    memory_limit_degrees: float = 180.0

    def __post_init__(self) -> None:
        self._at_work = 0
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self._http = _HttpServer(("127.0.0.1", self.port), _Handler)
        self._http.overpass = self
        self.url = f"http://127.0.0.1:{self._http.server_port}/api"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def begin(self, asked: Asked) -> Fault:
        """Note a request and say what it shall meet."""
        with self._lock:
            self.asked.append(asked)
            self._at_work += 1
            self.most_at_once = max(self.most_at_once, self._at_work)
            return self.faults.popleft() if self.faults else Fault.NONE

    def end(self) -> None:
        """Note that a request has been answered."""
        with self._lock:
            self._at_work -= 1

    def answer(self, query: str, fault: Fault) -> str:
        """Answer a query with data, or with the remark that stands for what went wrong."""
        write = as_json if "[out:json]" in query else as_xml
        if fault is Fault.OUT_OF_MEMORY or _height(query) > self.memory_limit_degrees:
            return write([], _OUT_OF_MEMORY)
        return write([] if fault is Fault.EMPTY else self.data.elements(self.data.ask(query)))

    def status(self) -> str:
        """Describe the slots the way the real server does."""
        free = f"Slot available after: 2026-01-01T00:00:00Z, in {self.slot_wait_s} seconds."
        return "\n".join(
            [
                "Connected as: 2130706433",
                "Current time: 2026-01-01T00:00:00Z",
                "Announced endpoint: none",
                "Rate limit: 2",
                free if self.slot_wait_s else "2 slots available now.",
                "Currently running queries (pid, space limit, time limit, start time):",
                "",
            ]
        )


def _height(query: str) -> float:
    latitudes = [float(number) for poly in re.findall(r"poly:['\"]([^'\"]+)", query) for number in poly.split()[0::2]]
    return max(latitudes, default=0.0) - min(latitudes, default=0.0)


class _HttpServer(ThreadingHTTPServer):
    overpass: OverpassServer
    daemon_threads = False  # closing waits for every answer, so that no thread outlives its test


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/api/status":
            self._send(200, self.server.overpass.status(), "text/plain")
        else:
            self._send(404, "no such page", "text/plain")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        overpass = self.server.overpass
        if self.path == "/faults":
            overpass.faults.extend(Fault(name) for name in body.split())
            self._send(200, "noted\n", "text/plain")
            return
        query = parse_qs(body).get("data", [""])[0]
        agent, referer = self.headers.get("User-Agent", ""), self.headers.get("Referer", "")
        fault = overpass.begin(Asked(query, agent, referer))
        try:
            with suppress(ConnectionError):  # the other side may have had enough of waiting
                overpass.closing.wait(overpass.delay_s)
                self._answer(query, Fault.NOT_ACCEPTABLE if _STOCK_AGENT.search(agent) else fault)
        finally:
            overpass.end()

    def _answer(self, query: str, fault: Fault) -> None:
        if fault.isdecimal():
            name = {"429": "rate_limited", "504": "timeout"}.get(fault, "error")
            self._send(int(fault), _HTML.format(message=_RUNTIME_ERROR.format(name=name)))
        elif fault is Fault.DUPLICATE:
            self._send(200, _HTML.format(message=_RUNTIME_ERROR.format(name="duplicate_query")))
        elif fault is Fault.GARBAGE:
            self._send(200, "<html><body>Welcome to this hotel's network. Please log in.</body></html>")
        elif fault is Fault.HANG:
            self.server.overpass.closing.wait()
        elif fault is Fault.DRIP:
            self._drip()
        elif fault is not Fault.HANG_UP:
            self._send_data(self.server.overpass.answer(query, fault), query, fault)
        self.close_connection = True

    def _send_data(self, text: str, query: str, fault: Fault) -> None:
        content_type = "application/json" if "[out:json]" in query else "application/osm3s+xml"
        if fault is Fault.TRUNCATED:  # the connection breaks half-way
            self._send(200, text[: len(text) // 2], content_type, announced=len(text.encode()))
        elif fault is Fault.CUT_SHORT:  # the server itself stopped half-way
            self._send(200, text[: len(text) // 2], content_type)
        elif fault is Fault.MANGLED:
            self._send(200, text.replace("<nd ", "<<nd ", 1), content_type)
        else:
            self._send(200, text, content_type)

    def _send(self, status: int, text: str, content_type: str = "text/html", announced: int | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(announced if announced is not None else len(body)))
        if status == int(Fault.ELSEWHERE):
            self.send_header("Location", "https://elsewhere.example/api/interpreter")
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.send_header("Content-Type", "application/osm3s+xml")
        self.end_headers()
        while not self.server.overpass.closing.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        """Keep quiet; ``asked`` tells what happened."""


def main() -> None:
    """Serve map files as an Overpass server until interrupted."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--port", type=int, default=8090)
    options = parser.parse_args()
    with OverpassServer(OsmData(*options.files), port=options.port) as server, suppress(KeyboardInterrupt):
        print(f"Overpass stand-in at {server.url}", flush=True)  # noqa: T201  (a program that says where it is)
        server.closing.wait()


if __name__ == "__main__":
    main()
