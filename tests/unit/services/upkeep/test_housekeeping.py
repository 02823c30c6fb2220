from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from infra.db.models import BatchItemRow, JobRow
from mural.errors import NotFound
from services.accounts.actors import HOUSE, Actor
from services.posters.requests import PosterQuery
from services.themes.files import ThemeFiles
from tests.support.credits import wish
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio, make_config, make_studio

DAY_S = 86_400


def made(studio: Studio, **changes: object) -> str:
    job = studio.services.posters.submit(studio.other_wish(**changes), Actor("ann")).job
    poster = studio.wait_until(job.job_id, "completed").poster
    assert poster is not None
    return poster.id


def test_previews_expire_after_a_day_and_posters_stay(studio: Studio) -> None:
    preview, poster = made(studio, preview=True), made(studio)
    studio.clock.advance(DAY_S - 60)
    studio.services.housekeeping.tidy()
    assert set(studio.services.files.ids()) == {preview, poster}
    studio.clock.advance(3 * DAY_S)
    studio.services.housekeeping.tidy()
    assert list(studio.services.files.ids()) == [poster]
    assert studio.services.queue.count() == 1


def test_jobs_and_batches_go_with_their_posters(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    batches = studio.services.batches
    with studio.running():
        old = batches.submit([studio.other_wish(), studio.other_wish()], Actor("ann"))
        for job in old.jobs:
            studio.wait_until(job.job_id, "completed")
        studio.clock.advance(20 * DAY_S)
        young = batches.submit([studio.other_wish()], Actor("ann"))
        studio.wait_until(young.jobs[0].job_id, "completed")
        studio.clock.advance(11 * DAY_S)
        studio.renderer.held = True
        waiting = studio.submit()
        studio.wait_until(waiting, "processing")
        studio.clock.advance(1)
        studio.services.housekeeping.tidy()
        with pytest.raises(NotFound):
            batches.get(old.id, HOUSE)
        with pytest.raises(NotFound):
            studio.services.jobs.get(old.jobs[0].job_id, HOUSE)
        assert len(batches.archive(young.id, HOUSE)) == 1
        assert studio.services.jobs.get(waiting, HOUSE).state == "processing"
        with studio.services.database.read() as session:
            assert len(session.scalars(select(BatchItemRow)).all()) == 1


def test_posters_are_kept_as_long_as_the_installation_says(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    studio.services.jobs.start()
    made(studio)
    studio.clock.advance(20 * DAY_S)
    young = made(studio)
    studio.clock.advance(11 * DAY_S)
    studio.services.housekeeping.tidy()
    assert [poster.id for poster in studio.services.gallery.page().posters] == [young]
    assert studio.services.posters.mine(Actor("ann"), PosterQuery()).total == 1
    missed = studio.services.gallery.resume(studio.services.gallery.page().epoch, 2)
    assert [event.event for event in missed.events] == ["gallery:poster_removed"]
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_what_left_no_poster_goes_after_a_while_and_what_has_one_stays(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.upkeep.housekeeping.AT_ONCE", 1)
    services, jobs = studio.services, studio.services.jobs
    kept = services.batches.submit([studio.other_wish(), studio.other_wish()], Actor("ann"))
    lost = services.batches.submit([studio.other_wish(), studio.other_wish()], Actor("ann"))
    for job in (*kept.jobs, *lost.jobs):
        studio.wait_until(job.job_id, "completed")
    left = services.batches.get(kept.id, HOUSE).jobs[1].poster
    assert left is not None
    for job in (kept.jobs[0], *lost.jobs):
        poster = jobs.get(job.job_id, HOUSE).poster
        assert poster is not None
        services.posters.delete(poster.id, Actor("ann"))
    studio.clock.advance(89 * DAY_S)
    services.housekeeping.tidy()
    assert services.queue.count() == 4
    studio.clock.advance(2 * DAY_S)
    services.housekeeping.tidy()
    assert [job.poster for job in services.batches.get(kept.id, HOUSE).jobs] == [left]
    with pytest.raises(NotFound):
        services.batches.get(lost.id, HOUSE)
    assert services.queue.count() == 1


def test_a_batch_of_posters_that_were_there_before_stays_as_long_as_one_is_left(studio: Studio) -> None:
    services = studio.services
    wish = studio.other_wish()
    poster = studio.wait_until(services.posters.submit(wish, Actor("ann")).job.job_id, "completed").poster
    assert poster is not None
    batch = services.batches.submit([wish], Actor("ann"))
    with services.database.write() as session:
        session.execute(delete(JobRow))  # as after a rebuild from the sidecars
    studio.clock.advance(91 * DAY_S)
    services.housekeeping.tidy()
    assert services.batches.get(batch.id, HOUSE).jobs[0].poster == poster
    services.posters.delete(poster.id, Actor("ann"))
    services.housekeeping.tidy()
    with pytest.raises(NotFound):
        services.batches.get(batch.id, HOUSE)


def test_visitors_themes_go_with_the_time_the_installation_says(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    themes, files = studio.services.own_themes, ThemeFiles(studio.config.own_themes_dir)
    old = themes.create(Actor("ann"), PLAIN_THEME)
    studio.clock.advance(20 * DAY_S)
    young = themes.create(Actor("ann"), PLAIN_THEME)
    studio.clock.advance(11 * DAY_S)
    studio.services.housekeeping.tidy()
    assert themes.of(Actor("ann")) == [young]
    assert files.ids() == {young.id}
    with pytest.raises(NotFound):
        themes.get(old.id)
    studio.services.database.close()


def test_what_was_made_while_the_clock_was_ahead_has_its_time_from_now_on(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    studio.services.jobs.start()
    studio.clock.set_by(400 * DAY_S)
    preview, poster = made(studio, preview=True), made(studio)
    studio.clock.set_by(-400 * DAY_S)
    studio.services.housekeeping.tidy()
    assert set(studio.services.files.ids()) == {preview, poster}
    studio.clock.advance(1.5 * DAY_S)
    studio.services.housekeeping.tidy()
    assert list(studio.services.files.ids()) == [poster]
    studio.clock.advance(30 * DAY_S)
    studio.services.housekeeping.tidy()
    assert list(studio.services.files.ids()) == []
    assert studio.services.queue.count() == 0
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_a_clock_that_is_put_on_by_mistake_deletes_nothing_for_a_day(
    tmp_path, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    studio.services.jobs.start()
    poster = made(studio)
    studio.clock.set_by(400 * DAY_S)
    for _ in range(23):
        studio.services.housekeeping.tidy()
        studio.clock.advance(3600)
    assert "The clock was put on by 9600 hours" in caplog.text
    studio.clock.set_by(-400 * DAY_S)
    studio.services.housekeeping.tidy()
    assert list(studio.services.files.ids()) == [poster]
    studio.clock.set_by(400 * DAY_S)
    studio.services.housekeeping.tidy()
    studio.clock.advance(25 * 3600)
    studio.services.housekeeping.tidy()
    assert list(studio.services.files.ids()) == [], "who lets it stand means it"
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_credits_that_were_put_aside_for_too_long_come_back(sqlite_studio: Studio) -> None:
    ledger = sqlite_studio.services.credits
    ledger.reserve("ann", wish("r", 20))
    sqlite_studio.services.housekeeping.tidy()
    assert ledger.balance("ann").total == 30
    sqlite_studio.clock.advance(DAY_S / 2)
    sqlite_studio.services.housekeeping.tidy()
    assert ledger.balance("ann").total == 50
