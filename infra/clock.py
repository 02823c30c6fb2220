"""What time it is, where tests must be able to say so themselves."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

Stopwatch = Callable[[], float]
"""Tells the seconds since some moment; nobody sets it."""


def utc_now() -> datetime:
    """Tell the time, aware of being UTC."""
    return datetime.now(UTC)


class LeapWatch:
    """Notices a clock that is put on: then more time has passed by it than by a stopwatch."""

    def __init__(self, clock: Clock, stopwatch: Stopwatch = time.monotonic) -> None:
        self.clock = clock
        self.stopwatch = stopwatch
        self._looked_at, self._stood_at_s = clock(), stopwatch()

    def leap_s(self) -> float:
        """Tell by how many seconds the clock was put on since this was asked last."""
        at, stood_at_s = self.clock(), self.stopwatch()
        leap_s = (at - self._looked_at).total_seconds() - (stood_at_s - self._stood_at_s)
        self._looked_at, self._stood_at_s = at, stood_at_s
        return max(0.0, leap_s)


def iso(moment: datetime) -> str:
    """Write a moment as the answers do: UTC, whole milliseconds, ending in Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
