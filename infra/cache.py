"""Short-lived answers, kept in memory or in Redis. A cache is never the truth: it may forget anything at any moment.

`open_cache` chooses: memory alone, or Redis with memory standing in while Redis is away. Keys are text, values bytes,
lifetimes seconds.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mural.errors import Unavailable

REDIS_TIMEOUT_S: Final = 0.2
"""Longest wait for Redis, to connect or to answer: it is asked while somebody waits for a page."""

BREAKER_OPEN_S: Final = 5.0
"""How long a Redis that failed is left alone before one request tries it again."""

_MOST_MISSED_KEYS: Final = 10_000
_PROBE: Final = "probe"
"""A key that nobody sets: forgetting it asks Redis whether it is there."""

_CONNECTIONS: Final = 16
_CLEAR_BATCH: Final = 1000

Answer = TypeVar("Answer")
Keys = set[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheStats:
    """What a cache has done since the start; ``fallback_active`` while memory stands in for Redis."""

    hits: int = 0
    misses: int = 0
    failures: int = 0
    fallback_active: bool = False

    @property
    def hit_rate(self) -> float:
        """Share of look-ups that were answered, 0 to 1."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else 0.0


class Cache(Protocol):
    """Keeps bytes by key for a while."""

    def get(self, key: str) -> bytes | None:
        """Give what was kept, or None when it is unknown or has expired."""

    def set(self, key: str, value: bytes, ttl_s: int) -> None:
        """Keep a value for so many seconds, in place of an older one."""

    def delete(self, *keys: str) -> None:
        """Forget keys, known or not."""

    def stats(self) -> CacheStats:
        """Count what was asked of it."""


