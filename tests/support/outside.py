"""Stand-ins for servers of the outside world: real HTTP on 127.0.0.1, that misbehaves when told to.

Faults are told through ``server.faults``, or from another process by POST /faults with names, as in
``curl -d "429 504" http://127.0.0.1:8090/faults``; each makes one request fail, in that order.
"""

from __future__ import annotations

import argparse
import gzip
import re
import socket
import struct
import threading
import time
import zlib
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


class Fault(StrEnum):
    """What a request meets instead of an answer."""

    TOO_MANY = "429"
    NOT_ACCEPTABLE = "406"
    FORBIDDEN = "403"
    INTERNAL = "500"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    ELSEWHERE = "302"
    HANG = "hang"
    DRIP = "drip"
    DRIPPING_HEAD = "dripping-head"  # a header without end, a byte at a time
    HEADERS = "headers"  # headers without end
    BOMB = "bomb"  # a packed answer without end: a thousand times as large as what is sent
    NESTED = "nested"  # packed twice
    UNPACKED = "unpacked"  # an answer without end as it is
    WRONG_LENGTH = "wrong-length"  # says that less follows than does
    HUGE_LENGTH = "huge-length"  # says that more follows than anybody has room for
    HANG_UP = "hang-up"
    GARBAGE = "garbage"
    EMPTY = "empty"
    TRUNCATED = "truncated"  # the connection breaks half-way
    CUT_SHORT = "cut-short"  # the server itself stops half-way
    MANGLED = "mangled"
    DUPLICATE = "duplicate"
    OUT_OF_MEMORY = "memory"
    OFF_THE_GLOBE = "off-the-globe"
    ERROR_OBJECT = "error-object"
    DEEP = "deep"
    HOSTILE = "hostile"
    ENDLESS_NUMBER = "endless-number"
    NONE = "none"


def _packed(head: bytes, piece: bytes) -> tuple[bytes, bytes]:
    """Pack an answer without end: its beginning, and a piece that may follow again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    return start, packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/osm3s+xml\r\n"
_START, _PIECE = _packed(b'<?xml version="1.0"?><osm version="0.6">', bytes(20_000_000))
ENDLESS = {
    Fault.DRIPPING_HEAD: (_OK + b"X-Slow: ", b"a", 0.02),
    Fault.HEADERS: (_OK, b"X-More: again\r\n" * 50, 0.0),
    Fault.BOMB: (_OK + b"Content-Encoding: gzip\r\n\r\n" + _START, _PIECE, 0.0),
    Fault.UNPACKED: (_OK + b"\r\n<osm>", b" " * 100_000, 0.0),
}
"""What is sent first, what follows until the other side has had enough, and how long to wait before each of it."""

ENOUGH_BYTES = 50_000_000
"""An answer without end ends here, so that who takes all of it only fails a test."""

STOCK_AGENT = re.compile(r"^$|python-requests|python-urllib|curl|wget|OSMnx Python package|^geopy", re.IGNORECASE)
"""User agents that name a library instead of whoever asks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived; ``query`` holds the parameters of its address or its form."""

    path: str
    query: dict[str, str]
    user_agent: str
    referer: str
    at_s: float = field(default_factory=time.monotonic)


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back."""

    body: str
    content_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class OutsideServer(ABC):
    """Serves until its ``with`` block ends.

    ``faults`` are used up one a request; ``asked`` and ``most_at_once`` tell afterwards what happened. ``delay_s`` is
    how long every answer takes; ``retry_after_s``, unless it is 0, goes with every refusal; ``chunked`` answers do not
    announce their length. ``elsewhere`` is where redirects point; ``sent_bytes`` counts those of endless answers.
    """

    def __init__(self, port: int = 0) -> None:
        self.faults: deque[Fault] = deque()
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self.delay_s = 0.0
        self.retry_after_s = 0
        self.chunked = False
        self.elsewhere = "https://elsewhere.example/api/interpreter"
        self.sent_bytes = 0
        self.closing = threading.Event()
        self._at_work = 0
        self._lock = threading.Lock()
        self._http = _HttpServer(("127.0.0.1", port), _Handler)
        self._http.outside = self
        self.root = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.closing.set()
        self._http.shutdown()
        self._thread.join()
        self._http.listen_no_more()
        self._http.server_close()

    @property
    def at_work(self) -> int:
        """How many requests are being answered."""
        return self._at_work

    @abstractmethod
    def reply(self, asked: Asked, fault: Fault) -> Reply:
        """Answer a request, or fail the way this kind of server does."""

    def is_question(self, path: str) -> bool:
        """Tell whether a request counts and may meet a fault; asking how the server is does not."""
        return path != "/api/status"

    def begin(self, asked: Asked) -> Fault:
        """Note a request and say what it shall meet."""
        with self._lock:
            self.asked.append(asked)
            self._at_work += 1
            self.most_at_once = max(self.most_at_once, self._at_work)
            if STOCK_AGENT.search(asked.user_agent):
                return Fault.NOT_ACCEPTABLE
            return self.faults.popleft() if self.faults else Fault.NONE

    def end(self) -> None:
        """Note that a request has been answered."""
        with self._lock:
            self._at_work -= 1


