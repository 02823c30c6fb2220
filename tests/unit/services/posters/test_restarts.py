"""What becomes of jobs when the server stops, dies and starts again."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from infra.db.models import JobRow
from mural.errors import NoStreets, StorageFull
from mural.jobs.progress import Step
from mural.jobs.retries import MAX_INTERRUPTIONS, rest_s
from mural.jobs.states import JobState
from mural.worker.protocol import Progress
from services.accounts.actors import HOUSE
from tests.support.posters import PATIENCE_S, Passing, Studio
from tests.support.waiting import wait_until


def set_columns(studio: Studio, job_id: str, **values: object) -> None:
    with studio.services.database.write() as session:
        session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))


def row_of(studio: Studio, job_id: str) -> JobRow:
    with studio.services.database.read() as session:
        return session.get_one(JobRow, job_id)


def test_waiting_jobs_survive_a_restart(idle: Studio) -> None:
    jobs = [idle.submit(), idle.submit("bob")]
    with idle.restarted().running() as later:
        for job_id in jobs:
            later.wait_until(job_id, "completed")


def died_while_drawing(studio: Studio, job_id: str, times: int) -> None:
    set_columns(studio, job_id, state=JobState.PROCESSING, attempts=1, interruptions=times)


def test_what_was_in_work_when_the_server_died_runs_again_at_once(idle: Studio) -> None:
    beginning, drawing = idle.submit(), idle.submit("bob")
    died_while_drawing(idle, beginning, 0)
    died_while_drawing(idle, drawing, 1)
    with idle.restarted().running() as later:
        for job_id in (beginning, drawing):
            assert later.wait_until(job_id, "completed", "failed").state == "completed"
            assert row_of(later, job_id).attempts == 1, "an interruption is no attempt"


def test_a_job_that_the_server_died_over_repeatedly_rests_and_runs_again(idle: Studio) -> None:
    job_id, other = idle.submit(), idle.submit("bob")
    died_while_drawing(idle, job_id, MAX_INTERRUPTIONS)
    with idle.restarted().running() as later:
        later.wait_until(other, "completed")
        assert [request.job_id for request in later.renderer.requests] == [other]
        later.clock.advance(rest_s(MAX_INTERRUPTIONS))
        later.services.jobs._scheduler.wake()
        later.wait_until(job_id, "completed")


def test_a_job_that_seems_to_kill_the_server_is_given_up(idle: Studio) -> None:
    job_id = idle.submit()
    died_while_drawing(idle, job_id, MAX_INTERRUPTIONS + 1)
    with idle.restarted().running() as later:
        failed = later.wait_until(job_id, "failed")
        assert (failed.error, failed.retry_allowed) == ("Interrupted", True)
        assert "4 times in a row" in (failed.error_message or "")
        assert later.renderer.requests == []


@pytest.mark.parametrize(
    ("reports", "counted"), [([Progress(Step.LOCATING, 0.0), Progress(Step.DRAWING, 0.5)], 1), ([], 0)]
)
def test_a_death_counts_from_the_first_sign_of_life_on(studio: Studio, reports: list[Progress], counted: int) -> None:
    at_work = threading.Event()
    studio.renderer.reports, studio.renderer.held = reports, True
    studio.renderer.on_hold = at_work.set
    job_id = studio.submit()
    assert at_work.wait(PATIENCE_S)
    assert row_of(studio, job_id).interruptions == counted


def test_an_attempt_that_the_server_outlives_clears_the_job(studio: Studio) -> None:
    studio.renderer.troubles = [Passing("The map server is busy.")]
    job_id = studio.submit()
    wait_until(lambda: studio.renderer.requests)
    studio.wait_until(job_id, "pending")
    assert row_of(studio, job_id).interruptions == 0


def test_a_stop_that_was_asked_for_is_no_death(studio: Studio) -> None:
    studio.renderer.held = True
    drawing = studio.submit()
    studio.wait_until(drawing, "processing")
    set_columns(studio, drawing, interruptions=MAX_INTERRUPTIONS + 1)
    stop = threading.Thread(target=studio.services.jobs.stop, args=(PATIENCE_S,))
    stop.start()
    # Killed now, before the job had the time to finish, the server was still asked to stop.
    wait_until(lambda: not row_of(studio, drawing).interruptions)
    assert row_of(studio, drawing).state == "processing"
    studio.renderer.gate.release()
    stop.join()


def test_a_graceful_stop_puts_running_jobs_back(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = studio.submit()
    studio.wait_until(job_id, "processing")
    studio.services.jobs.stop(0)
    assert studio.services.jobs.get(job_id, HOUSE).state == "pending"
    with studio.restarted().running() as later:
        later.wait_until(job_id, "completed")
        assert row_of(later, job_id).attempts == 1


def test_a_graceful_stop_lets_jobs_finish(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = studio.submit()
    studio.wait_until(job_id, "processing")
    studio.renderer.gate.release()
    studio.services.jobs.stop(20)
    assert studio.services.jobs.get(job_id, HOUSE).state == "completed"


def test_a_job_whose_end_could_not_be_written_is_found_again(studio: Studio, monkeypatch) -> None:
    end, refused = studio.services.queue.finish, []

    def full(*args: object, **values: object) -> bool:
        if len(refused) < 5:
            refused.append(args)
            raise StorageFull("There is no room left on the disk for the database.")
        return end(*args, **values)

    monkeypatch.setattr(studio.services.queue, "finish", full)
    monkeypatch.setattr(studio.outside.background, "sleep", lambda _seconds=0: None)
    studio.renderer.troubles = [NoStreets("There are no streets there.")]
    job_id = studio.submit()
    studio.wait_until(job_id, "completed")
    assert len(refused) == 5
