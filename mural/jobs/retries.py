"""How often and how soon a job is tried again: after trouble that may pass, and after the server died."""

from __future__ import annotations

from typing import Final

MAX_RETRIES: Final = 3
FIRST_DELAY_S: Final = 5.0
LONGEST_DELAY_S: Final = 300.0
LONGEST_ASKED_S: Final = 3600.0
"""For longer than this no job waits because the other side asks for it."""

LONGEST_WAIT_S: Final = 1.5 * LONGEST_ASKED_S
"""No job rests for longer: what is noted further ahead was noted by a clock gone wrong."""

MAX_INTERRUPTIONS: Final = 3
"""A job that was being drawn whenever the server died, more often in a row than this, may well be what kills it."""


def may_retry(attempts: int) -> bool:
    """Tell whether a job that has been tried so many times may be tried once more."""
    return attempts <= MAX_RETRIES


def delay_s(attempts: int, jitter: float, at_least_s: float = 0.0) -> float:
    """Work out the seconds until the next attempt.

    Doubles with every attempt; ``jitter`` (0 to 1) spreads jobs that failed together over half as much again, and
    ``at_least_s`` is what the other side asked for.
    """
    doubled = FIRST_DELAY_S * 2.0 ** (attempts - 1)
    return max(min(LONGEST_ASKED_S, at_least_s), min(LONGEST_DELAY_S, doubled)) * (1 + jitter / 2)


def may_run_again(interruptions: int) -> bool:
    """Tell whether a job may run again that was being drawn so many times in a row when the server died."""
    return interruptions <= MAX_INTERRUPTIONS


def rest_s(interruptions: int) -> float:
    """Work out the seconds until an interrupted job runs again.

    None after a single death, which says nothing about the job; then ever more, so that a server which a job does kill
    gets other work done in between, and one which is killed several times in a short while does not lose the job.
    """
    return delay_s(interruptions - 1, 0.0) if interruptions > 1 else 0.0
