"""How often and how soon a job is tried again after trouble that may pass."""

from __future__ import annotations

from typing import Final

MAX_RETRIES: Final = 3
FIRST_DELAY_S: Final = 5.0
LONGEST_DELAY_S: Final = 300.0


def may_retry(attempts: int) -> bool:
    """Tell whether a job that has been tried so many times may be tried once more."""
    return attempts <= MAX_RETRIES


def delay_s(attempts: int, jitter: float, at_least_s: float = 0.0) -> float:
    """Work out the seconds until the next attempt.

    Doubles with every attempt; ``jitter`` (0 to 1) spreads jobs that failed together over half as much again, and
    ``at_least_s`` is what the other side asked for.
    """
    doubled = FIRST_DELAY_S * 2.0 ** (attempts - 1)
    return max(at_least_s, min(LONGEST_DELAY_S, doubled)) * (1 + jitter / 2)
