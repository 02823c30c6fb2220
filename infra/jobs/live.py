"""The running jobs' progress as it stands this moment, and its way to those who watch.

A render process may report hundreds of times a second. Watchers hear the latest state of each job at most four times a
second, never an older one after a newer one, and nothing after the job's last word.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from infra.background import Background
from infra.loop import Loop

TICK_S: Final = 0.25
"""The least time between two messages about one job."""

MAKING_S: Final = 1.0
"""The least time between two lists of what is being made."""


Prepare = Callable[[Sequence[str]], Mapping[str, Callable[[], None]]]
"""Reads the state of some jobs and gives what tells it, by their ids."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a running job is: whole per cent, the name of the step, and a sentence."""

    percent: int = 0
    step: str = ""
    message: str = ""


class LiveProgress:
    """Holds the latest progress of every running job and announces changes at a bounded rate."""

    def __init__(
        self,
        background: Background,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._progress: dict[str, JobProgress] = {}
        self._changed: dict[str, None] = {}
        self._forgotten: set[str] = set()
        self._making_changed = False
        self._making_at = float("-inf")
        self._announcing = threading.Lock()
        self._loop = Loop(background, "announcing progress", rest_s=TICK_S)

    def start(self, prepare: Prepare, announce_making: Callable[[], None]) -> None:
        """Begin to announce, by calling the one with the jobs that changed and the other when any did."""
        self._loop.start(lambda: self.flush(prepare, announce_making))

    def stop(self) -> None:
        """End."""
        self._loop.stop()

    def of(self, job_id: str) -> JobProgress | None:
        """Tell how far a running job is."""
        return self._progress.get(job_id)

    def begin(self, job_id: str) -> None:
        """Expect progress of a job that starts to run."""
        self._progress[job_id] = JobProgress()
        self.touch(job_id)

    def update(self, job_id: str, progress: JobProgress) -> None:
        """Note how far a job is; those who watch will hear of it soon. A job that has ended has no more progress."""
        with self._announcing:
            if job_id not in self._progress:
                return
            self._progress[job_id] = progress
        self.touch(job_id)

    def touch(self, *job_ids: str) -> None:
        """Have the present state of jobs announced, such as when their place in the queue has changed."""
        with self._announcing:
            self._changed.update(dict.fromkeys(job_ids))
        self.touch_making()

    def touch_making(self) -> None:
        """Have the list of what is being made announced."""
        self._making_changed = True
        self._loop.wake()

    def forget(self, job_id: str) -> JobProgress:
        """Drop a job that runs no more; nothing is announced about it by the time this returns."""
        with self._announcing:
            self._changed.pop(job_id, None)
            self._forgotten.add(job_id)
            self.touch_making()
            return self._progress.pop(job_id, JobProgress())

    def flush(self, prepare: Prepare, announce_making: Callable[[], None]) -> float | None:
        """Announce the latest state of what has changed; tell the seconds after which something is due again."""
        with self._announcing:
            changed, self._changed = list(self._changed), {}
            self._forgotten.clear()
        # Nobody who reports waits for the database: what ended while it was read is left out afterwards.
        news = prepare(changed) if changed else {}
        with self._announcing:
            for job_id, tell in news.items():
                if job_id not in self._forgotten:
                    tell()
        if not self._making_changed:
            return None
        due_s = self._making_at + MAKING_S - self._clock()
        if due_s > 0:
            return due_s
        self._making_changed = False
        self._making_at = self._clock()
        announce_making()
        return None
