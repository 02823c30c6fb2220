"""Slow a part of the visitors down for a while: everybody, newcomers, or a range of addresses.

Who is braked waits several times as long for the next pixel, and all whom one brake holds share what a crowd of patient
people would place: more identities do not help. A brake ends by itself at the moment it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final

from mural.canvas.cooldown import Charges, Cooldown
from mural.canvas.traffic import CROWD, NETWORK_CROWD
from mural.net.addresses import normal_network

FACTOR: Final = 4
"""So many times as long a braked visitor waits."""

WITHOUT_COOLDOWN_MS: Final = 1_000
"""What is multiplied where the board has no cooldown and somebody pulls a brake all the same."""

HOLD_MS: Final = 2 * 60 * 1000
LONGEST_HOLD_MS: Final = 60 * 60 * 1000
RELAPSE_MS: Final = 10 * 60 * 1000
"""What begins again so soon after a brake has ended is braked for twice as long."""

EVERYBODY: Final = "everybody"
NEWCOMERS: Final = "newcomers"


@dataclass(frozen=True)
class Brake:
    """Holds ``who``: everybody, newcomers or a range of addresses; without ``until_ms`` until it is released."""

    who: str
    until_ms: int | None = None

    @cached_property
    def network(self) -> IPv4Network | IPv6Network | None:
        """The range of addresses, if it is one; raise ValueError where it is nothing at all."""
        return None if self.who in {EVERYBODY, NEWCOMERS} else normal_network(self.who)

    def holds(self, address: str, *, newcomer: bool) -> bool:
        """Tell whether somebody is slowed down."""
        if self.network is None:
            return newcomer or self.who == EVERYBODY
        try:
            return ip_address(address) in self.network
        except ValueError:
            return False


class Brakes:
    """The brakes that are pulled, and what those whom they hold have left."""

    def __init__(self, cooldown_ms: float) -> None:
        wait_ms = FACTOR * (cooldown_ms or WITHOUT_COOLDOWN_MS)
        self.automatic = True
        self._pulled: dict[str, Brake] = {}
        self._held_ms: dict[str, tuple[int, int]] = {}
        self._patience = Cooldown(wait_ms, 1)
        self._of_newcomers = Cooldown(wait_ms / CROWD, CROWD // 10)
        self._of_networks = Cooldown(wait_ms / NETWORK_CROWD, NETWORK_CROWD // 10)

    def __bool__(self) -> bool:
        return bool(self._pulled)

    def __iter__(self) -> Iterator[Brake]:
        return iter(list(self._pulled.values()))

    def to_json(self) -> dict[str, Any]:
        """Tell everybody who is braked, without telling anybody's address."""
        return {
            "everybody": EVERYBODY in self._pulled,
            "newcomers": NEWCOMERS in self._pulled,
            "networks": len(self._pulled.keys() - {EVERYBODY, NEWCOMERS}),
            "factor": FACTOR,
        }

    def pull(self, brake: Brake, at_ms: int) -> None:
        """Slow somebody down from now on; raise ValueError where nobody is meant."""
        _ = brake.network
        self._pulled[brake.who] = brake
        if brake.until_ms is not None:
            self._held_ms[brake.who] = (brake.until_ms - at_ms, brake.until_ms)

    def release(self, who: str) -> None:
        """Let somebody go."""
        self._pulled.pop(who, None)

    def over(self, now_ms: int) -> list[Brake]:
        """List the brakes whose time is over; none holds for longer than it was pulled for."""
        for brake in self:
            held_ms, _until_ms = self._held_ms.get(brake.who, (0, 0))
            if brake.until_ms is not None and brake.until_ms - now_ms > held_ms:
                self._pulled[brake.who] = Brake(brake.who, now_ms + held_ms)  # the clock was set back
        return [brake for brake in self if brake.until_ms is not None and brake.until_ms <= now_ms]

    def hold_ms(self, who: str, now_ms: int) -> int:
        """Tell for how long to brake: longer each time that it had to be done again soon."""
        held_ms, until_ms = self._held_ms.get(who, (0, 0))
        if now_ms - until_ms > RELAPSE_MS:
            return HOLD_MS
        return min(LONGEST_HOLD_MS, max(HOLD_MS, 2 * held_ms))

    def on(self, address: str, now_ms: int, *, newcomer: bool) -> list[Brake]:
        """List the brakes that hold somebody now."""
        return [
            brake
            for brake in self
            if (brake.until_ms is None or now_ms < brake.until_ms) and brake.holds(address, newcomer=newcomer)
        ]

    def patience(self, actor: str, now_ms: int) -> Charges:
        """Tell when somebody who is braked may place again."""
        return self._patience.charges(actor, now_ms)

    def share(self, brake: Brake, now_ms: int) -> Charges:
        """Tell what all whom a brake holds have left together."""
        return self._shared(brake).charges(brake.who, now_ms)

    def toll(self, actor: str, brakes: Sequence[Brake]) -> list[tuple[Cooldown, str]]:
        """List where a placement of somebody who is braked counts."""
        shared = [(self._shared(brake), brake.who) for brake in brakes]
        return [(self._patience, actor), *shared] if shared else []

    def _shared(self, brake: Brake) -> Cooldown:
        if brake.who == EVERYBODY:
            return NO_LIMIT
        return self._of_newcomers if brake.who == NEWCOMERS else self._of_networks


NO_LIMIT: Final = Cooldown(0, 1)
