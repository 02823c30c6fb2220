"""Everything at once for a while: the server says nothing bad, loses nothing, and is no larger afterwards.

Twenty-five seconds by default; MURAL_SOAK_MINUTES=240 makes it an evening.
"""

from __future__ import annotations

import io
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pytest
import requests
from PIL import Image

from tests.support.canvas_client import CanvasClient, server_digest
from tests.support.library_client import SimpleClient
from tests.support.raw_socket import raw_socket
from tests.support.redis_server import RedisServer
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

MINUTES = os.environ.get("MURAL_SOAK_MINUTES")
DURATION_S = 60 * float(MINUTES) if MINUTES else 25.0
WARM_UP_S = 5.0
LOOK_S = 0.5
GROWTH_MB = 24.0
"""What the later half may add to the web process at most: a page of a cache, never a leak that goes on."""

SPARE_FILES = 16 + 20
SPARE_THREADS = 4
"""What a pool may keep open for the next who comes; hundreds come and go in the shortest run.

Eventlet has twenty threads that wait for the disk, each with an epoll of its own once it has opened a file.
"""

SMALL = {"size": "a5", "dpi": 72}
BREAKER_S = 5.0
"""How long the server leaves a Redis alone that has failed."""


@dataclass(frozen=True)
class Vitals:
    """What a process holds at a moment."""

    resident_mb: float
    files: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Vitals:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
        kilobytes, threads = (int(re.findall(rf"{name}:\s+(\d+)", status)[0]) for name in ("VmRSS", "Threads"))
        return cls(kilobytes / 1024, sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir()), threads)


