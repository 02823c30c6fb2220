"""Who may place where and when: cooldowns, bans, protected rectangles, read-only mode."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final

from limits import parse

from infra.clock import iso
from mural.canvas.board import Rect
from mural.canvas.brakes import Brake, Brakes
from mural.canvas.cooldown import Charges, Cooldown
from mural.errors import MuralError, NotAllowed, TooMany

IPV6_PREFIX_BITS: Final = 64
"""One household gets at least so many addresses; they count as one."""

RANGE_BITS: Final = {4: 24, 6: 48}
"""What one network usually has: so much of an address tells the range, and nobody in it."""

Toll = Sequence[tuple[Cooldown, str]]
"""Where a placement was counted, so that it can be given back."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who places: the anonymous identity, and the address it comes from."""

    user_id: str
    address: str

    @property
    def actor_key(self) -> str:
        """What the visitor's cooldown is kept under."""
        return f"visitor:{self.user_id}"

    @property
    def address_key(self) -> str:
        """What the cooldown of the visitor's address range is kept under; the address cannot be read from it."""
        return _address_key(self.address)

    @property
    def network(self) -> str | None:
        """The range that the address belongs to; None for one that is not public, such as at home or behind a proxy."""
        return _network(self.address)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a visitor may do now, in the server's time; ``braked`` visitors wait longer than the cooldown says."""

    charges: int
    available_at_ms: int
    braked: bool = False

    def to_json(self) -> dict[str, Any]:
        """Give the part of answers that says when the next pixel is possible."""
        return {"charges": self.charges, "available_at": moment(self.available_at_ms), "braked": self.braked}


