"""A live preview whose client has gone: the one render process that previews have must not go on for nobody."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
import requests

from services.posters.previews import PATIENCE_S
from tests.support.server import HELSINKI, QuickServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


def client_asking_for(server: QuickServer, **changes: object) -> socket.socket:
    """Ask for a live preview over a connection of our own, and wait for nothing."""
    client = socket.create_connection(("127.0.0.1", server.port))
    query = urlencode(HELSINKI | changes)
    client.sendall(f"GET /api/v1/preview.png?{query} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return client


def test_a_preview_is_drawn_for_as_long_as_its_client_waits_and_no_longer(any_server: QuickServer) -> None:
    server, before = any_server, len(any_server.begun())
    with ThreadPoolExecutor() as pool, server.holding():
        leaving = client_asking_for(server, theme="noir")
        wait_until(lambda: len(server.begun()) == before + 1)
        leaving.close()
        # There is one process for previews: that this one is begun means that the other was given up.
        staying = pool.submit(requests.get, f"{server.api}/preview.png", HELSINKI | {"theme": "ocean"}, timeout=120)
        wait_until(lambda: len(server.begun()) == before + 2)
        time.sleep(2 * PATIENCE_S)  # had its client gone, it would be given up by now
    answer = staying.result()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    given_up, drawn = server.begun()[before:]
    assert server.drawn()[-1] == drawn
    assert given_up not in server.drawn()
