from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.cache import Cache, FallbackCache, MemoryCache, RedisCache, open_cache
from mural.errors import Unavailable
from tests.support.redis_server import RedisServer


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def remote(server: RedisServer) -> Iterator[RedisCache]:
    remote = RedisCache(server.url)
    yield remote
    remote.close()


class CacheContract:
    """What every cache does; a subclass gives `cache` and `expire`."""

    def test_what_was_set_comes_back_byte_for_byte(self, cache: Cache) -> None:
        value = bytes(range(256))
        cache.set("ключ:1", value, 60)
        assert cache.get("ключ:1") == value

    def test_an_empty_value_is_a_value(self, cache: Cache) -> None:
        cache.set("empty", b"", 60)
        assert cache.get("empty") == b""

    def test_an_unknown_key_is_none(self, cache: Cache) -> None:
        assert cache.get("never set") is None

    def test_a_newer_value_replaces_the_older(self, cache: Cache) -> None:
        cache.set("k", b"old", 60)
        cache.set("k", b"new", 60)
        assert cache.get("k") == b"new"

    def test_deleting_forgets_known_and_unknown_keys_and_spares_others(self, cache: Cache) -> None:
        cache.set("a", b"1", 60)
        cache.set("b", b"2", 60)
        cache.set("c", b"3", 60)
        cache.delete("a", "b", "unknown")
        assert [cache.get(key) for key in "abc"] == [None, None, b"3"]

    def test_deleting_nothing_is_fine(self, cache: Cache) -> None:
        cache.delete()

    @pytest.mark.parametrize("ttl_s", [0, -5])
    def test_a_lifetime_of_nothing_keeps_nothing_not_even_the_older_value(self, cache: Cache, ttl_s: int) -> None:
        cache.set("k", b"old", 60)
        cache.set("k", b"v", ttl_s)
        assert cache.get("k") is None

    def test_hits_and_misses_are_counted(self, cache: Cache) -> None:
        assert cache.stats().hit_rate == 0.0
        cache.set("k", b"v", 60)
        for key in ("k", "k", "k", "other"):
            cache.get(key)
        stats = cache.stats()
        assert (stats.hits, stats.misses, stats.hit_rate) == (3, 1, 0.75)

    def test_many_threads_at_once_lose_nothing(self, cache: Cache) -> None:
        def work(name: str) -> None:
            for i in range(50):
                cache.set(f"{name}{i}", name.encode(), 60)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(cache.get(f"{name}{i}") == name.encode() for name in "abcd" for i in range(50))


class TestMemory(CacheContract):
    @pytest.fixture
    def cache(self) -> Cache:
        return MemoryCache()

    def test_values_expire(self) -> None:
        clock = Clock()
        cache = MemoryCache(clock=clock)
        cache.set("k", b"v", 10)
        clock.now_s += 9.9
        assert cache.get("k") == b"v"
        clock.now_s += 0.1
        assert cache.get("k") is None

    def test_the_least_recently_used_goes_first(self) -> None:
        cache = MemoryCache(max_entries=2)
        cache.set("a", b"", 60)
        cache.set("b", b"", 60)
        cache.get("a")
        cache.set("c", b"", 60)
        assert [cache.get(key) is not None for key in "abc"] == [True, False, True]

    def test_bytes_are_bounded_and_given_back(self) -> None:
        cache = MemoryCache(max_bytes=100)
        for _ in range(3):
            cache.set("a", b"x" * 60, 60)
        cache.set("b", b"x" * 30, 60)
        assert cache.get("a") is not None, "replacing gave the bytes of the older value back"
        cache.set("c", b"x" * 60, 60)
        assert [cache.get(key) is not None for key in "abc"] == [False, False, True]

    def test_a_value_larger_than_the_cache_drives_nothing_out(self) -> None:
        cache = MemoryCache(max_bytes=100)
        cache.set("a", b"x" * 60, 60)
        cache.set("huge", b"x" * 101, 60)
        assert cache.get("huge") is None
        assert cache.get("a") is not None


class TestRedis(CacheContract):
    @pytest.fixture
    def cache(self, remote: RedisCache) -> Cache:
        return remote

    def test_redis_is_told_the_lifetime(self, server: RedisServer, remote: RedisCache) -> None:
        remote.set("k", b"v", 60)
        with server.client() as client:
            assert 0 < client.ttl("mural:k") <= 60

    def test_clearing_spares_what_is_not_ours(self, server: RedisServer, remote: RedisCache) -> None:
        remote.set("k", b"v", 60)
        with server.client() as client:
            client.set("theirs", b"v")
            remote.clear()
            assert client.keys() == [b"theirs"]

    def test_a_restarted_redis_is_used_without_a_failure_in_between(
        self, server: RedisServer, remote: RedisCache
    ) -> None:
        remote.set("k", b"v", 60)
        server.kill()
        server.start()
        remote.set("k", b"again", 60)
        assert remote.get("k") == b"again"

    def test_a_dead_redis_is_unavailable(self, server: RedisServer, remote: RedisCache) -> None:
        server.kill()
        with pytest.raises(Unavailable):
            remote.get("k")
        assert remote.stats().failures == 1

    def test_a_frozen_redis_is_unavailable(self, server: RedisServer, remote: RedisCache) -> None:
        remote.set("k", b"v", 60)
        server.freeze()
        with pytest.raises(Unavailable):
            remote.get("k")
        server.thaw()
        assert remote.get("k") == b"v"


