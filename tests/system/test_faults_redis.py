"""A Redis that is killed, frozen and brought back while requests go on: nobody notices but the figures."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from infra.cache import REDIS_TIMEOUT_S
from tests.support.redis_server import RedisServer
from tests.support.server import QuickServer, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

HELSINKI = {"city": "Helsinki", "country": "Finland"}
SETTINGS = {
    "METRICS": "1",
    "RATE_LIMIT_GEOCODE": "100000 per minute",
    "RATE_LIMIT_PREVIEWS": "100000 per minute",
}
PAUSE_S = 0.02
"""How long a visitor rests between two questions."""


@pytest.fixture(scope="module")
def cached(redis_server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = QuickServer(tmp_path_factory.mktemp("cached") / "data", REDIS_URL=redis_server.url, **SETTINGS)
    yield server
    server.stop()


def figure(server: Server, name: str) -> float:
    """Read a figure of the cache."""
    figures = requests.get(f"{server.base_url}/metrics", timeout=30).text
    told = re.search(rf"^mural_cache_{name} (\S+)$", figures, re.MULTILINE)
    assert told is not None
    return float(told[1])


def wait_for_fallback(server: Server, *, active: bool) -> None:
    """Wait until the fallback is in use or out of use."""
    wait_until(lambda: bool(figure(server, "fallback_active")) is active, server.log)


def asked_while(server: Server, happening: Callable[[list[float]], None], visitors: int = 4) -> list[float]:
    """Let visitors ask on and on for what needs cache and limits; give the seconds of every answer."""
    seconds: list[float] = []
    faults: list[str] = []
    stop = threading.Event()

    def visit() -> None:
        with requests.Session() as session:
            while not stop.wait(PAUSE_S):
                began = time.monotonic()
                answer = session.get(f"{server.api}/geocode", params=HELSINKI, timeout=30)
                seconds.append(time.monotonic() - began)
                if answer.status_code != requests.codes.ok:
                    faults.append(answer.text)

    threads = [threading.Thread(target=visit) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    try:
        happening(seconds)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert faults == []
    return sorted(seconds)


def show(name: str, seconds: list[float]) -> None:
    p50, p99 = (1000 * seconds[round(share * (len(seconds) - 1))] for share in (0.5, 0.99))
    times = f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {1000 * seconds[-1]:.0f} ms"
    print(f"{name}: {len(seconds)} answers, {times}")  # noqa: T201 - to be read beside the result


@pytest.mark.parametrize("fault", ["killed", "frozen"])
def test_requests_go_on_without_redis_and_with_it_again(cached: Server, redis_server: RedisServer, fault: str) -> None:
    show("with Redis", asked_while(cached, lambda answers: wait_until(lambda: len(answers) > 50)))
    assert not figure(cached, "fallback_active")

    def lose(_answers: list[float]) -> None:
        redis_server.kill() if fault == "killed" else redis_server.freeze()
        wait_for_fallback(cached, active=True)
        time.sleep(2 * REDIS_TIMEOUT_S)  # whoever was asking it meanwhile has given up by now
        failures = figure(cached, "failures_total")
        wait_until(lambda: figure(cached, "failures_total") > failures)  # it was tried once more

    show(f"Redis {fault}", asked_while(cached, lose))
    assert figure(cached, "fallback_active")

    def bring_back(_answers: list[float]) -> None:
        redis_server.start() if fault == "killed" else redis_server.thaw()
        wait_for_fallback(cached, active=False)

    show("Redis back", asked_while(cached, bring_back))
    assert "Traceback" not in cached.log()


def test_a_server_starts_without_its_redis_and_finds_it_later(tmp_path: Path) -> None:
    late = RedisServer(tmp_path)
    server = QuickServer(tmp_path / "data", REDIS_URL=late.url, **SETTINGS)
    try:
        job = server.wait_for(server.submit()["job_id"], "completed", "failed")
        assert job["status"] == "completed", job
        asked_while(server, lambda _answers: wait_for_fallback(server, active=True))
        late.start()
        asked_while(server, lambda _answers: wait_for_fallback(server, active=False))
    finally:
        server.stop()
        late.kill()
    assert "Traceback" not in server.log()
