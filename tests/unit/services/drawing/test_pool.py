from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import RenderProcess, WorkerCommand, worker_environment
from mural.errors import (
    Cancelled,
    MuralError,
    NoStreets,
    OutOfMemory,
    RenderCrashed,
    RenderError,
    RenderTimeout,
    Unavailable,
)
from mural.jobs.progress import Step
from mural.worker.protocol import Progress, RenderResult
from services.drawing import pool as render_pool
from services.drawing.pool import RenderPool
from tests.render_requests import make_request
from tests.support.waiting import wait_until

SCRIPTED = (sys.executable, "-m", "tests.support.scripted_worker")


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists()


class Bench:
    """A pool of scripted processes and short words for what the tests do with it."""

    def __init__(self, folder: Path, argv: tuple[str, ...] = SCRIPTED, workers: int = 1, timeout_s: float = 30) -> None:
        self.folder = folder
        environ = dict(os.environ) | {"TMPDIR": str(folder), "SECRET_KEY": "never to be seen"}
        self.pool = RenderPool(
            workers=workers,
            background=ThreadBackground(),
            command=WorkerCommand(argv=argv, env=worker_environment(environ, folder), fonts_dir=folder),
            timeout_s=timeout_s,
            memory_mb=1024,
        )
        self.progress: list[Progress] = []

    def render(self, job_id: str, token: CancelToken | None = None, **options: Any) -> RenderResult:
        request = make_request(job_id, self.folder)
        return self.pool.render(request, self.progress.append, token or CancelToken(), **options)

    def render_beside(self, job_id: str, token: CancelToken | None = None) -> tuple[threading.Thread, list[Any]]:
        outcome: list[Any] = []

        def run() -> None:
            try:
                outcome.append(self.render(job_id, token))
            except MuralError as error:
                outcome.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        return thread, outcome

    def lane(self, name: str = "jobs") -> dict[str, Any]:
        lane: dict[str, Any] = self.pool.status()["lanes"][name]
        return lane

    def drawing_pid(self) -> int:
        """Wait until a job has begun, and name the process that draws it."""
        wait_until(lambda: self.progress)
        return int(self.lane()["pids"][0])


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.pool.start()
    yield bench
    bench.pool.stop()


def test_a_picture_and_its_progress_come_through(bench: Bench) -> None:
    result = bench.render("ok")
    assert result.poster == "poster.png"
    assert result.seconds["nice"] == min(19, os.nice(0) + 10)
    assert bench.progress == [Progress(Step.MAP_DATA, 0.5), Progress(Step.DRAWING, 1.0)]


def test_the_same_warm_process_draws_the_next_picture(bench: Bench) -> None:
    assert bench.render("ok").seconds["pid"] == bench.render("ok").seconds["pid"]


def test_live_previews_have_a_process_of_their_own(bench: Bench) -> None:
    thread, outcome = bench.render_beside("slow", token := CancelToken())
    busy = bench.drawing_pid()
    assert bench.render("ok", lane="interactive").seconds["pid"] != busy
    token.cancel()
    thread.join()
    assert isinstance(outcome[0], Cancelled)


def test_two_jobs_share_one_process_one_after_the_other(bench: Bench) -> None:
    runs = [bench.render_beside(f"ok:{number}") for number in range(6)]
    for thread, _ in runs:
        thread.join()
    assert len({outcome[0].seconds["pid"] for _, outcome in runs}) == 1


def test_an_error_of_the_drawing_is_raised_here_and_the_process_kept(bench: Bench) -> None:
    before = bench.render("ok").seconds["pid"]
    with pytest.raises(NoStreets) as caught:
        bench.render("empty")
    assert caught.value.facts == {"latitude": 1.5}
    with pytest.raises(RenderError):
        bench.render("wrong")
    assert bench.render("ok").seconds["pid"] == before


@pytest.mark.parametrize("job", ["hungry", "bad_alloc"])
def test_too_much_memory_is_refused_and_the_next_picture_drawn_elsewhere(bench: Bench, job: str) -> None:
    before = bench.render("ok").seconds["pid"]
    with pytest.raises(OutOfMemory) as caught:
        bench.render(job)
    assert caught.value.facts["memory_mb"] == 1024
    assert bench.render("ok").seconds["pid"] != before


@pytest.mark.parametrize(
    ("job", "facts"), [("segv", {"signal": "SIGSEGV"}), ("exit", {"exit_status": 7}), ("garbage", {}), ("flood", {})]
)
def test_a_process_that_breaks_is_named_and_replaced(bench: Bench, job: str, facts: dict[str, Any]) -> None:
    before = bench.render("ok").seconds["pid"]
    with pytest.raises(RenderCrashed) as caught:
        bench.render(job)
    assert caught.value.facts == facts
    assert caught.value.transient
    assert bench.render("ok").seconds["pid"] != before
    assert bench.pool.status()["crashes"] == 1
    wait_until(lambda: gone(int(before)))


def test_killing_it_from_outside_ends_the_job_at_once(bench: Bench) -> None:
    thread, outcome = bench.render_beside("slow")
    os.kill(bench.drawing_pid(), 9)
    thread.join()
    assert isinstance(outcome[0], RenderCrashed)
    assert outcome[0].facts == {"signal": "SIGKILL"}


def test_cancelling_kills_and_replaces(bench: Bench) -> None:
    thread, outcome = bench.render_beside("slow", token := CancelToken())
    pid = bench.drawing_pid()
    token.cancel()
    thread.join()
    assert isinstance(outcome[0], Cancelled)
    wait_until(lambda: gone(pid))
    assert bench.render("ok").seconds["pid"] != pid
    assert bench.pool.status()["crashes"] == 0