class MemoryCache:
    """Keeps the values used last, within bounds on their number and their bytes."""

    def __init__(
        self,
        max_entries: int = 10_000,
        max_bytes: int = 64 * 1024 * 1024,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._bytes = 0
        self._hits = 0
        self._misses = 0

    def get(self, key: str) -> bytes | None:
        with self._lock:
            expires_at, value = self._entries.get(key, (0.0, b""))
            if key not in self._entries or expires_at <= self._clock():
                self._drop(key)
                self._misses += 1
                return None
            self._entries.move_to_end(key)
            self._hits += 1
            return value

    def set(self, key: str, value: bytes, ttl_s: int) -> None:
        with self._lock:
            self._drop(key)
            if ttl_s <= 0 or _size(key, value) > self._max_bytes:
                return
            self._entries[key] = (self._clock() + ttl_s, value)
            self._bytes += _size(key, value)
            while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def delete(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def stats(self) -> CacheStats:
        with self._lock:
            return CacheStats(hits=self._hits, misses=self._misses)

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry:
            self._bytes -= _size(key, entry[1])


class RedisCache:
    """Keeps values in Redis under a prefix. Every method raises Unavailable, soon, when Redis cannot be used."""

    def __init__(self, url: str, prefix: str = "mural:", timeout_s: float = REDIS_TIMEOUT_S) -> None:
        self._prefix = prefix
        self._lock = threading.Lock()
        self._hits = 0
        self._misses = 0
        self._failures = 0
        pool = redis.BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=timeout_s,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            # A connection from before a restart of Redis is replaced at once; a silent Redis is not asked twice.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._redis = redis.Redis(connection_pool=pool)

    def get(self, key: str) -> bytes | None:
        value = self._ask(lambda: self._redis.get(self._prefix + key))
        with self._lock:
            if value is None:
                self._misses += 1
                return None
            self._hits += 1
        return value if isinstance(value, bytes) else value.encode()

    def set(self, key: str, value: bytes, ttl_s: int) -> None:
        if ttl_s <= 0:
            self.delete(key)
        else:
            self._ask(lambda: self._redis.set(self._prefix + key, value, ex=ttl_s))

    def delete(self, *keys: str) -> None:
        if keys:
            self._ask(lambda: self._redis.unlink(*(self._prefix + key for key in keys)))

    def clear(self) -> None:
        """Forget everything under the prefix, and nothing else."""
        keys = self._ask(lambda: list(self._redis.scan_iter(match=f"{self._prefix}*", count=_CLEAR_BATCH)))
        for start in range(0, len(keys), _CLEAR_BATCH):
            self._ask(partial(self._redis.unlink, *keys[start : start + _CLEAR_BATCH]))

    def stats(self) -> CacheStats:
        with self._lock:
            return CacheStats(hits=self._hits, misses=self._misses, failures=self._failures)

    def close(self) -> None:
        """Let go of the connections."""
        self._redis.close()

    def _ask(self, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except redis.RedisError as error:
            with self._lock:
                self._failures += 1
            raise Unavailable("The cache does not answer.") from error


def _size(key: str, value: bytes) -> int:
    return len(key) + len(value)


class FallbackCache:
    """Redis, with memory standing in while Redis is away: nobody who asks a cache ever sees it fail.

    After a failure Redis is left alone for a few seconds; then one request tries it. Keys that changed meanwhile are
    forgotten there before it is believed again, so that an old value cannot come back.
    """

    def __init__(
        self,
        remote: RedisCache,
        memory: MemoryCache,
        open_s: float = BREAKER_OPEN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._remote = remote
        self._memory = memory
        self._open_s = open_s
        self._clock = clock
        self._lock = threading.Lock()
        self._open_until: float | None = None
        self._missed = Keys()
        self._hits = 0
        self._misses = 0
        self._failures = 0

    def get(self, key: str) -> bytes | None:
        value = self._try(lambda: self._remote.get(key), lambda: self._memory.get(key))
        with self._lock:
            if value is None:
                self._misses += 1
            else:
                self._hits += 1
        return value

    def set(self, key: str, value: bytes, ttl_s: int) -> None:
        self._try(lambda: self._remote.set(key, value, ttl_s), lambda: self._memory.set(key, value, ttl_s), key)

    def delete(self, *keys: str) -> None:
        self._try(lambda: self._remote.delete(*keys), lambda: self._memory.delete(*keys), *keys)

    def stats(self) -> CacheStats:
        with self._lock:
            return CacheStats(
                hits=self._hits,
                misses=self._misses,
                failures=self._failures,
                fallback_active=self._open_until is not None,
            )

    def _try(self, remote: Callable[[], Answer], memory: Callable[[], Answer], *written: str) -> Answer:
        if self._asks_remote(written):
            try:
                return remote()
            except Unavailable:
                self._fail(written)
        return memory()

    def _asks_remote(self, written: tuple[str, ...]) -> bool:
        """Tell whether Redis is to be asked; if not, note in the same step which keys it will not hear of."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._clock() < self._open_until:
                self._miss(written)
                return False
            # This caller tries; everybody else goes on with memory for as long again.
            self._open_until = self._clock() + self._open_s
        return self._catch_up(written)

    def _catch_up(self, written: tuple[str, ...]) -> bool:
        """Bring Redis up to date after an outage; tell whether it is back."""
        while True:
            with self._lock:
                missed, self._missed = self._missed, Keys()
            try:
                self._forget(missed)
            except Unavailable:
                self._fail((*missed, *written))
                return False
            with self._lock:
                if self._missed:  # written while this one was at it
                    continue
                self._memory.clear()  # it would be out of date by the next outage
                self._open_until = None
                return True

    def _forget(self, keys: Keys) -> None:
        if len(keys) > _MOST_MISSED_KEYS:
            self._remote.clear()
        else:
            self._remote.delete(_PROBE, *keys)

    def _fail(self, written: tuple[str, ...]) -> None:
        with self._lock:
            self._failures += 1
            self._open_until = self._clock() + self._open_s
            self._miss(written)

    def _miss(self, keys: tuple[str, ...]) -> None:
        if len(self._missed) <= _MOST_MISSED_KEYS:
            self._missed.update(keys)


def open_cache(redis_url: str) -> Cache:
    """Give the cache of this installation: Redis with memory behind it, or memory when no Redis is configured."""
    return FallbackCache(RedisCache(redis_url), MemoryCache()) if redis_url else MemoryCache()
