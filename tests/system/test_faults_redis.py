"""A Redis that is killed, frozen and brought back while requests go on: nobody notices but the figures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

from tests.support.redis_server import RedisServer
from tests.support.server import Server

pytestmark = pytest.mark.system

HELSINKI = {"city": "Helsinki", "country": "Finland"}
BREAKER_S = 5.0
"""How long Redis is left alone after a failure: services.cache and services.rate_limit agree on it."""


@pytest.fixture
def cached(redis_server: RedisServer, tmp_path: Path) -> Iterator[Server]:
    server = Server(
        tmp_path / "data",
        REDIS_URL=redis_server.url,
        METRICS="1",
        RATE_LIMIT_GEOCODE="100000 per minute",
        RATE_LIMIT_PREVIEWS="100000 per minute",
    )
    yield server
    server.stop()


def fallback_active(server: Server) -> bool:
    return "\nmural_cache_fallback_active 1.0\n" in requests.get(f"{server.base_url}/metrics", timeout=10).text


def wait_for_fallback(server: Server, *, active: bool) -> None:
    """Wait until the fallback is in use or out of use; the bound only ends a broken run."""
    deadline = time.monotonic() + 60
    while fallback_active(server) is not active:
        assert time.monotonic() < deadline, server.log()
        time.sleep(0.1)


def asked_while(server: Server, happening: Callable[[], None], visitors: int = 4) -> list[float]:
    """Let visitors ask, without a pause, for what needs cache and limits; give the seconds of every answer."""
    seconds: list[float] = []
    faults: list[str] = []
    stop = threading.Event()

    def visit() -> None:
        with requests.Session() as session:
            while not stop.is_set():
                began = time.monotonic()
                answer = session.get(f"{server.api}/geocode", params=HELSINKI, timeout=30)
                seconds.append(time.monotonic() - began)
                if answer.status_code != requests.codes.ok:
                    faults.append(answer.text)

    threads = [threading.Thread(target=visit) for _ in range(visitors)]
    for thread in threads:
        thread.start()
    happening()
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
    show("with Redis", asked_while(cached, lambda: time.sleep(1)))
    assert not fallback_active(cached)

    def lose() -> None:
        redis_server.kill() if fault == "killed" else redis_server.freeze()
        wait_for_fallback(cached, active=True)
        time.sleep(BREAKER_S + 2)  # so that the breaker tries it once more meanwhile

    show(f"Redis {fault}", asked_while(cached, lose))
    assert fallback_active(cached)

    def bring_back() -> None:
        redis_server.start() if fault == "killed" else redis_server.thaw()
        wait_for_fallback(cached, active=False)

    show("Redis back", asked_while(cached, bring_back))
    assert "Traceback" not in cached.log()


def test_a_server_starts_without_its_redis_and_finds_it_later(tmp_path: Path) -> None:
    late = RedisServer(tmp_path)
    server = Server(tmp_path / "data", REDIS_URL=late.url, METRICS="1")
    job = server.wait_for(server.submit()["job_id"], "completed", "failed")
    assert job["status"] == "completed", job
    server.stop()
    assert "Traceback" not in server.log()