@dataclass(slots=True)
class CanvasRules:
    """Decides about placements; ``is_new`` tells newcomers from the others, ``braked`` counts whom brakes refused."""

    cooldown: Cooldown
    addresses: Cooldown
    brakes: Brakes
    is_new: Callable[[str, int], bool] = lambda _user_id, _now_ms: False
    read_only: bool = False
    braked: int = 0
    banned_visitors: set[str] = field(default_factory=set)
    banned_networks: set[IPv4Network | IPv6Network] = field(default_factory=set)
    protected: list[Rect] = field(default_factory=list)

    @classmethod
    def of(cls, cooldown_s: float, stack: int, address_limit: str) -> CanvasRules:
        """Make the rules from the settings; the limit is one such as “120 per minute”."""
        limit = parse(address_limit)
        interval_ms = limit.get_expiry() * 1000 / limit.amount
        cooldown = Cooldown(cooldown_s * 1000, stack)
        return cls(cooldown, Cooldown(interval_ms, limit.amount), Brakes(cooldown.interval_ms))

    def allowance(self, visitor: Visitor, now_ms: int) -> Allowance:
        """Tell what a visitor has left."""
        if not self.brakes:  # this is asked for every placement
            own, shared = self._charges(visitor, now_ms)
            return Allowance(min(own.count, shared.count), max(own.available_at_ms, shared.available_at_ms))
        brakes = self._brakes_on(visitor, now_ms)
        left = [*self._charges(visitor, now_ms), *self._braked_charges(visitor, brakes, now_ms)]
        return Allowance(
            min(charges.count for charges in left), max(charges.available_at_ms for charges in left), bool(brakes)
        )

    def admit(self, visitor: Visitor, x: int, y: int, now_ms: int) -> None:
        """Raise what stands against a placement."""
        self.admit_at_all(visitor)
        if any(rect.holds(x, y) for rect in self.protected):
            raise NotAllowed("This part of the board is protected.", reason="protected")
        own, shared = self._charges(visitor, now_ms)
        if not own.count:
            raise _too_soon("cooldown", "Your next pixel is not ready yet.", own, now_ms)
        if not shared.count:
            raise _too_soon("rate_limited", "Too many pixels come from your network.", shared, now_ms)
        for number, charges in enumerate(self._braked_charges(visitor, self._brakes_on(visitor, now_ms), now_ms)):
            if not charges.count:
                self.braked += 1
                reason = "rate_limited" if number else "cooldown"
                raise _too_soon(reason, "Too much is placed at once: you wait longer for a while.", charges, now_ms)

    def admit_at_all(self, visitor: Visitor) -> None:
        """Raise what stands against anything that a visitor might change."""
        if self.read_only:
            raise NotAllowed("The board is read-only at the moment.", reason="read_only")
        if visitor.user_id in self.banned_visitors or self._banned_address(visitor.address):
            raise NotAllowed("You may not place pixels on this board.", reason="banned")

    def take(self, visitor: Visitor, now_ms: int) -> Toll:
        """Count one placement; give what ``give_back`` needs."""
        toll = [(self.cooldown, visitor.actor_key), (self.addresses, visitor.address_key)]
        toll += self.brakes.toll(visitor.actor_key, self._brakes_on(visitor, now_ms))
        for cooldown, key in toll:
            cooldown.take(key, now_ms)
        return toll

    def give_back(self, toll: Toll) -> None:
        """Count one placement less, because nothing came of it."""
        for cooldown, key in toll:
            cooldown.give_back(key)

    def to_remember(self, visitors: Iterable[Visitor]) -> dict[str, int]:
        """Give the moments to write down for visitors who placed."""
        kept: dict[str, int] = {}
        for visitor in visitors:
            for cooldown, key in ((self.cooldown, visitor.actor_key), (self.addresses, visitor.address_key)):
                if cooldown.interval_ms:
                    kept[key] = cooldown.full_at_ms(key)
        return kept

    def remember(self, full_at_ms: Mapping[str, int]) -> None:
        """Take up what was written down before a restart."""
        for cooldown, kind in ((self.cooldown, "visitor:"), (self.addresses, "address:")):
            cooldown.remember({key: at_ms for key, at_ms in full_at_ms.items() if key.startswith(kind)})

    def _charges(self, visitor: Visitor, now_ms: int) -> tuple[Charges, Charges]:
        return self.cooldown.charges(visitor.actor_key, now_ms), self.addresses.charges(visitor.address_key, now_ms)

    def _brakes_on(self, visitor: Visitor, now_ms: int) -> list[Brake]:
        if not self.brakes:
            return []
        return self.brakes.on(visitor.address, now_ms, newcomer=self.is_new(visitor.user_id, now_ms))

    def _braked_charges(self, visitor: Visitor, brakes: Sequence[Brake], now_ms: int) -> list[Charges]:
        """List what a braked visitor has left: by themselves, then of what they share."""
        if not brakes:
            return []
        own = self.brakes.patience(visitor.actor_key, now_ms)
        return [own, *(self.brakes.share(brake, now_ms) for brake in brakes)]

    def _banned_address(self, address: str) -> bool:
        if not self.banned_networks:
            return False
        try:
            known = ip_address(address)
        except ValueError:
            return False
        return any(known in network for network in self.banned_networks)


def moment(at_ms: float) -> str:
    """Write a moment as answers do."""
    return iso(datetime.fromtimestamp(at_ms / 1000, UTC))


def _too_soon(reason: str, message: str, charges: Charges, now_ms: int) -> MuralError:
    wait_s = max(1, math.ceil((charges.available_at_ms - now_ms) / 1000))
    return TooMany(message, retry_after_s=wait_s, reason=reason, available_at=moment(charges.available_at_ms))


@lru_cache(maxsize=10_000)
def _address_key(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        shared = address
    else:
        bits = IPV6_PREFIX_BITS if known.version == 6 else known.max_prefixlen
        shared = str(ip_network((known, bits), strict=False))
    return f"address:{blake2b(shared.encode(), digest_size=12).hexdigest()}"


@lru_cache(maxsize=10_000)
def _network(address: str) -> str | None:
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return str(ip_network((known, RANGE_BITS[known.version]), strict=False)) if known.is_global else None
