"""Servers for the tests of sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.canvas_client import CanvasClient
from tests.support.server import MODES, Server


@pytest.fixture(scope="module", params=MODES)
def publishing(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural that sends what a test wants, on each kind of green thread in turn."""
    program = ("-m", "tests.sockets.publishing_program")
    running = Server(tmp_path_factory.mktemp(request.param), program=program, ASYNC_MODE=request.param)
    yield running
    running.stop()


@pytest.fixture
def ann(board: Server) -> Iterator[CanvasClient]:
    """A client of the board that the test's module runs."""
    client = CanvasClient(board)
    client.connect()
    yield client
    client.cut()
