"""How often one visitor or address may do something, in Redis where there is one, else in memory."""

from __future__ import annotations

import logging
import math
import time
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from mural.errors import TooMany

log = logging.getLogger(__name__)

RETRY_REDIS_AFTER_S: Final = 5.0


class RateLimiter:
    """Counts hits against limits such as "5 per minute"; a Redis that fails is replaced by memory for a while."""

    def __init__(self, redis_url: str = "") -> None:
        self._memory = MovingWindowRateLimiter(Memory())
        self._redis = MovingWindowRateLimiter(_redis_storage(redis_url)) if redis_url else None
        self._redis_down_until = 0.0

    def check(self, limit: str, *key: str, count: int = 1) -> None:
        """Count a hit, or several at once; raise TooMany once the limit for this key is used up.

        Where some are left, several pass though they be more, and none are left then.
        """
        item = parse(limit)
        if not self._hit(item, key):
            wait_s = max(1, min(item.get_expiry(), math.ceil(self._reset_time(item, key) - time.time())))
            message = f"That is too often: {limit} are allowed. Try again in {wait_s} s."
            raise TooMany(message, retry_after_s=wait_s)
        for _ in range(count - 1):
            if not self._hit(item, key):
                break

    def _hit(self, item: RateLimitItem, key: tuple[str, ...]) -> bool:
        if self._redis is not None and time.monotonic() >= self._redis_down_until:
            try:
                return self._redis.hit(item, *key)
            except StorageError as error:
                self._redis_down_until = time.monotonic() + RETRY_REDIS_AFTER_S
                log.warning("rate limits fall back to memory: %s", error)
        return self._memory.hit(item, *key)

    def _reset_time(self, item: RateLimitItem, key: tuple[str, ...]) -> float:
        if self._redis is not None and time.monotonic() >= self._redis_down_until:
            try:
                return self._redis.get_window_stats(item, *key).reset_time
            except StorageError:
                log.warning("rate limits in Redis cannot be read")
        return self._memory.get_window_stats(item, *key).reset_time


class Memory(MemoryStorage):
    """Forgets in time whatever the clock does: hits that were counted before it was set back count as of now."""

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self.locks[key]:
            now_s = time.time()
            for entry in self.events.get(key, ()):  # the latest first
                if entry.atime <= now_s:
                    break
                entry.atime, entry.expiry = now_s, now_s + expiry
            return super().acquire_entry(key, limit, expiry, amount)


class SharedMemory(RedisStorage):
    """Does the same in Redis, in the same step as it counts."""

    SCRIPT_ACQUIRE_MOVING_WINDOW = (
        b"""
do
    local now, place = tonumber(ARGV[1]), 0
    local hit = redis.call('lindex', KEYS[1], place)
    while hit and tonumber(hit) > now do
        redis.call('lset', KEYS[1], place, ARGV[1])
        place = place + 1
        hit = redis.call('lindex', KEYS[1], place)
    end
end
"""
        + RedisStorage.SCRIPT_ACQUIRE_MOVING_WINDOW
    )


def _redis_storage(url: str) -> RedisStorage:
    return SharedMemory(
        url, wrap_exceptions=True, socket_timeout=0.2, socket_connect_timeout=0.2, key_prefix="mural:limits"
    )


@dataclass(slots=True)
class TokenBucket:
    """Lets `per_second` things pass on average and `burst` at once; one belongs to one socket."""

    per_second: float
    burst: float
    _tokens: float = field(init=False)
    _filled_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens = self.burst
        self._filled_at = time.monotonic()

    def take(self, tokens: float = 1.0) -> bool:
        """Use some tokens; tell whether there were so many."""
        now = time.monotonic()
        self._tokens = min(self.burst, self._tokens + (now - self._filled_at) * self.per_second)
        self._filled_at = now
        if self._tokens < tokens:
            return False
        self._tokens -= tokens
        return True


class Verdict(Enum):
    """What to do with a command."""

    PASS = auto()
    REFUSE = auto()
    DISCONNECT = auto()


class Floodgate:
    """Bounds the commands of each socket and of each address; who keeps on after many refusals loses the socket."""

    SOCKET_RATE: Final = (40.0, 120.0)
    ADDRESS_RATE: Final = (400.0, 1200.0)
    PATIENCE: Final = 200
    MAX_ADDRESSES: Final = 10_000

    def __init__(self) -> None:
        self._sockets: dict[str, TokenBucket] = {}
        self._addresses: OrderedDict[str, TokenBucket] = OrderedDict()
        self._refusals: Counter[str] = Counter()

    def admit(self, connection_id: str, address: str) -> Verdict:
        """Count one command of a socket."""
        own = self._sockets.setdefault(connection_id, TokenBucket(*self.SOCKET_RATE))
        if own.take() and self._address_bucket(address).take():
            return Verdict.PASS
        self._refusals[connection_id] += 1
        return Verdict.DISCONNECT if self._refusals[connection_id] > self.PATIENCE else Verdict.REFUSE

    def forget(self, connection_id: str) -> None:
        """Drop what is known of a socket that is gone."""
        self._sockets.pop(connection_id, None)
        self._refusals.pop(connection_id, None)

    def _address_bucket(self, address: str) -> TokenBucket:
        bucket = self._addresses.setdefault(address, TokenBucket(*self.ADDRESS_RATE))
        self._addresses.move_to_end(address)
        if len(self._addresses) > self.MAX_ADDRESSES:
            self._addresses.popitem(last=False)
        return bucket
