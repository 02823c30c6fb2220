"""A stand-in for Sentry: takes envelopes in and keeps the events of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli

UNPACKED: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    None: lambda body: body,
}


class Sentry(ThreadingHTTPServer):
    """Keeps the events of every envelope; ``elsewhere`` is where its answers point, if anywhere."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Intake)
        self.events: list[dict[str, Any]] = []
        self.asked = 0
        self.elsewhere = ""
        self.root = f"http://127.0.0.1:{self.server_port}"
        self.dsn = f"http://key@127.0.0.1:{self.server_port}/7"


class Intake(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        server.asked += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = UNPACKED[self.headers.get("Content-Encoding")](body)
        lines = [json.loads(line) for line in body.splitlines() if line]
        kinds = zip(lines[1::2], lines[2::2], strict=True)
        server.events += [item for kind, item in kinds if kind["type"] == "event"]
        self.send_response(307 if server.elsewhere else 200)
        if server.elsewhere:
            self.send_header("Location", f"{server.elsewhere}/api/7/envelope/")
        self.end_headers()

    def do_GET(self) -> None:
        server: Any = self.server
        server.asked += 1
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        pass


@contextmanager
def sentry_server() -> Iterator[Sentry]:
    """Serve until the block ends."""
    server = Sentry()
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