def test_a_job_that_waits_for_a_process_can_be_cancelled(bench: Bench) -> None:
    first, first_outcome = bench.render_beside("slow", first_token := CancelToken())
    pid = bench.drawing_pid()
    second, second_outcome = bench.render_beside("ok", second_token := CancelToken())
    second_token.cancel()
    second.join()
    assert isinstance(second_outcome[0], Cancelled)
    assert bench.lane()["pids"] == [pid]
    first_token.cancel()
    first.join()
    assert isinstance(first_outcome[0], Cancelled)


def test_a_job_cancelled_beforehand_is_not_drawn(bench: Bench) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        bench.render("ok", token)
    assert bench.progress == []


def test_a_listener_that_fails_costs_the_process_but_not_the_pool(bench: Bench) -> None:
    def break_off(progress: Progress) -> None:
        raise TimeoutError("the database is away")

    with pytest.raises(TimeoutError, match="database"):
        bench.pool.render(make_request("ok", bench.folder), break_off, CancelToken())
    assert bench.render("ok").poster


def test_taking_too_long_is_a_timeout(tmp_path: Path) -> None:
    bench = Bench(tmp_path, timeout_s=0.2)
    bench.pool.start()
    try:
        with pytest.raises(RenderTimeout):
            bench.render("slow")
        assert bench.render("ok").poster
    finally:
        bench.pool.stop()


def test_what_it_writes_is_logged_beside_the_job(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        bench.render("noisy:7")
        wait_until(lambda: "said by a C library" in caplog.text)
    assert "(job noisy:7): said on standard output" in caplog.text
    assert "\x1b" not in caplog.text


def test_it_knows_no_secret(bench: Bench) -> None:
    bench.render("environment")
    names = (bench.folder / "output" / "environment").read_text().split()
    assert "PATH" in names
    assert "SECRET_KEY" not in names


def test_a_process_is_replaced_after_enough_jobs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_pool, "MAX_JOBS", 2)
    pids = [bench.render("ok").seconds["pid"] for _ in range(4)]
    assert pids[0] == pids[1] != pids[2] == pids[3]


def test_a_process_that_keeps_too_much_memory_is_replaced(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_pool, "MAX_RESTING_MB", 200.0)
    heavy = bench.render("heavy").seconds["pid"]
    assert bench.render("ok").seconds["pid"] != heavy


def test_a_process_that_dies_idle_is_replaced_before_anybody_needs_it(bench: Bench) -> None:
    pid = int(bench.render("ok").seconds["pid"])
    os.kill(pid, 9)
    wait_until(lambda: bench.lane()["idle"] == 1 and pid not in bench.lane()["pids"])
    assert bench.render("ok").seconds["pid"] != pid


def test_processes_that_do_not_start_are_reported_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(render_pool, "LONGEST_BACKOFF_S", 0.05)
    refusal = tmp_path / "refuse-to-start"
    refusal.touch()
    bench = Bench(tmp_path)
    bench.pool.start()
    try:
        with pytest.raises(Unavailable, match="exit status 1"):
            bench.render("ok")
        assert bench.pool.status()["status"] == "degraded"
        assert "exit status 1" in bench.lane()["trouble"]
        wait_until(lambda: "refusing to start" in caplog.text)
        refusal.unlink()
        wait_until(lambda: bench.pool.status()["status"] == "ok")
        assert bench.render("ok").poster
    finally:
        bench.pool.stop()


def test_failed_starts_follow_each_other_ever_more_slowly() -> None:
    lane = render_pool.Lane("jobs", 1, 512, 10, 60.0)
    pauses = []
    for failures in range(12):
        lane.failures = failures
        pauses.append(lane.backoff_s)
    assert pauses[0] == 0
    assert pauses == sorted(pauses)
    assert pauses[-1] == render_pool.LONGEST_BACKOFF_S


def test_a_program_that_is_not_there_is_reported(tmp_path: Path) -> None:
    bench = Bench(tmp_path, argv=("/nonexistent/python",))
    bench.pool.start()
    try:
        with pytest.raises(Unavailable, match="nonexistent"):
            bench.render("ok")
    finally:
        bench.pool.stop()


def test_stopping_ends_everything(tmp_path: Path) -> None:
    bench = Bench(tmp_path, workers=2)
    bench.pool.start()
    wait_until(lambda: bench.lane()["idle"] == 2)
    pids = [*bench.lane()["pids"], *bench.lane("interactive")["pids"]]
    thread, outcome = bench.render_beside("slow")
    bench.drawing_pid()
    bench.pool.stop()
    thread.join()
    assert isinstance(outcome[0], Unavailable)
    assert all(gone(pid) for pid in pids)
    assert bench.pool.status()["status"] == "stopped"
    with pytest.raises(Unavailable):
        bench.render("ok")


def test_stopping_while_a_process_gets_warm_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(tmp_path)
    await_ready = RenderProcess.await_ready
    warm: list[int] = []

    def await_ready_and_be_stopped(process: RenderProcess, timeout_s: float) -> None:
        await_ready(process, timeout_s)
        warm.append(process.pid)
        threading.Thread(target=bench.pool.stop).start()
        wait_until(lambda: not process.alive)

    monkeypatch.setattr(RenderProcess, "await_ready", await_ready_and_be_stopped)
    bench.pool.start()
    wait_until(lambda: warm and not bench.lane()["pids"] and not bench.lane("interactive")["pids"])
    assert all(gone(pid) for pid in warm)
