from __future__ import annotations

import pytest
from sqlalchemy import select

from mural.errors import NotFound
from services.db.models import BatchItemRow
from services.requests import PosterQuery
from tests.support.posters import Studio, make_config, make_studio

DAY_S = 86_400


def made(studio: Studio, **changes: object) -> str:
    job = studio.services.posters.submit(studio.other_wish(**changes), "ann").job
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
    assert studio.services.jobs._shop.store.count() == 1


def test_jobs_and_batches_go_with_their_posters(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, RETENTION_DAYS="30"))
    batches = studio.services.batches
    with studio.running():
        old = batches.submit([studio.other_wish(), studio.other_wish()], "ann")
        for job in old.jobs:
            studio.wait_until(job.job_id, "completed")
        studio.clock.advance(20 * DAY_S)
        young = batches.submit([studio.other_wish()], "ann")
        studio.wait_until(young.jobs[0].job_id, "completed")
        studio.clock.advance(11 * DAY_S)
        studio.renderer.held = True
        waiting = studio.services.posters.submit(studio.other_wish(), "ann").job.job_id
        studio.wait_until(waiting, "processing")
        studio.clock.advance(1)
        studio.services.housekeeping.tidy()
        with pytest.raises(NotFound):
            batches.get(old.id)
        with pytest.raises(NotFound):
            studio.services.jobs.get(old.jobs[0].job_id)
        assert len(batches.archive(young.id)) == 1
        assert studio.services.jobs.get(waiting).state == "processing"
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
    assert studio.services.posters.mine("ann", PosterQuery()).total == 1
    missed = studio.services.gallery.resume(studio.services.gallery.page().epoch, 2)
    assert [event["event"] for event in missed.events] == ["gallery:poster_removed"]
    studio.services.jobs.stop(0)
    studio.services.database.close()