class TestFallback(CacheContract):
    @pytest.fixture
    def cache(self, remote: RedisCache) -> Cache:
        return FallbackCache(remote, MemoryCache())

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    def wary(self, remote: RedisCache, clock: Clock) -> FallbackCache:
        """A fallback cache whose breaker follows the test's clock."""
        return FallbackCache(remote, MemoryCache(), open_s=5, clock=clock)

    def test_memory_stands_in_while_redis_is_dead_and_redis_takes_over_again(
        self, server: RedisServer, wary: FallbackCache, clock: Clock
    ) -> None:
        wary.set("k", b"before", 60)
        server.kill()
        wary.set("k", b"during", 60)
        assert wary.get("k") == b"during"
        assert wary.stats().fallback_active
        server.start()
        assert wary.get("k") == b"during", "the breaker is still open"
        clock.now_s += 5
        assert wary.get("k") is None, "a fresh Redis knows nothing, and memory is no longer asked"
        wary.set("k", b"after", 60)
        with server.client() as client:
            assert client.get("mural:k") == b"after"
        assert not wary.stats().fallback_active

    def test_an_open_breaker_asks_a_frozen_redis_once_in_all(
        self, server: RedisServer, remote: RedisCache, wary: FallbackCache
    ) -> None:
        server.freeze()
        for i in range(100):
            wary.set(f"k{i}", b"v", 60)
        assert all(wary.get(f"k{i}") == b"v" for i in range(100))
        assert remote.stats().failures == 1
        assert wary.stats().failures == 1
        server.thaw()

    def test_only_one_caller_tries_when_the_time_has_come(
        self, server: RedisServer, remote: RedisCache, wary: FallbackCache, clock: Clock
    ) -> None:
        server.freeze()
        wary.get("k")
        clock.now_s += 5
        threads = [threading.Thread(target=wary.get, args=("k",)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert remote.stats().failures == 2
        server.thaw()

    @pytest.mark.parametrize("change", ["set", "delete"])
    def test_what_changed_while_redis_was_frozen_does_not_come_back_old(
        self, server: RedisServer, wary: FallbackCache, clock: Clock, change: str
    ) -> None:
        wary.set("k", b"old", 60)
        wary.set("untouched", b"kept", 60)
        server.freeze()
        wary.get("other")
        if change == "set":
            wary.set("k", b"new", 60)
        else:
            wary.delete("k")
        server.thaw()
        clock.now_s += 5
        assert wary.get("k") is None
        assert wary.get("untouched") == b"kept"

    def test_a_write_that_redis_did_not_confirm_is_forgotten_there(
        self, server: RedisServer, wary: FallbackCache, clock: Clock
    ) -> None:
        wary.set("k", b"old", 60)
        server.freeze()
        wary.set("k", b"unconfirmed", 60)
        assert wary.get("k") == b"unconfirmed"
        wary.delete("k")
        server.thaw()
        clock.now_s += 5
        assert wary.get("k") is None

    def test_more_changes_than_can_be_remembered_clear_redis(
        self, server: RedisServer, wary: FallbackCache, clock: Clock
    ) -> None:
        wary.set("last", b"old", 60)
        server.freeze()
        wary.get("other")
        wary.delete(*(f"k{i}" for i in range(10_001)))
        wary.delete("last")
        server.thaw()
        clock.now_s += 5
        assert wary.get("last") is None

    def test_memory_of_one_outage_is_not_shown_in_the_next(
        self, server: RedisServer, wary: FallbackCache, clock: Clock
    ) -> None:
        server.freeze()
        wary.set("k", b"first outage", 60)
        server.thaw()
        clock.now_s += 5
        wary.set("k", b"in redis", 60)
        server.freeze()
        assert wary.get("k") is None
        server.thaw()

    def test_a_redis_that_never_was_there_is_memory_alone(self, tmp_path: Path) -> None:
        cache = open_cache(f"unix://{tmp_path}/nobody.sock")
        cache.set("k", b"v", 60)
        assert cache.get("k") == b"v"
        assert cache.stats().fallback_active


def test_no_redis_configured_is_memory() -> None:
    assert isinstance(open_cache(""), MemoryCache)
