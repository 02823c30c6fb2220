from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from mural.errors import Cancelled, Conflict, NoStreets, NotAllowed, NotFound, StorageFull
from mural.jobs.progress import Step, percentage
from mural.jobs.retries import MAX_INTERRUPTIONS, rest_s
from mural.jobs.states import JobState
from mural.worker.protocol import Progress
from services.actors import Actor
from services.db.models import JobRow
from services.events import Name
from tests.support.posters import PATIENCE_S, Passing, Studio, make_config, make_studio
from tests.support.waiting import wait_until

ANN = Actor("ann")


def submit(studio: Studio, owner: str = "ann", **changes: object) -> str:
    return studio.services.posters.submit(studio.other_wish(**changes), owner).job.job_id


def released(studio: Studio, jobs: int = 1) -> None:
    for _ in range(jobs):
        studio.renderer.gate.release()


def set_columns(studio: Studio, job_id: str, **values: object) -> None:
    with studio.services.database.write() as session:
        session.execute(update(JobRow).where(JobRow.id == job_id).values(**values))


def row_of(studio: Studio, job_id: str) -> JobRow:
    with studio.services.database.read() as session:
        return session.get_one(JobRow, job_id)


# Progress


def test_a_running_job_tells_its_step_and_its_end(studio: Studio) -> None:
    studio.renderer.held = True
    studio.renderer.reports = [Progress(Step.DRAWING, 0.5), Progress(Step.MAP_DATA, 0.1, "map server busy")]
    job_id = submit(studio)
    studio.listener.wait_for(Name.GENERATION_PROGRESS, 1)
    studio.wait_until(job_id, "processing")
    view = next(view for view in iter(lambda: studio.services.jobs.get(job_id), None) if view.message)
    body = view.to_json()
    drawn = percentage(Step.DRAWING, 0.5)
    assert (body["status"], body["progress"], body["current_step"]) == ("processing", drawn, "obtaining map data")
    assert body["started_at"] == "2026-01-19T15:30:52.000Z"
    assert "estimated_completion" in body
    assert "result" not in body
    released(studio)
    done = studio.wait_until(job_id, "completed").to_json()
    assert (done["progress"], done["completed_at"]) == (100, "2026-01-19T15:30:52.000Z")
    assert done["result"]["dimensions"] == {"width": 3600, "height": 4800, "dpi": 300}


def test_events_come_in_order_to_those_concerned(studio: Studio) -> None:
    job_id = submit(studio)
    [completed] = studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert completed.rooms == (f"job:{job_id}", "session:ann")
    assert set(completed.payload) == {"request_id", "poster", "thumbnail_url", "processing_time", "timestamp"}
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
            fetched.append(studio.services.posters.file(ident, "poster").path.read_bytes())
            assert studio.services.gallery.page().posters[0].id == ident
        publish(event)

    studio.listener.publish = fetch_then_publish
    submit(studio)
    studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert len(fetched) == 2


# Fairness


def test_sessions_take_turns_and_previews_go_first(studio: Studio) -> None:
    studio.renderer.held = True
    first = submit(studio, "ann")
    studio.wait_until(first, "processing")
    waiting = [submit(studio, "ann"), submit(studio, "ann"), submit(studio, "bob"), submit(studio, "cy")]
    preview = submit(studio, "ann", preview=True)
    positions = {job_id: studio.services.jobs.get(job_id).queue_position for job_id in [*waiting, preview]}
    order = sorted(positions, key=lambda job_id: positions[job_id] or 0)
    assert order[:3] == [preview, waiting[2], waiting[3]]
    for job_id in [first, *order]:
        studio.wait_until(job_id, "processing")
        released(studio)
        studio.wait_until(job_id, "completed")
    assert [request.job_id for request in studio.renderer.requests] == [first, *order]


