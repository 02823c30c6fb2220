"""Whose turn it is: previews before prints, and among each kind the owner who was served longest ago."""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job in the queue; ``not_before`` holds it back after a failed attempt."""

    id: str
    owner: str
    preview: bool
    created_at: datetime
    estimate_s: float = 0.0
    not_before: datetime | None = None


def service_order(waiting: Iterable[Waiting], served: Mapping[str, int]) -> list[Waiting]:
    """Put jobs into the order in which they will be served if nothing else comes.

    ``served`` numbers the owners by when they were served last; who is not in it was never served.
    """
    jobs = list(waiting)
    turns = dict(served)
    previews = _in_turns((job for job in jobs if job.preview), turns)
    return [*previews, *_in_turns((job for job in jobs if not job.preview), turns)]


def next_job(
    waiting: Iterable[Waiting], served: Mapping[str, int], busy: Collection[str], now: datetime
) -> Waiting | None:
    """Choose the job to start now; ``busy`` owners have a print on its way already and get previews only."""
    ready = (job for job in waiting if job.not_before is None or job.not_before <= now)
    startable = (job for job in ready if job.preview or job.owner not in busy)
    return next(iter(service_order(startable, served)), None)


def _in_turns(jobs: Iterable[Waiting], turns: dict[str, int]) -> Iterator[Waiting]:
    """Take one job of each owner in turn, each owner's own in the order of asking; keeps ``turns`` up to date."""
    queues: dict[str, deque[Waiting]] = defaultdict(deque)
    for job in sorted(jobs, key=lambda job: (job.created_at, job.id)):
        queues[job.owner].append(job)
    heap = [(turns.get(owner, 0), queue[0].created_at, owner) for owner, queue in queues.items()]
    heapq.heapify(heap)
    clock = max(turns.values(), default=0)
    while heap:
        _, _, owner = heapq.heappop(heap)
        yield queues[owner].popleft()
        clock += 1
        turns[owner] = clock
        if queues[owner]:
            heapq.heappush(heap, (clock, queues[owner][0].created_at, owner))
