from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.limits import Floodgate, RateLimiter, Verdict
from mural.errors import TooMany
from tests.support.redis_server import RedisServer


def test_hits_beyond_the_limit_are_refused_with_the_time_to_wait() -> None:
    limiter = RateLimiter()
    for _ in range(5):
        limiter.check("5 per minute", "posters", "192.0.2.1")
    with pytest.raises(TooMany) as caught:
        limiter.check("5 per minute", "posters", "192.0.2.1")
    assert 1 <= caught.value.retry_after_s <= 61


def test_keys_are_counted_apart() -> None:
    limiter = RateLimiter()
    limiter.check("1 per minute", "posters", "192.0.2.1")
    limiter.check("1 per minute", "posters", "192.0.2.2")
    limiter.check("1 per minute", "previews", "192.0.2.1")


def test_a_redis_that_is_not_there_fails_open_to_memory(caplog: pytest.LogCaptureFixture) -> None:
    limiter = RateLimiter("redis://127.0.0.1:1/0")
    limiter.check("1 per minute", "posters", "192.0.2.1")
    with pytest.raises(TooMany):
        limiter.check("1 per minute", "posters", "192.0.2.1")
    assert "fall back to memory" in caplog.text


def test_a_flood_is_refused_and_then_cut_off_while_others_pass() -> None:
    gate = Floodgate()
    verdicts = [gate.admit("flooder", "192.0.2.1") for _ in range(600)]
    assert verdicts[0] is Verdict.PASS
    assert Verdict.REFUSE in verdicts
    assert verdicts[-1] is Verdict.DISCONNECT
    assert gate.admit("somebody else", "192.0.2.2") is Verdict.PASS


def test_many_sockets_of_one_address_share_its_bound() -> None:
    gate = Floodgate()
    verdicts = [gate.admit(f"socket {number}", "192.0.2.1") for number in range(2000)]
    assert verdicts.count(Verdict.PASS) < 1500


def test_what_is_forgotten_starts_anew() -> None:
    gate = Floodgate()
    for _ in range(600):
        gate.admit("socket", "192.0.2.1")
    gate.forget("socket")
    assert gate.admit("socket", "192.0.2.9") is Verdict.PASS


HOUR_S = 3600.0


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], RateLimiter]]:
    """Make limiters, each as after a restart: those in Redis remember."""
    if request.param == "memory":
        only = RateLimiter()
        yield lambda: only
        return
    server = RedisServer(tmp_path)
    server.start()
    yield lambda: RateLimiter(server.url)
    server.kill()


def use_up(limiter: RateLimiter) -> None:
    for _ in range(5):
        limiter.check("5 per minute", "posters", "192.0.2.1")


def wait_s(limiter: RateLimiter) -> int:
    with pytest.raises(TooMany) as caught:
        limiter.check("5 per minute", "posters", "192.0.2.1")
    return caught.value.retry_after_s


@pytest.mark.parametrize("back_s", [5, 90, HOUR_S, 400 * 24 * HOUR_S])
def test_a_clock_that_is_set_back_keeps_nobody_for_longer_than_the_limit_says(
    limiter: Callable[[], RateLimiter], monkeypatch: pytest.MonkeyPatch, back_s: float
) -> None:
    now_s = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now_s[0])
    use_up(limiter())
    now_s[0] -= back_s
    assert wait_s(limiter()) == 60
    now_s[0] += 30
    assert wait_s(limiter()) <= 31, "asking again does not begin the wait anew"
    now_s[0] += 31
    use_up(limiter())
    assert wait_s(limiter()) <= 60


@pytest.mark.parametrize("leap_s", [HOUR_S, 400 * 24 * HOUR_S])
def test_a_clock_that_leaps_ahead_and_back_keeps_nobody(
    limiter: Callable[[], RateLimiter], monkeypatch: pytest.MonkeyPatch, leap_s: float
) -> None:
    now_s = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now_s[0])
    use_up(limiter())
    now_s[0] += leap_s
    use_up(limiter())
    now_s[0] -= leap_s
    assert wait_s(limiter()) == 60
    now_s[0] += 61
    use_up(limiter())
