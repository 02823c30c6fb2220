from __future__ import annotations

import pytest

from infra.events.events import Name
from mural.errors import Conflict, NotAllowed, NotFound
from mural.jobs.progress import Step, percentage
from mural.worker.protocol import Progress
from services.accounts.actors import HOUSE, Actor
from services.accounts.permissions import Role
from tests.support.posters import Studio

ANN = Actor("ann")


def test_a_running_job_tells_its_step_and_its_end(studio: Studio) -> None:
    studio.renderer.held = True
    studio.renderer.reports = [Progress(Step.DRAWING, 0.5), Progress(Step.MAP_DATA, 0.1, "map server busy")]
    job_id = studio.submit()
    studio.listener.wait_for(Name.GENERATION_PROGRESS, 1)
    studio.wait_until(job_id, "processing")
    view = next(view for view in iter(lambda: studio.services.jobs.get(job_id, HOUSE), None) if view.message)
    body = view.to_json()
    drawn = percentage(Step.DRAWING, 0.5)
    assert (body["status"], body["progress"], body["current_step"]) == ("processing", drawn, "obtaining map data")
    assert body["started_at"] == "2026-01-19T15:30:52.000Z"
    assert "estimated_completion" in body
    assert "result" not in body
    studio.renderer.gate.release()
    done = studio.wait_until(job_id, "completed").to_json()
    assert (done["progress"], done["completed_at"]) == (100, "2026-01-19T15:30:52.000Z")
    assert done["result"]["dimensions"] == {"width": 3600, "height": 4800, "dpi": 300}


def test_events_come_in_order_to_those_concerned(studio: Studio) -> None:
    job_id = studio.submit()
    [completed] = studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert completed.rooms == (f"job:{job_id}", "session:ann")
    assert set(completed.payload) == {"request_id", "poster", "processing_time", "timestamp"}
    names = [event.name for event in studio.listener.events if event.name != Name.GALLERY_MAKING]
    assert names[-2:] == [Name.GALLERY_POSTER_ADDED, Name.GENERATION_COMPLETED]
    assert set(names[:-2]) <= {Name.GENERATION_PROGRESS}
    for event in studio.listener.named(Name.GENERATION_PROGRESS):
        assert {"request_id", "progress", "status", "message", "timestamp"} <= set(event.payload)


def test_the_poster_can_be_fetched_when_anybody_hears_of_it(studio: Studio) -> None:
    fetched: list[bytes] = []
    publish = studio.listener.publish

    def fetch_then_publish(event) -> None:
        if event.name in {Name.GALLERY_POSTER_ADDED, Name.GENERATION_COMPLETED}:
            ident = event.payload["poster"]["id"]
            fetched.append(studio.services.posters.file(ident, "poster", HOUSE).path.read_bytes())
            assert studio.services.gallery.page().posters[0].id == ident
        publish(event)

    studio.listener.publish = fetch_then_publish
    studio.submit()
    studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert len(fetched) == 2


def test_estimates_are_learned_from_what_was_made_before(studio: Studio) -> None:
    studio.renderer.on_render = lambda _request: studio.clock.advance(42)
    studio.made()
    studio.listener.wait_for(Name.GENERATION_COMPLETED)
    another = studio.services.posters.submit(studio.other_wish(), Actor("ann")).job
    assert another.estimated_duration_s == pytest.approx(42, 0.01)
    studio.wait_until(another.job_id, "completed")
    with studio.restarted().running() as later:
        job = later.services.posters.submit(later.other_wish(theme="paper"), Actor("cy")).job
        assert job.estimated_duration_s == pytest.approx(42, 0.01)


def test_a_waiting_job_is_cancelled_at_once(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = studio.submit("bob"), studio.submit()
    studio.wait_until(running, "processing")
    view = studio.services.jobs.cancel(waiting, ANN)
    assert view.to_json()["status"] == "cancelled"
    assert "cancelled_at" in view.to_json()
    [event] = studio.listener.wait_for(Name.GENERATION_CANCELLED)
    assert event.payload["request_id"] == waiting
    studio.renderer.gate.release()
    studio.wait_until(running, "completed")
    assert len(studio.renderer.requests) == 1


def test_a_running_job_is_stopped_and_makes_room(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = studio.submit(), studio.submit("bob")
    studio.wait_until(running, "processing")
    studio.services.jobs.cancel(running, ANN)
    studio.wait_until(waiting, "processing")
    studio.renderer.gate.release()
    studio.wait_until(waiting, "completed")
    assert studio.services.jobs.get(running, HOUSE).state == "cancelled"
    assert [poster.job_id for poster in studio.services.gallery.page().posters] == [waiting]
    names = [event.name for event in studio.listener.events if event.payload.get("request_id") == running]
    assert names[-1] == Name.GENERATION_CANCELLED


def test_a_job_cancelled_in_its_last_moment_leaves_nothing_on_the_wall(studio: Studio) -> None:
    def cancel_meanwhile(request) -> None:
        studio.services.jobs._end_cancelled(request.job_id)

    studio.renderer.on_render = cancel_meanwhile
    job_id = studio.submit()
    studio.wait_until(job_id, "cancelled")
    studio.renderer.on_render = lambda _request: None
    studio.made()
    assert job_id not in [poster.job_id for poster in studio.services.gallery.page().posters]
    assert len(list(studio.services.files.ids())) == 1
    assert studio.services.jobs.get(job_id, HOUSE).state == "cancelled"


def test_what_has_ended_cannot_be_cancelled(studio: Studio) -> None:
    job = studio.made()
    with pytest.raises(Conflict) as refused:
        studio.services.jobs.cancel(job.job_id, ANN)
    assert refused.value.facts["status"] == "completed"


def test_a_job_belongs_to_its_owner(idle: Studio) -> None:
    job_id = idle.submit()
    for change in (idle.services.jobs.cancel, idle.services.jobs.retry):
        with pytest.raises(NotAllowed):
            change(job_id, Actor("bob"))
        with pytest.raises(NotFound):
            change("nope", ANN)
    assert idle.services.jobs.cancel(job_id, Actor("root", Role.ADMIN)).state == "cancelled"


def test_a_job_that_others_wait_for_goes_on(idle: Studio) -> None:
    job = idle.services.posters.submit(idle.wish(), Actor("ann")).job
    assert idle.services.posters.submit(idle.wish(), Actor("bob")).job.job_id == job.job_id
    with pytest.raises(Conflict, match="Somebody else"):
        idle.services.jobs.cancel(job.job_id, ANN)
    assert idle.services.jobs.get(job.job_id, HOUSE).state == "pending"


def test_only_failed_and_cancelled_jobs_are_repeated(idle: Studio) -> None:
    job_id = idle.submit()
    with pytest.raises(Conflict) as refused:
        idle.services.jobs.retry(job_id, ANN)
    assert refused.value.facts["status"] == "pending"
    idle.services.jobs.cancel(job_id, ANN)
    again = idle.services.jobs.retry(job_id, ANN)
    assert again.job_id != job_id
    assert (again.state, again.original_job_id) == ("pending", job_id)
    assert idle.services.jobs.retry(job_id, ANN).job_id == again.job_id
