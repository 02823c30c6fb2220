"""Waiting for what is bound to happen."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

PATIENCE_S: Final = 180.0
"""Only ends a broken run: how long something takes on a busy machine is no matter of the tests."""

FIRST_PAUSE_S: Final = 0.005
LONGEST_PAUSE_S: Final = 0.05

Seen = TypeVar("Seen")


def wait_until(holds: Callable[[], Seen], trouble: Callable[[], object] = lambda: "it did not happen") -> Seen:
    """Look until something is so, and give what was seen; ``trouble`` says what is there instead."""
    deadline = time.monotonic() + PATIENCE_S
    pause_s = FIRST_PAUSE_S
    while not (seen := holds()):
        assert time.monotonic() < deadline, trouble()
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
    return seen