class Visitors:
    """Threads that each do one thing again and again until told to stop; what goes wrong in one is kept."""

    def __init__(self) -> None:
        self.troubles: list[BaseException] = []
        self.rounds: dict[str, int] = {}
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self, name: str, once: Callable[[int], None], pause_s: float) -> None:
        """Let somebody do something, pause, and do it again."""

        def go_on() -> None:
            try:
                for number in count():
                    once(number)
                    self.rounds[name] = number + 1
                    if self._stop.wait(pause_s):
                        return
            except BaseException as trouble:  # noqa: BLE001 - told by the test
                self.troubles.append(trouble)

        self._threads.append(threading.Thread(target=go_on))
        self._threads[-1].start()

    def end(self) -> None:
        """Let everybody finish, and raise what went wrong first."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if self.troubles:
            raise self.troubles[0]


@pytest.fixture
def mural(redis_server: RedisServer, tmp_path: Path) -> Iterator[Server]:
    often = "1000000 per second"
    limits = {"RATE_LIMIT_POSTERS": often, "RATE_LIMIT_GEOCODE": often, "RATE_LIMIT_PIXELS": often}
    server = Server(
        tmp_path / "data", REDIS_URL=redis_server.url, METRICS="1", LOG_FORMAT="json", PIXEL_COOLDOWN="0", **limits
    )
    yield server
    server.stop()


class People:
    """Those who make posters, look, come and go, and place pixels; what they have made, and how their boards look."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.made: list[str] = []
        self.painters = [CanvasClient(server, transport) for transport in ("websocket", "polling")]

    def begin(self, visitors: Visitors) -> None:
        """Let all of them do what they do."""
        visitors.begin("posters", self._make_a_poster, 0.2)
        visitors.begin("looks", self._look_around, 0.1)
        visitors.begin("connections", self._come_and_go, 0.05)
        for painter in self.painters:
            visitors.begin(f"pixels by {painter.transport}", partial(self._paint, painter), 0.02)

    def _make_a_poster(self, number: int) -> None:
        job = self._server.submit(**SMALL, rotation=number % 3600 / 10, distance=500 + number // 3600)
        done = self._server.wait_for(job["job_id"], "completed", "failed")
        assert done["status"] == "completed", done
        self.made.append(done["result"]["poster_id"])

    def _look_around(self, _number: int) -> None:
        for path in ("/gallery", "/geocode?city=Helsinki&country=Finland", "/themes"):
            assert requests.get(f"{self._server.api}{path}", timeout=60).status_code == requests.codes.ok

    def _come_and_go(self, number: int) -> None:
        if number % 3 == 0:  # one in three hangs up without a word
            with raw_socket(self._server.port) as client:
                client.join()
            return
        with SimpleClient() as client:
            way = ("websocket", "polling")[number % 2]
            client.connect(self._server.base_url, transports=[way], wait_timeout=60)
            assert client.call("gallery:join", {}, timeout=60)["ok"] is True

    def _paint(self, painter: CanvasClient, number: int) -> None:
        if number % 50 == 0:
            painter.cut()
            painter.connect()
        y, x = divmod(number, 256)
        answer = painter.place(x, y % 256, number % 32)
        assert answer["ok"] is True, answer


def come_and_go(redis_server: RedisServer, _number: int) -> None:
    """Take Redis away for a while."""
    redis_server.kill()
    time.sleep(BREAKER_S / 2)
    redis_server.start()


def test_nothing_grows_and_nothing_is_lost_however_long_it_runs(mural: Server, redis_server: RedisServer) -> None:
    visitors, people, resident_mb = Visitors(), People(mural), []
    mural.wait_for(mural.submit(**SMALL)["job_id"], "completed")
    at_rest = Vitals.of(mural.pid)
    people.begin(visitors)
    visitors.begin("losses of Redis", partial(come_and_go, redis_server), 2 * BREAKER_S)
    try:
        time.sleep(WARM_UP_S)
        until = time.monotonic() + DURATION_S - WARM_UP_S
        while time.monotonic() < until and not visitors.troubles:
            resident_mb.append(Vitals.of(mural.pid).resident_mb)
            time.sleep(LOOK_S)
    finally:
        visitors.end()
    assert_alike(people.painters, mural)
    assert_all_can_be_had(mural, people.made)
    growth_mb = growth_of_the_later_half(resident_mb)
    after = settled(mural, at_rest)
    print(f"\nsoak: {visitors.rounds}; {growth_mb:+.1f} MB in the later half; {at_rest} -> {after}")  # noqa: T201
    assert growth_mb < GROWTH_MB
    assert after.files <= at_rest.files + SPARE_FILES, f"{at_rest} -> {after}"
    assert after.threads <= at_rest.threads + SPARE_THREADS, f"{at_rest} -> {after}"
    wait_for_redis(mural)
    assert {json.loads(line)["level"] for line in mural.log().splitlines()} <= {"debug", "info", "warning"}


def growth_of_the_later_half(resident_mb: list[float]) -> float:
    """Fit a line through the later half, and tell by how much it rises."""
    later = resident_mb[len(resident_mb) // 2 :]
    slope, _start = np.polyfit(np.arange(len(later)), later, 1)
    return float(slope * len(later))


def assert_alike(painters: list[CanvasClient], server: Server) -> None:
    """Check that those who painted see the server's board, and leave."""
    seq, digest = server_digest(server)
    for painter in painters:
        painter.join()
        painter.wait_for(seq)
        assert painter.digest() == digest
        painter.cut()


def assert_all_can_be_had(server: Server, made: list[str]) -> None:
    """Check that every poster that was made can be fetched and decoded."""
    assert len(set(made)) == len(made) > 0
    with requests.Session() as session:
        for poster_id in made:
            answer = session.get(f"{server.api}/posters/{poster_id}/download", timeout=60)
            assert answer.status_code == requests.codes.ok
            with Image.open(io.BytesIO(answer.content)) as image:
                image.load()


def settled(server: Server, at_rest: Vitals) -> Vitals:
    """Look until what was in use is given back; the bound only keeps a leak from hanging."""
    for _ in range(300):
        now = Vitals.of(server.pid)
        if now.files <= at_rest.files + SPARE_FILES and now.threads <= at_rest.threads + SPARE_THREADS:
            break
        time.sleep(0.2)
    return now


def wait_for_redis(server: Server) -> None:
    """Wait until the server, which somebody must ask for that, has found its Redis again."""

    def has_found_it() -> bool:
        requests.get(f"{server.api}/geocode", params={"city": "Helsinki", "country": "Finland"}, timeout=30)
        return "\nmural_cache_fallback_active 0.0\n" in requests.get(f"{server.base_url}/metrics", timeout=30).text

    wait_until(has_found_it, server.log)
