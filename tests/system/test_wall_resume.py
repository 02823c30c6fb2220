"""Clients that drop and return at random, and a server that is killed: nobody misses, doubles or misorders a poster."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.support.cable import Cable, cable_to
from tests.support.server import MODES, QuickServer, Server
from tests.support.wall_client import WallClient

pytestmark = [
    pytest.mark.system,
    # The client library leaves a socket whose handshake was cut to the collector, which complains where it pleases.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CLIENTS = 12
POSTERS = 30
WAYS = (["websocket"], ["polling"], ["polling", "websocket"])
PATIENCE_S = 180.0


@pytest.fixture(params=MODES)
def wall_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[QuickServer]:
    """A Mural that draws in no time, on each kind of green thread in turn."""
    running = QuickServer(tmp_path / "data", ASYNC_MODE=request.param)
    yield running
    running.stop()


class Crowd:
    """A dozen clients, each at the end of a cable of its own."""

    def __init__(self, server: Server, stack: ExitStack, chance: random.Random) -> None:
        self._chance = chance
        self.cables: list[Cable] = []
        self.clients: list[WallClient] = []
        for number in range(CLIENTS):
            cable = stack.enter_context(cable_to(server.port))
            client = WallClient(cable.base_url, WAYS[number % len(WAYS)])
            client.start()
            stack.callback(client.stop)
            self.cables.append(cable)
            self.clients.append(client)

    def tug(self) -> None:
        """Pull some cables out, and plug some in that were out."""
        for cable in self._chance.sample(self.cables, 3):
            cable.pull()
        for cable in self._chance.sample(self.cables, 5):
            cable.plug()

    def mend(self) -> None:
        """Plug every cable in."""
        for cable in self.cables:
            cable.plug()

    def assert_all_agree(self, server: Server) -> None:
        """Wait until all have caught up, and compare what each of them has with the wall."""
        wall = requests.get(f"{server.api}/gallery?limit=100", timeout=10).json()
        expected = [poster["id"] for poster in wall["posters"]]
        deadline = time.monotonic() + PATIENCE_S
        while any(client.seq != wall["seq"] for client in self.clients) and time.monotonic() < deadline:
            time.sleep(0.05)
        for client in self.clients:
            assert (client.epoch, client.seq) == (wall["epoch"], wall["seq"]), client._transports
            assert client.posters == expected
            assert client.applied == list(range(wall["seq"] - len(client.applied) + 1, wall["seq"] + 1))


def hang_and_take_down(server: Server, crowd: Crowd, posters: int, first: int) -> None:
    """Change the wall while the cables are being tugged at."""
    owner = requests.Session()
    owner.get(f"{server.api}/posters", timeout=10)
    for number in range(first, first + posters):
        job = server.submit(owner, distance=1000 + number)
        crowd.tug()
        if number % 3 == 2:
            done = server.wait_for(job["job_id"], "completed")
            poster_id = done["result"]["poster_id"]
            assert owner.delete(f"{server.api}/posters/{poster_id}", timeout=10).ok
    server.wait_for(job["job_id"], "completed")


def test_nobody_misses_doubles_or_misorders_a_poster(wall_server: Server) -> None:
    with ExitStack() as stack:
        crowd = Crowd(wall_server, stack, random.Random(7))
        hang_and_take_down(wall_server, crowd, POSTERS, 0)
        crowd.mend()
        crowd.assert_all_agree(wall_server)
        assert sum(client.connections for client in crowd.clients) > 2 * CLIENTS, "cables were pulled"
        wall_server.kill()
        wall_server.start()
        hang_and_take_down(wall_server, crowd, 6, POSTERS)
        crowd.mend()
        crowd.assert_all_agree(wall_server)
