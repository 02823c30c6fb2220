"""What a kill between filing a poster and committing its row leaves behind is settled at the next start."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from services.db.models import JobRow, PosterRow
from services.events import Name
from services.files import SIDECAR
from services.making.cancellation import CancelToken
from tests.support.posters import Studio


class Killed(BaseException):
    """The process ends here: nothing that follows is run."""


def killed_before_commit(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Run a job up to the moment between its files and its row; give the ids of the job and of the poster."""
    shop = studio.services.jobs._shop
    job_id = studio.services.posters.submit(studio.wish(), "ann").job.job_id
    assert shop.store.claim(job_id)

    def kill(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(shop.publishing, "_hang", kill)
        patched.setattr(studio.services.files, "remove", lambda _poster_id: None)
        with pytest.raises(Killed):
            studio.services.jobs._scheduler._runner._make(job_id, CancelToken(), lambda: None)
    [poster_id] = studio.services.files.ids()
    return job_id, poster_id


def restarted(studio: Studio) -> Studio:
    later = studio.restarted()
    later.services.jobs.start()
    return later


def ended(studio: Studio) -> None:
    studio.services.jobs.stop(0)
    studio.services.database.close()


def test_a_filed_poster_without_its_row_is_adopted(idle: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, poster_id = killed_before_commit(idle, monkeypatch)
    later = restarted(idle)
    job = later.services.jobs.get(job_id)
    assert (job.state, job.poster and job.poster.id) == ("completed", poster_id)
    assert [poster.id for poster in later.services.gallery.page().posters] == [poster_id]
    assert later.renderer.requests == []
    assert [event.payload["seq"] for event in later.listener.named(Name.GALLERY_POSTER_ADDED)] == [1]
    ended(later)


def test_the_folder_of_a_job_that_was_cancelled_is_cleaned(idle: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id, _ = killed_before_commit(idle, monkeypatch)
    idle.services.jobs._end_cancelled(job_id)
    later = restarted(idle)
    assert list(later.services.files.ids()) == []
    assert later.services.jobs.get(job_id).state == "cancelled"
    ended(later)


def test_a_poster_deleted_in_the_last_moment_does_not_come_back(studio: Studio) -> None:
    poster = studio.made().poster
    assert poster is not None
    with studio.services.database.write() as session:
        session.execute(delete(PosterRow).where(PosterRow.id == poster.id))
    later = restarted(studio)
    assert not later.services.files.folder(poster.id).exists()
    ended(later)


def test_a_folder_nobody_knows_is_left_for_a_person(studio: Studio, caplog: pytest.LogCaptureFixture) -> None:
    poster = studio.made().poster
    assert poster is not None
    with studio.services.database.write() as session:
        session.execute(delete(PosterRow))
        session.execute(delete(JobRow))
    later = restarted(studio)
    assert later.services.files.folder(poster.id).exists()
    assert poster.id in caplog.text
    ended(later)


def test_a_damaged_folder_does_not_stop_the_start(
    idle: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    job_id, poster_id = killed_before_commit(idle, monkeypatch)
    (idle.services.files.folder(poster_id) / SIDECAR).write_text("{")
    later = restarted(idle)
    later.wait_until(job_id, "completed")
    assert len(later.renderer.requests) == 1
    assert poster_id in caplog.text
    ended(later)