def test_one_print_of_a_session_at_a_time_and_no_more_than_the_workers(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RENDER_WORKERS="2"))
    studio.renderer.held = True
    studio.services.jobs.start()
    ann = [submit(studio, "ann"), submit(studio, "ann")]
    bob, cy = submit(studio, "bob"), submit(studio, "cy")
    for job_id in (ann[0], bob):
        studio.wait_until(job_id, "processing")
    assert [studio.services.jobs.get(job_id).state for job_id in (ann[1], cy)] == ["pending", "pending"]
    released(studio, 4)
    for job_id in (*ann, bob, cy):
        studio.wait_until(job_id, "completed")
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_those_who_wait_hear_that_they_move_up(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = submit(studio, "ann"), submit(studio, "bob")
    last = submit(studio, "cy")
    studio.wait_until(running, "processing")
    assert studio.services.jobs.get(last).queue_position == 2
    ends = [studio.services.jobs.get(job_id).estimated_completion for job_id in (running, waiting, last)]
    assert ends == sorted(ends)
    released(studio)
    studio.wait_until(waiting, "processing")

    def heard() -> bool:
        news = [event.payload for event in studio.listener.named(Name.GENERATION_PROGRESS)]
        return any(one["request_id"] == last and one.get("queue_position") == 1 for one in news)

    with studio.listener._heard:
        assert studio.listener._heard.wait_for(heard, 20)
    released(studio, 2)
    studio.wait_until(last, "completed")


# Trouble


def test_a_failure_for_good_is_told_in_a_sentence(studio: Studio) -> None:
    studio.renderer.troubles = [NoStreets("There are no streets there.")]
    job_id = submit(studio)
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
    job_id = submit(studio)
    for delay_s in (5, 10):
        studio.wait_until(job_id, "pending")
        message = wait_until(lambda: studio.services.jobs.get(job_id).message)
        assert f"Trying again in {delay_s} s." in message
        attempts = len(studio.renderer.requests)
        studio.clock.advance(delay_s - 1)
        studio.services.jobs._scheduler.wake()
        assert len(studio.renderer.requests) == attempts
        studio.clock.advance(1)
        studio.services.jobs._scheduler.wake()
        if delay_s == 5:
            wait_until(lambda: len(studio.renderer.requests) == 2)
            wait_until(lambda: studio.services.jobs.get(job_id).state != "processing")
    done = studio.wait_until(job_id, "completed")
    assert done.error_message is None
    assert len(studio.renderer.requests) == 3


def test_after_three_retries_it_has_failed(studio: Studio) -> None:
    studio.renderer.troubles = [Passing(f"Busy {number}.") for number in range(1, 6)]
    job_id = submit(studio)
    for attempt in range(1, 4):
        wait_until(lambda attempt=attempt: len(studio.renderer.requests) == attempt)
        studio.wait_until(job_id, "pending")
        studio.clock.advance(100)
        studio.services.jobs._scheduler.wake()
    failed = studio.wait_until(job_id, "failed")
    assert (failed.error_message, failed.retry_allowed) == ("Busy 4.", True)
    assert len(studio.renderer.requests) == 4


def test_what_a_job_is_to_make_is_told_to_its_owner_only(studio: Studio) -> None:
    job_id = studio.services.posters.submit(studio.wish(rotation_deg=30), "ann").job.job_id
    assert studio.services.jobs.design_of(job_id, Actor("ann")).rotation_deg == 30
    with pytest.raises(NotAllowed):
        studio.services.jobs.design_of(job_id, Actor("bob"))


def test_an_error_of_the_program_fails_the_job_and_nothing_else(studio: Studio) -> None:
    studio.renderer.troubles = [ZeroDivisionError("secret detail")]
    job_id = submit(studio)
    failed = studio.wait_until(job_id, "failed")
    assert "secret" not in (failed.error_message or "")
    assert studio.made().state == "completed"


def test_a_disk_that_fills_up_in_the_middle_fails_the_job_cleanly(studio: Studio) -> None:
    def full(_request: object) -> None:
        raise OSError(28, "No space left on device")

    studio.renderer.on_render = full
    job_id = submit(studio)
    failed = studio.wait_until(job_id, "failed")
    assert (failed.error, failed.retry_allowed) == ("StorageFull", True)
    studio.renderer.on_render = lambda _request: None
    again = studio.services.jobs.retry(job_id, ANN)
    assert studio.wait_until(again.job_id, "completed").original_job_id == job_id
    assert list((studio.config.posters_dir / ".making").iterdir()) == []


def test_a_database_in_trouble_at_the_end_costs_an_attempt_and_leaves_no_orphan(studio: Studio, monkeypatch) -> None:
    publishing = studio.services.jobs._shop.publishing
    hang, calls = publishing._hang, []

    def trouble_first(*args: object) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise Passing("The database is busy.")
        hang(*args)

    monkeypatch.setattr(publishing, "_hang", trouble_first)
    job_id = submit(studio)
    wait_until(lambda: calls)
    studio.wait_until(job_id, "pending")
    assert list(studio.services.files.ids()) == []
    studio.clock.advance(10)
    studio.services.jobs._scheduler.wake()
    done = studio.wait_until(job_id, "completed")
    assert done.poster is not None
    assert list(studio.services.files.ids()) == [done.poster.id]


# Cancelling and repeating


def test_a_waiting_job_is_cancelled_at_once(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = submit(studio, "bob"), submit(studio)
    studio.wait_until(running, "processing")
    view = studio.services.jobs.cancel(waiting, ANN)
    assert view.to_json()["status"] == "cancelled"
    assert "cancelled_at" in view.to_json()
    [event] = studio.listener.wait_for(Name.GENERATION_CANCELLED)
    assert event.payload["request_id"] == waiting
    released(studio)
    studio.wait_until(running, "completed")
    assert len(studio.renderer.requests) == 1


def test_a_running_job_is_stopped_and_makes_room(studio: Studio) -> None:
    studio.renderer.held = True
    running, waiting = submit(studio), submit(studio, "bob")
    studio.wait_until(running, "processing")
    studio.services.jobs.cancel(running, ANN)
    studio.wait_until(waiting, "processing")
    released(studio)
    studio.wait_until(waiting, "completed")
    assert studio.services.jobs.get(running).state == "cancelled"
    assert [poster.job_id for poster in studio.services.gallery.page().posters] == [waiting]
    names = [event.name for event in studio.listener.events if event.payload.get("request_id") == running]
    assert names[-1] == Name.GENERATION_CANCELLED


def test_a_job_cancelled_in_its_last_moment_leaves_nothing_on_the_wall(studio: Studio) -> None:
    def cancel_meanwhile(request) -> None:
        studio.services.jobs._end_cancelled(request.job_id)

    studio.renderer.on_render = cancel_meanwhile
    job_id = submit(studio)
    studio.wait_until(job_id, "cancelled")
    studio.renderer.on_render = lambda _request: None
    studio.made()
    assert job_id not in [poster.job_id for poster in studio.services.gallery.page().posters]
    assert len(list(studio.services.files.ids())) == 1
    assert studio.services.jobs.get(job_id).state == "cancelled"


def test_what_has_ended_cannot_be_cancelled(studio: Studio) -> None:
    job = studio.made()
    with pytest.raises(Conflict) as refused:
        studio.services.jobs.cancel(job.job_id, ANN)
    assert refused.value.facts["status"] == "completed"


def test_a_job_belongs_to_its_owner(idle: Studio) -> None:
    job_id = submit(idle)
    for change in (idle.services.jobs.cancel, idle.services.jobs.retry):
        with pytest.raises(NotAllowed):
            change(job_id, Actor("bob"))
        with pytest.raises(NotFound):
            change("nope", ANN)
    assert idle.services.jobs.cancel(job_id, Actor("root", admin=True)).state == "cancelled"


def test_a_job_that_others_wait_for_goes_on(idle: Studio) -> None:
    job = idle.services.posters.submit(idle.wish(), "ann").job
    assert idle.services.posters.submit(idle.wish(), "bob").job.job_id == job.job_id
    with pytest.raises(Conflict, match="Somebody else"):
        idle.services.jobs.cancel(job.job_id, ANN)
    assert idle.services.jobs.get(job.job_id).state == "pending"


def test_only_failed_and_cancelled_jobs_are_repeated(idle: Studio) -> None:
    job_id = submit(idle)
    with pytest.raises(Conflict) as refused:
        idle.services.jobs.retry(job_id, ANN)
    assert refused.value.facts["status"] == "pending"
    idle.services.jobs.cancel(job_id, ANN)
    again = idle.services.jobs.retry(job_id, ANN)
    assert again.job_id != job_id
    assert (again.state, again.original_job_id) == ("pending", job_id)
    assert idle.services.jobs.retry(job_id, ANN).job_id == again.job_id


# Stopping and starting


def test_waiting_jobs_survive_a_restart(idle: Studio) -> None:
    jobs = [submit(idle), submit(idle, "bob")]
    with idle.restarted().running() as later:
        for job_id in jobs:
            later.wait_until(job_id, "completed")


def died_while_drawing(studio: Studio, job_id: str, times: int) -> None:
    set_columns(studio, job_id, state=JobState.PROCESSING, attempts=1, interruptions=times)


def test_what_was_in_work_when_the_server_died_runs_again_at_once(idle: Studio) -> None:
    beginning, drawing = submit(idle), submit(idle, "bob")
    died_while_drawing(idle, beginning, 0)
    died_while_drawing(idle, drawing, 1)
    with idle.restarted().running() as later:
        for job_id in (beginning, drawing):
            assert later.wait_until(job_id, "completed", "failed").state == "completed"
            assert row_of(later, job_id).attempts == 1, "an interruption is no attempt"


def test_a_job_that_the_server_died_over_repeatedly_rests_and_runs_again(idle: Studio) -> None:
    job_id, other = submit(idle), submit(idle, "bob")
    died_while_drawing(idle, job_id, MAX_INTERRUPTIONS)
    with idle.restarted().running() as later:
        later.wait_until(other, "completed")
        assert [request.job_id for request in later.renderer.requests] == [other]
        later.clock.advance(rest_s(MAX_INTERRUPTIONS))
        later.services.jobs._scheduler.wake()
        later.wait_until(job_id, "completed")


def test_a_job_that_seems_to_kill_the_server_is_given_up(idle: Studio) -> None:
    job_id = submit(idle)
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
    job_id = submit(studio)
    assert at_work.wait(PATIENCE_S)
    assert row_of(studio, job_id).interruptions == counted


def test_an_attempt_that_the_server_outlives_clears_the_job(studio: Studio) -> None:
    studio.renderer.troubles = [Passing("The map server is busy.")]
    job_id = submit(studio)
    wait_until(lambda: studio.renderer.requests)
    studio.wait_until(job_id, "pending")
    assert row_of(studio, job_id).interruptions == 0


def test_a_stop_that_was_asked_for_is_no_death(studio: Studio) -> None:
    studio.renderer.held = True
    drawing = submit(studio)
    studio.wait_until(drawing, "processing")
    set_columns(studio, drawing, interruptions=MAX_INTERRUPTIONS + 1)
    stop = threading.Thread(target=studio.services.jobs.stop, args=(PATIENCE_S,))
    stop.start()
    # Killed now, before the job had the time to finish, the server was still asked to stop.
    wait_until(lambda: not row_of(studio, drawing).interruptions)
    assert row_of(studio, drawing).state == "processing"
    released(studio)
    stop.join()


def test_a_graceful_stop_puts_running_jobs_back(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = submit(studio)
    studio.wait_until(job_id, "processing")
    studio.services.jobs.stop(0)
    assert studio.services.jobs.get(job_id).state == "pending"
    with studio.restarted().running() as later:
        later.wait_until(job_id, "completed")
        assert row_of(later, job_id).attempts == 1


def test_a_graceful_stop_lets_jobs_finish(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = submit(studio)
    studio.wait_until(job_id, "processing")
    released(studio)
    studio.services.jobs.stop(20)
    assert studio.services.jobs.get(job_id).state == "completed"


def test_a_job_whose_end_could_not_be_written_is_found_again(studio: Studio, monkeypatch) -> None:
    end, refused = studio.services.jobs._shop.store.end, []

    def full(*args: object, **values: object) -> bool:
        if len(refused) < 5:
            refused.append(args)
            raise StorageFull("There is no room left on the disk for the database.")
        return end(*args, **values)

    monkeypatch.setattr(studio.services.jobs._shop.store, "end", full)
    monkeypatch.setattr(studio.outside.background, "sleep", lambda _seconds=0: None)
    studio.renderer.troubles = [NoStreets("There are no streets there.")]
    job_id = submit(studio)
    studio.wait_until(job_id, "completed")
    assert len(refused) == 5


def test_estimates_are_learned_from_what_was_made_before(studio: Studio) -> None:
    studio.renderer.on_render = lambda _request: studio.clock.advance(42)
    studio.made()
    studio.listener.wait_for(Name.GENERATION_COMPLETED)
    another = studio.services.posters.submit(studio.other_wish(), "ann").job
    assert another.estimated_duration_s == pytest.approx(42, 0.01)
    studio.wait_until(another.job_id, "completed")
    with studio.restarted().running() as later:
        job = later.services.posters.submit(later.other_wish(theme="paper"), "cy").job
        assert job.estimated_duration_s == pytest.approx(42, 0.01)


def test_a_cancelled_render_without_a_stop_goes_back_into_the_queue(studio: Studio) -> None:
    studio.renderer.troubles = [Cancelled("stopped")]
    job_id = submit(studio)
    assert studio.wait_until(job_id, "completed").state == "completed"
    assert len(studio.renderer.requests) == 2


def test_a_busy_database_costs_no_place_to_run(studio: Studio, monkeypatch) -> None:
    store = studio.services.making.job_store
    claim, refused = store.claim, []

    def busy_first(job_id: str) -> bool:
        if not refused:
            refused.append(job_id)
            raise Passing("The database is busy.")
        return claim(job_id)

    monkeypatch.setattr("services.loop.AFTER_TROUBLE_S", 0.0)
    monkeypatch.setattr(store, "claim", busy_first)
    job_id = submit(studio)
    studio.wait_until(job_id, "completed")
    assert refused == [job_id]


def test_the_news_of_the_end_waits_for_a_busy_database(studio: Studio, monkeypatch) -> None:
    followers, refused = studio.services.making.job_store.followers, []

    def busy_first(job_id: str):
        if studio.services.jobs.get(job_id).state == "completed" and not refused:
            refused.append(job_id)
            raise Passing("The database is busy.")
        return followers(job_id)

    monkeypatch.setattr(studio.services.making.job_store, "followers", busy_first)
    job_id = submit(studio)
    [news] = studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert (news.payload["request_id"], refused) == (job_id, [job_id])
