"""How long a job will take, learned from how long jobs like it have taken."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Final

KEPT: Final = 25
"""How many of the latest durations of each kind of job count."""

BASE_S: Final = 4.0
S_PER_MEGAPIXEL: Final = 0.25
PREVIEW_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Work:
    """What decides how long a job takes, as far as it is known beforehand."""

    preview: bool
    format: str
    megapixels: float
    distance_m: float


class Estimates:
    """Medians of recent durations, from the most alike jobs that there have been."""

    def __init__(self) -> None:
        self._seconds: dict[Hashable, deque[float]] = defaultdict(lambda: deque(maxlen=KEPT))

    def learn(self, work: Work, seconds: float) -> None:
        """Remember how long a job took; by a clock that was set back meanwhile nothing can be learnt."""
        if seconds < 0:
            return
        for likeness in _likenesses(work):
            self._seconds[likeness].append(seconds)

    def expect(self, work: Work) -> float:
        """Tell the seconds a job will take: the median of its like, or a cautious guess before there are any."""
        for likeness in _likenesses(work):
            if likeness in self._seconds:
                return median(self._seconds[likeness])
        return PREVIEW_S if work.preview else BASE_S + S_PER_MEGAPIXEL * work.megapixels


def remaining_s(expected_s: float, elapsed_s: float, progress: int) -> float:
    """Tell the seconds that a running job still needs.

    What was expected counts at first, what is seen counts more the further the job has come; never less than a second.
    """
    done = progress / 100
    foreseen = max(expected_s - elapsed_s, 0.0)
    seen = elapsed_s / done * (1 - done) if done > 0 else foreseen
    return max(1.0, foreseen * (1 - done) + seen * done)


def _likenesses(work: Work) -> Iterator[Hashable]:
    """From most to least alike; sizes count as alike within a factor of about 1.4 either way."""
    size, reach = round(math.log2(work.megapixels)), round(math.log2(work.distance_m))
    yield (work.preview, work.format, size, reach)
    yield (work.preview, work.format, size)
    yield (work.preview, work.format)
