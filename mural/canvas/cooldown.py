"""How soon somebody may place again: a charge comes back every interval, and a few may be saved up.

All that has to be remembered of somebody is one moment, the one at which all charges will be back; it is absolute, so
it can be written down and means the same after a restart. Nobody waits for longer than all charges take to come back,
whatever was written down and wherever the clock went since. Times are milliseconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SWEEP_AT: Final = 50_000
"""With so many remembered, those whose charges are all back are forgotten."""

SET_BACK_MS: Final = 1_000
"""Who asks a little late asks with a time gone by; by more, the clock has been set back."""


@dataclass(frozen=True, slots=True)
class Charges:
    """What somebody has left: ``count`` charges now, the next pixel possible at ``available_at_ms``."""

    count: int
    available_at_ms: int


class Cooldown:
    """The charges of everybody who placed lately; an interval of 0 means that there is no limit."""

    def __init__(self, interval_ms: float, stack: int) -> None:
        self.interval_ms = interval_ms
        self.stack = stack
        self._full_at_ms: dict[str, float] = {}
        self._sweep_at = SWEEP_AT
        self._latest_ms = 0

    def charges(self, key: str, now_ms: int) -> Charges:
        """Tell what somebody has left."""
        if not self.interval_ms:
            return Charges(self.stack, now_ms)
        missing_ms = self._missing_ms(key, now_ms)
        # A charge that is back to within a microsecond is back: the rest is rounding.
        count = max(0, int(self.stack - missing_ms / self.interval_ms + 1e-6))
        next_ms = now_ms + missing_ms - (self.stack - 1) * self.interval_ms
        return Charges(count, max(now_ms, round(next_ms)))

    def take(self, key: str, now_ms: int) -> None:
        """Use one charge; the caller has seen that there is one."""
        if self.interval_ms:
            self._full_at_ms[key] = now_ms + self._missing_ms(key, now_ms) + self.interval_ms
            if len(self._full_at_ms) > self._sweep_at:
                self._sweep(now_ms)

    def give_back(self, key: str) -> None:
        """Undo one ``take``, because nothing came of it."""
        if key in self._full_at_ms:
            self._full_at_ms[key] -= self.interval_ms

    def full_at_ms(self, key: str) -> int:
        """Tell the moment to remember for somebody."""
        return round(self._full_at_ms.get(key, 0.0))

    def remember(self, full_at_ms: Mapping[str, int]) -> None:
        """Take up what was written down before a restart."""
        self._full_at_ms.update(full_at_ms)

    def _missing_ms(self, key: str, now_ms: int) -> float:
        self._follow(now_ms)
        missing_ms, longest_ms = self._full_at_ms.get(key, 0.0) - now_ms, self.stack * self.interval_ms
        if missing_ms > longest_ms:  # the clock was set back before a restart, or the interval was longer then
            self._full_at_ms[key] = now_ms + longest_ms
        return min(longest_ms, max(0.0, missing_ms))

    def _follow(self, now_ms: int) -> None:
        """Go back with the clock: what everybody had left, they still have."""
        back_ms = self._latest_ms - now_ms
        if back_ms > SET_BACK_MS:
            self._full_at_ms = {key: full - back_ms for key, full in self._full_at_ms.items()}
        if back_ms < 0 or back_ms > SET_BACK_MS:
            self._latest_ms = now_ms

    def _sweep(self, now_ms: int) -> None:
        latest_ms = now_ms + self.stack * self.interval_ms
        self._full_at_ms = {key: min(full, latest_ms) for key, full in self._full_at_ms.items() if full > now_ms}
        self._sweep_at = max(SWEEP_AT, 2 * len(self._full_at_ms))
