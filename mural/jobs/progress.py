"""The named steps of a job and the share of the whole that each of them stands for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """What a job is doing; in the order in which every job passes through them."""

    LOCATING = "locating"
    MAP_DATA = "obtaining map data"
    LAYERS = "preparing layers"
    LETTERING = "lettering"
    DRAWING = "drawing"
    EXPORTING = "exporting"
    THUMBNAILS = "thumbnails"
    PUBLISHING = "publishing"


SHARES: Final[dict[Step, int]] = {
    Step.LOCATING: 2,
    Step.MAP_DATA: 38,
    Step.LAYERS: 10,
    Step.LETTERING: 3,
    Step.DRAWING: 22,
    Step.EXPORTING: 17,
    Step.THUMBNAILS: 5,
    Step.PUBLISHING: 3,
}
"""Per cent of a typical job that each step takes; they add up to 100."""


def percentage(step: Step, fraction: float = 0.0) -> int:
    """Turn a step and how much of it is done (0 to 1) into whole per cent; 100 only ever means completed."""
    before = 0
    for earlier, share in SHARES.items():
        if earlier is step:
            return min(99, int(before + share * min(1.0, max(0.0, fraction))))
        before += share
    raise ValueError(f"unknown step {step!r}")
