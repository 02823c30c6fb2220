"""Errors reach a Sentry: here a stand-in that keeps what it is sent."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli
import pytest

from services import logs
from services.errors_reporting import start_reporting

UNPACKED: dict[str | None, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "br": brotli.decompress,
    None: lambda body: body,
}


class Sentry(ThreadingHTTPServer):
    """Keeps the events of every envelope."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Intake)
        self.events: list[dict[str, Any]] = []
        self.dsn = f"http://key@127.0.0.1:{self.server_port}/7"


class Intake(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        body = UNPACKED[self.headers.get("Content-Encoding")](body)
        lines = [json.loads(line) for line in body.splitlines() if line]
        kinds = zip(lines[1::2], lines[2::2], strict=True)
        server.events += [item for kind, item in kinds if kind["type"] == "event"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        pass


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    server = Sentry()
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    import sentry_sdk  # noqa: PLC0415 - at the top it would load eventlet into every test

    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.filterwarnings(r"ignore:\s*Eventlet is deprecated")  # sentry_sdk looks whether it is in use
def test_an_error_is_reported_with_its_context_and_without_what_visitors_sent(sentry: Sentry) -> None:
    finish = start_reporting(sentry.dsn, "production")
    log = logging.getLogger("services.test")
    with logs.about(request_id="r1"):
        city = "sitnaltA"[::-1]  # the source around a fault goes along; a value must not
        try:
            int("one")
        except ValueError:
            log.exception("Something broke")
        log.warning("A refusal of %s is no error", city)
    finish()
    (event,) = sentry.events
    assert event["tags"]["request_id"] == "r1"
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["release"].startswith("mural@")
    assert event["environment"] == "production"
    assert "Atlantis" not in json.dumps(event)


def test_without_a_dsn_nothing_is_started(sentry: Sentry) -> None:
    finish = start_reporting("", "production")
    logging.getLogger("services.test").error("Something broke")
    finish()
    assert sentry.events == []
