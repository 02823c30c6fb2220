from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from infra.background import ThreadBackground
from infra.jobs.live import JobProgress, LiveProgress


class Ears:
    """Hears announcements, and the progress at that moment."""

    def __init__(self) -> None:
        self.now = 0.0
        self.live = LiveProgress(ThreadBackground(), clock=lambda: self.now)
        self.heard: list[tuple[str, int]] = []
        self.makings = 0
        self.due_s: float | None = None

    def hear(self, job_ids: Sequence[str]) -> dict[str, Callable[[], None]]:
        percents = {job_id: (self.live.of(job_id) or JobProgress()).percent for job_id in job_ids}
        return {job_id: partial(self.heard.append, (job_id, percent)) for job_id, percent in percents.items()}

    def hear_making(self) -> None:
        self.makings += 1

    def flush(self) -> None:
        self.due_s = self.live.flush(self.hear, self.hear_making)


def test_only_the_latest_state_of_each_job_is_announced() -> None:
    ears = Ears()
    ears.live.begin("a")
    ears.live.begin("b")
    for progress in range(50):
        ears.live.update("a", JobProgress(progress))
    ears.flush()
    ears.flush()
    assert ears.heard == [("a", 49), ("b", 0)]


def test_nothing_is_announced_of_a_job_after_its_last_word() -> None:
    ears = Ears()
    ears.live.begin("a")
    ears.live.update("a", JobProgress(40))
    assert ears.live.forget("a") == JobProgress(40)
    ears.live.update("a", JobProgress(50))
    ears.flush()
    assert ears.heard == []
    assert ears.live.of("a") is None


def test_a_job_can_end_while_its_state_is_being_read_and_nothing_older_is_announced() -> None:
    ears = Ears()
    ears.live.begin("a")
    ears.live.begin("b")

    def reads_while_it_ends(job_ids: Sequence[str]) -> dict[str, Callable[[], None]]:
        read = ears.hear(job_ids)
        ears.live.forget("a")  # would wait for ever if reading kept those who report waiting
        return read

    ears.live.flush(reads_while_it_ends, ears.hear_making)
    assert ears.heard == [("b", 0)]


def test_the_list_of_what_is_being_made_is_announced_once_a_second() -> None:
    ears = Ears()
    ears.live.begin("a")
    for tenth in range(31):
        ears.now = tenth / 10
        ears.live.update("a", JobProgress(tenth))
        ears.flush()
    assert ears.makings == 4


def test_the_last_list_is_not_lost() -> None:
    ears = Ears()
    ears.live.begin("a")
    ears.flush()
    ears.live.forget("a")
    ears.now = 0.5
    ears.flush()
    assert (ears.makings, ears.due_s) == (1, 0.5)
    ears.now = 1.0
    ears.flush()
    assert ears.makings == 2


def test_announcing_goes_on_until_stopped() -> None:
    ears = Ears()
    heard = threading.Event()
    ears.live.start(lambda _ids: heard.set(), ears.hear_making)
    ears.live.begin("a")
    assert heard.wait(20)
    ears.live.stop()