class _HttpServer(ThreadingHTTPServer):
    outside: OutsideServer
    daemon_threads = False  # closing waits for every answer, so that no thread outlives its test

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self._callers: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection."""
        caller, address = super().get_request()
        self._callers.append(caller)
        return caller, address

    def listen_no_more(self) -> None:
        """Leave those who were connected and never said what they want."""
        for caller in self._callers:
            with suppress(OSError):  # it has hung up itself
                caller.shutdown(socket.SHUT_RD)


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self._serve(address.path, address.query)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/faults":
            self.server.outside.faults.extend(Fault(name) for name in body.split())
            self._send(Reply("noted\n", "text/plain"))
        else:
            self._serve(self.path, body)

    def _serve(self, path: str, form: str) -> None:
        outside = self.server.outside
        query = {name: values[0] for name, values in parse_qs(form).items()}
        asked = Asked(path, query, self.headers.get("User-Agent", ""), self.headers.get("Referer", ""))
        if not outside.is_question(path):
            self._send(outside.reply(asked, Fault.NONE))
            return
        fault = outside.begin(asked)
        try:
            with suppress(ConnectionError):  # the other side may have had enough of waiting
                outside.closing.wait(outside.delay_s)
                self._answer(asked, fault)
        finally:
            outside.end()

    def _answer(self, asked: Asked, fault: Fault) -> None:
        self.close_connection = True
        outside = self.server.outside
        if fault is Fault.HANG:
            outside.closing.wait()
        elif fault is Fault.DRIP:
            self._drip()
        elif fault in ENDLESS:
            self._send_without_end(fault)
        elif fault is Fault.GARBAGE:
            self._send(Reply("<html><body>Welcome to this hotel's network. Please log in.</body></html>", "text/html"))
        elif fault is not Fault.HANG_UP:
            self._send(outside.reply(asked, fault), fault)

    def _send(self, reply: Reply, fault: Fault = Fault.NONE) -> None:
        outside = self.server.outside
        whole = reply.body.encode()
        body = whole[: len(whole) // 2] if fault is Fault.CUT_SHORT else whole
        headers = {"Connection": "close", "Content-Type": reply.content_type} | reply.headers
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = gzip.compress(body, 1)
        if reply.status >= 400 and outside.retry_after_s:
            headers["Retry-After"] = str(outside.retry_after_s)
        if fault is Fault.NESTED:
            headers["Content-Encoding"] = "gzip, gzip"
            body = gzip.compress(gzip.compress(whole))
        length = {Fault.WRONG_LENGTH: len(body) // 2, Fault.HUGE_LENGTH: "9" * 5000}.get(fault, len(body))
        headers |= {"Transfer-Encoding": "chunked"} if outside.chunked else {"Content-Length": str(length)}
        self.send_response(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        sent = body[: len(body) // 2] if fault is Fault.TRUNCATED else body
        if outside.chunked:
            end = b"" if fault is Fault.TRUNCATED else b"0\r\n\r\n"
            sent = b"%x\r\n%b\r\n%b" % (len(sent), sent, end)
        self.wfile.write(sent)

    def _send_without_end(self, fault: Fault) -> None:
        start, piece, pause_s = ENDLESS[fault]
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.settimeout(10)  # the other side may have stopped reading without hanging up
        outside = self.server.outside
        with suppress(TimeoutError):
            self.wfile.write(start)
            while not outside.closing.wait(pause_s) and outside.sent_bytes < ENOUGH_BYTES:
                self.wfile.write(piece)
                outside.sent_bytes += len(piece)

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        while not self.server.outside.closing.wait(0.05):
            self.wfile.write(b" ")
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class names it so)
        """Keep quiet; ``asked`` tells what happened."""


def serve(parser: argparse.ArgumentParser, make: Callable[[argparse.Namespace], OutsideServer]) -> None:
    """Run a server as a program until it is interrupted."""
    parser.add_argument("--port", type=int, default=0)
    with make(parser.parse_args()) as server, suppress(KeyboardInterrupt):
        print(f"{type(server).__name__} at {server.root}", flush=True)  # noqa: T201  (a program says where it is)
        server.closing.wait()
