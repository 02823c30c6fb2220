"""A server that listens for IPv6 and IPv4 at once: whoever comes by IPv4 is who they are."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from typing import Any

import pytest

from tests.support.flask_command import run_flask
from tests.support.library_client import Client, ask, connect, hang_up
from tests.support.real_parts import missing
from tests.support.server import MODES, QuickServer

pytestmark = pytest.mark.system

OF_ADDRESS = 3


@pytest.fixture(scope="module", params=MODES)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    if not has_both():
        missing("IPv6 beside IPv4")
    settings = {"HOST": "::", "ASYNC_MODE": request.param, "PIXEL_COOLDOWN": "0", "PIXEL_STACK": "50"}
    limit = f"{OF_ADDRESS} per hour"
    running = QuickServer(tmp_path_factory.mktemp("both") / "data", **settings, RATE_LIMIT_PIXELS=limit)
    yield running
    running.stop()


def has_both() -> bool:
    try:
        with closing(socket.create_server(("::1", 0), family=socket.AF_INET6)):
            return socket.has_dualstack_ipv6()
    except OSError:
        return False


def place(server: QuickServer, source: str, x: int) -> dict[str, Any]:
    """Place a pixel from one of this machine's addresses, as somebody new."""
    there = "::1" if ":" in source else "127.0.0.1"
    with closing(HTTPConnection(there, server.port, timeout=30, source_address=(source, 0))) as connection:
        pixel = json.dumps({"x": x, "y": 0, "color": 1})
        path = "/api/v1/canvas/pixels"
        connection.request("POST", path, pixel, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return {"status": answer.status, **json.loads(answer.read())}


def test_each_address_has_a_limit_of_its_own(server: QuickServer) -> None:
    for source in ("127.0.0.2", "127.0.0.3", "::1"):
        got = [place(server, source, x) for x in range(OF_ADDRESS + 1)]
        assert [answer["status"] for answer in got] == [201] * OF_ADDRESS + [429], source
        assert got[-1]["reason"] == "rate_limited"


def test_a_ban_holds_whom_it_names_and_nobody_else(server: QuickServer) -> None:
    run_flask(server.data_dir, "mural", "canvas", "ban", "--network", "127.0.0.4")
    run_flask(server.data_dir, "mural", "canvas", "ban", "--network", "::ffff:127.0.0.6")
    for banned in ("127.0.0.4", "127.0.0.6"):
        assert place(server, banned, 0)["reason"] == "banned"
    assert place(server, "127.0.0.5", 0)["status"] == 201
    client = Client()
    connect(client, server.base_url, transports=["websocket"])  # from 127.0.0.1
    try:
        pixel = {"request_id": "1", "x": 1, "y": 1, "color": 1}
        assert ask(client, "canvas:place", pixel)["ok"]
        run_flask(server.data_dir, "mural", "canvas", "ban", "--network", "127.0.0.1/32")
        assert ask(client, "canvas:place", pixel | {"request_id": "2"})["reason"] == "banned"
    finally:
        hang_up(client)
