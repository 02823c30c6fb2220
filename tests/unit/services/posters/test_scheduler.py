from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from infra.db.models import JobRow
from infra.events.events import Name, session_room
from infra.jobs.leases import Lease
from mural.jobs.retries import LONGEST_WAIT_S
from services.accounts.actors import HOUSE, Actor
from tests.support.posters import Passing, Studio, make_config, make_studio
from tests.support.waiting import wait_until


def test_sessions_take_turns_and_previews_go_first(studio: Studio) -> None:
    studio.renderer.held = True
    first = studio.submit("ann")
    studio.wait_until(first, "processing")
    waiting = [studio.submit("ann"), studio.submit("ann"), studio.submit("bob"), studio.submit("cy")]
    preview = studio.submit("ann", preview=True)
    positions = {job_id: studio.services.jobs.get(job_id, HOUSE).queue_position for job_id in [*waiting, preview]}
    order = sorted(positions, key=lambda job_id: positions[job_id] or 0)
    assert order[:3] == [preview, waiting[2], waiting[3]]
    for job_id in [first, *order]:
        studio.wait_until(job_id, "processing")
        studio.renderer.gate.release()
        studio.wait_until(job_id, "completed")
    assert [request.job_id for request in studio.renderer.requests] == [first, *order]


def test_one_print_of_a_session_at_a_time_and_no_more_than_the_workers(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RENDER_WORKERS="2"))
    studio.renderer.held = True
    studio.services.jobs.start()
    ann = [studio.submit("ann"), studio.submit("ann")]
    bob, cy = studio.submit("bob"), studio.submit("cy")
    for job_id in (ann[0], bob):
        studio.wait_until(job_id, "processing")
    assert [studio.services.jobs.get(job_id, HOUSE).state for job_id in (ann[1], cy)] == ["pending", "pending"]
    studio.renderer.gate.release(4)
    for job_id in (*ann, bob, cy):
        studio.wait_until(job_id, "completed")
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_those_who_wait_hear_that_they_move_up(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = studio.submit("ann"), studio.submit("bob")
    last = studio.submit("cy")
    studio.wait_until(running, "processing")
    assert studio.services.jobs.get(last, HOUSE).queue_position == 2
    ends = [studio.services.jobs.get(job_id, HOUSE).estimated_completion for job_id in (running, waiting, last)]
    assert ends == sorted(ends)
    studio.renderer.gate.release()
    studio.wait_until(waiting, "processing")

    def heard() -> bool:
        news = [event.payload for event in studio.listener.named(Name.GENERATION_PROGRESS)]
        return any(one["request_id"] == last and one.get("queue_position") == 1 for one in news)

    with studio.listener._heard:
        assert studio.listener._heard.wait_for(heard, 20)
    studio.renderer.gate.release(2)
    studio.wait_until(last, "completed")


def test_a_busy_database_costs_no_place_to_run(studio: Studio, monkeypatch) -> None:
    store = studio.services.queue
    claim, refused = store.claim, []

    def busy_first(job_id: str) -> Lease | None:
        if not refused:
            refused.append(job_id)
            raise Passing("The database is busy.")
        return claim(job_id)

    monkeypatch.setattr("infra.loop.AFTER_TROUBLE_S", 0.0)
    monkeypatch.setattr(store, "claim", busy_first)
    job_id = studio.submit()
    studio.wait_until(job_id, "completed")
    assert refused == [job_id]


@pytest.mark.parametrize("back_s", [60, 3600, 400 * 86_400])
def test_a_resting_job_runs_when_its_rest_is_over_though_the_clock_was_set_back(studio: Studio, back_s: float) -> None:
    studio.renderer.troubles.append(Passing("The map server is busy.", retry_after=30))
    job_id = studio.submit()
    studio.wait_until(job_id, "pending")
    wait_until(lambda: row_of(studio, job_id).not_before is not None)
    studio.clock.set_by(-back_s)
    studio.services.jobs._scheduler.wake()
    wait_until(lambda: (row_of(studio, job_id).not_before or studio.clock()) - studio.clock() < timedelta(minutes=1))
    completion = studio.services.jobs.get(job_id, HOUSE).estimated_completion
    assert completion is not None
    assert completion - studio.clock() < timedelta(minutes=2)
    studio.clock.advance(31)
    studio.services.jobs._scheduler.wake()
    studio.wait_until(job_id, "completed")


def test_after_a_restart_no_job_rests_for_longer_than_any_may(idle: Studio) -> None:
    job_id = idle.submit()
    with idle.services.database.write() as session:
        resting = update(JobRow).where(JobRow.id == job_id)
        session.execute(resting.values(not_before=idle.clock() + timedelta(days=400)))
    with idle.restarted().running() as later:
        wait_until(lambda: (row_of(later, job_id).not_before or later.clock()) - later.clock() < timedelta(days=1))
        later.clock.advance(LONGEST_WAIT_S)
        later.services.jobs._scheduler.wake()
        later.wait_until(job_id, "completed")


def test_a_job_during_which_the_clock_was_set_back_took_no_negative_time(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = studio.submit()
    studio.wait_until(job_id, "processing")
    studio.clock.set_by(-3600)
    completion = studio.services.jobs.get(job_id, HOUSE).estimated_completion
    assert completion is not None
    assert completion - studio.clock() < timedelta(minutes=2)
    studio.renderer.gate.release()
    poster = studio.wait_until(job_id, "completed").poster
    assert poster is not None
    assert poster.generation_s == 0


class Owner(str):
    """An owner during whose looking up something happens in another thread."""

    __slots__ = ()
    when_looked_up: Callable[[], None]

    def __hash__(self) -> int:
        self.when_looked_up()
        return super().__hash__()


def test_a_job_ends_in_its_own_thread_while_the_scheduler_looks_who_is_busy(tmp_path, monkeypatch, caplog) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, RENDER_WORKERS="3"))
    store, background, threads = studio.services.queue, studio.outside.background, list[threading.Thread]()
    waiting, start = store.waiting, background.start_background_task
    armed = threading.Event()

    def start_noting(target: Callable[..., object], *arguments: object) -> threading.Thread:
        thread: threading.Thread = start(target, *arguments)
        if arguments:  # a job's
            threads.append(thread)
        return thread

    def let_one_end() -> None:
        if armed.is_set():
            armed.clear()
            studio.renderer.gate.release()
            wait_until(lambda: any(not thread.is_alive() for thread in threads))

    monkeypatch.setattr(Owner, "when_looked_up", staticmethod(let_one_end), raising=False)
    monkeypatch.setattr(background, "start_background_task", start_noting)
    monkeypatch.setattr(
        store, "waiting", lambda kinds: [replace(job, owner=Owner(job.owner)) for job in waiting(kinds)]
    )
    studio.renderer.held = True
    with studio.running():
        jobs = [studio.submit("ann"), studio.submit("bob")]
        for job_id in jobs:
            studio.wait_until(job_id, "processing")
        wait_until(lambda: len(studio.renderer.requests) == 2)
        armed.set()
        jobs.append(studio.submit("cy"))
        studio.renderer.held = False
        studio.wait_until(jobs[2], "completed")
        studio.renderer.gate.release(2)
        for job_id in jobs:
            studio.wait_until(job_id, "completed")
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []


def test_news_of_a_hundred_waiting_jobs_costs_one_query(idle: Studio) -> None:
    jobs = [idle.submit(f"visitor {number}") for number in range(100)]
    for number in range(0, 100, 10):
        wish = idle.wish(distance_m=1001.0 + number)
        assert idle.services.posters.submit(wish, Actor("follower")).job.job_id == jobs[number]
    statements: list[str] = []
    engine = idle.services.database.engine
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    news = idle.services.jobs.news_of(jobs)
    assert len([statement for statement in statements if statement.startswith("SELECT")]) == 1
    for tell in news.values():
        tell()
    told = [event for event in idle.listener.events if event.name == Name.GENERATION_PROGRESS]
    assert [event.payload["request_id"] for event in told] == jobs
    assert [event.payload["queue_position"] for event in told] == list(range(1, 101))
    followed = [event.payload["request_id"] for event in told if session_room("follower") in event.rooms]
    assert followed == jobs[::10]


def row_of(studio: Studio, job_id: str) -> JobRow:
    with studio.services.database.read() as session:
        return session.get_one(JobRow, job_id)
