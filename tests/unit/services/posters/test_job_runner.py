from __future__ import annotations

import pytest

from infra.events.events import Name
from mural.errors import Cancelled, NoStreets, NotAllowed
from services.accounts.actors import HOUSE, Actor
from services.posters import publishing
from tests.support.posters import Passing, Studio
from tests.support.waiting import wait_until

ANN = Actor("ann")


def test_a_failure_for_good_is_told_in_a_sentence(studio: Studio) -> None:
    studio.renderer.troubles = [NoStreets("There are no streets there.")]
    job_id = studio.submit()
    failed = studio.wait_until(job_id, "failed").to_json()
    assert (failed["error"], failed["error_message"]) == ("NoStreets", "There are no streets there.")
    assert failed["retry_allowed"] is False
    assert 0 < failed["progress"] < 100
    assert "failed_at" in failed
    [event] = studio.listener.wait_for(Name.GENERATION_FAILED)
    assert event.payload["message"] == "There are no streets there."
    assert event.payload["retry_possible"] is False


def test_trouble_that_may_pass_is_waited_out(studio: Studio) -> None:
    studio.renderer.troubles = [Passing("The map server is busy."), Passing("Still busy.")]
    job_id = studio.submit()
    for delay_s in (5, 10):
        studio.wait_until(job_id, "pending")
        message = wait_until(lambda: studio.services.jobs.get(job_id, HOUSE).message)
        assert f"Trying again in {delay_s} s." in message
        attempts = len(studio.renderer.requests)
        studio.clock.advance(delay_s - 1)
        studio.services.jobs._scheduler.wake()
        assert len(studio.renderer.requests) == attempts
        studio.clock.advance(1)
        studio.services.jobs._scheduler.wake()
        if delay_s == 5:
            wait_until(lambda: len(studio.renderer.requests) == 2)
            wait_until(lambda: studio.services.jobs.get(job_id, HOUSE).state != "processing")
    done = studio.wait_until(job_id, "completed")
    assert done.error_message is None
    assert len(studio.renderer.requests) == 3


def test_after_three_retries_it_has_failed(studio: Studio) -> None:
    studio.renderer.troubles = [Passing(f"Busy {number}.") for number in range(1, 6)]
    job_id = studio.submit()
    for attempt in range(1, 4):
        wait_until(lambda attempt=attempt: len(studio.renderer.requests) == attempt)
        studio.wait_until(job_id, "pending")
        studio.clock.advance(100)
        studio.services.jobs._scheduler.wake()
    failed = studio.wait_until(job_id, "failed")
    assert (failed.error_message, failed.retry_allowed) == ("Busy 4.", True)
    assert len(studio.renderer.requests) == 4


def test_what_a_job_is_to_make_is_told_to_its_owner_only(studio: Studio) -> None:
    job_id = studio.services.posters.submit(studio.wish(rotation_deg=30), Actor("ann")).job.job_id
    assert studio.services.jobs.design_of(job_id, Actor("ann")).rotation_deg == 30
    with pytest.raises(NotAllowed):
        studio.services.jobs.design_of(job_id, Actor("bob"))


def test_an_error_of_the_program_fails_the_job_and_nothing_else(studio: Studio) -> None:
    studio.renderer.troubles = [ZeroDivisionError("secret detail")]
    job_id = studio.submit()
    failed = studio.wait_until(job_id, "failed")
    assert "secret" not in (failed.error_message or "")
    assert studio.made().state == "completed"


def test_a_disk_that_fills_up_in_the_middle_fails_the_job_cleanly(studio: Studio) -> None:
    def full(_request: object) -> None:
        raise OSError(28, "No space left on device")

    studio.renderer.on_render = full
    job_id = studio.submit()
    failed = studio.wait_until(job_id, "failed")
    assert (failed.error, failed.retry_allowed) == ("StorageFull", True)
    studio.renderer.on_render = lambda _request: None
    again = studio.services.jobs.retry(job_id, ANN)
    assert studio.wait_until(again.job_id, "completed").original_job_id == job_id
    assert list((studio.config.posters_dir / ".making").iterdir()) == []


def test_a_database_in_trouble_at_the_end_costs_an_attempt_and_leaves_no_orphan(studio: Studio, monkeypatch) -> None:
    complete, calls = publishing._complete_with, []

    def trouble_first(*args: object) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise Passing("The database is busy.")
        complete(*args)

    monkeypatch.setattr(publishing, "_complete_with", trouble_first)
    job_id = studio.submit()
    wait_until(lambda: calls)
    studio.wait_until(job_id, "pending")
    assert list(studio.services.files.ids()) == []
    studio.clock.advance(10)
    studio.services.jobs._scheduler.wake()
    done = studio.wait_until(job_id, "completed")
    assert done.poster is not None
    assert list(studio.services.files.ids()) == [done.poster.id]


def test_a_cancelled_render_without_a_stop_goes_back_into_the_queue(studio: Studio) -> None:
    studio.renderer.troubles = [Cancelled("stopped")]
    job_id = studio.submit()
    assert studio.wait_until(job_id, "completed").state == "completed"
    assert len(studio.renderer.requests) == 2


def test_the_news_of_the_end_waits_for_a_busy_database(studio: Studio, monkeypatch) -> None:
    followers, refused = studio.services.job_store.followers, []

    def busy_first(job_id: str):
        if studio.services.jobs.get(job_id, HOUSE).state == "completed" and not refused:
            refused.append(job_id)
            raise Passing("The database is busy.")
        return followers(job_id)

    monkeypatch.setattr(studio.services.job_store, "followers", busy_first)
    job_id = studio.submit()
    [news] = studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert (news.payload["request_id"], refused) == (job_id, [job_id])
