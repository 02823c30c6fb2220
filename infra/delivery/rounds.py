"""Calls that are due some time after they were asked for: one thread makes them all."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from infra.background import Background

CALLS_PER_TURN: Final = 100
"""After so many calls in a row others get their turn."""


class Rounds:
    """Calls a function with each name, always so long after it was asked to: who was asked for first is due first.

    A thread for each of thousands of clients, asleep for nearly all its life, would cost more than the clients do.
    """

    def __init__(self, background: Background, after_s: float, call: Callable[[str], None]) -> None:
        self._background = background
        self._after_s = after_s
        self._call = call
        self._asked: deque[tuple[float, str]] = deque()
        self._guard = threading.Lock()
        self._runs = False

    def ask(self, name: str) -> None:
        """Have the function called with a name when the time has passed."""
        with self._guard:
            self._asked.append((time.monotonic() + self._after_s, name))
            starts, self._runs = not self._runs, True
        if starts:
            self._background.start_background_task(self._run)

    def _run(self) -> None:
        while True:
            self._background.sleep(self._next_s())
            for _ in range(CALLS_PER_TURN):
                if self._next_s() > 0:
                    break
                self._call(self._asked.popleft()[1])

    def _next_s(self) -> float:
        """Tell in how many seconds something is due; what is asked for while nothing is, is due later than that."""
        return max(0.0, self._asked[0][0] - time.monotonic()) if self._asked else self._after_s
