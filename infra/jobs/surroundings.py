"""What jobs are run in: threads, and ways to tell the time."""

from __future__ import annotations

import time
from dataclasses import dataclass

from infra.background import Background
from infra.clock import Clock, Stopwatch, utc_now


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Threads, the clock that people set, and a stopwatch that nobody sets."""

    background: Background
    clock: Clock = utc_now
    stopwatch: Stopwatch = time.monotonic
