"""What a kill leaves behind is settled at the next start: between filing and committing, and in a take-down."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from infra.db.models import JobRow, PosterRow
from infra.events.events import Name
from infra.events.streams import Kept
from infra.processes.cancellation import CancelToken
from mural.errors import NotFound, Unavailable
from services.accounts.actors import HOUSE, Actor
from services.posters.files import SIDECAR
from services.posters.views import PosterView
from tests.support.posters import Studio


class Killed(BaseException):
    """The process ends here: nothing that follows is run."""


def killed_before_commit(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Run a job up to the moment between its files and its row; give the ids of the job and of the poster."""
    shop = studio.services.jobs._shop
    job_id = studio.services.posters.submit(studio.wish(), Actor("ann")).job.job_id
    lease = shop.queue.claim(job_id)
    assert lease is not None

    def kill(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(shop.publishing, "_hang", kill)
        patched.setattr(studio.services.files, "remove", lambda _poster_id: None)
        with pytest.raises(Killed):
            studio.services.jobs._scheduler._runner.run(lease, CancelToken(), lambda: None)
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
    job = later.services.jobs.get(job_id, HOUSE)
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
    assert later.services.jobs.get(job_id, HOUSE).state == "cancelled"
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


def made(studio: Studio) -> PosterView:
    poster = studio.made().poster
    assert poster is not None
    return poster


def test_a_take_down_that_a_kill_cut_off_is_finished(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    poster = made(studio)

    def kill(*_args: object, **_named: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("services.posters.publishing.erase", kill)
        patched.setattr(studio.services.files, "bring_back", lambda _poster_id: None)
        with pytest.raises(Killed):
            studio.services.posters.delete(poster.id, Actor("ann"))
    assert [one.id for one in studio.services.gallery.page().posters] == [poster.id], "its row is still there"
    later = restarted(studio)
    assert later.services.gallery.page().posters == ()
    assert later.services.jobs.get(poster.job_id, HOUSE).city == ""
    assert [event.payload for event in later.listener.named(Name.GALLERY_POSTER_REMOVED)] == [
        {"seq": 2, "id": poster.id}
    ]
    assert list(studio.config.posters_dir.rglob(SIDECAR)) == []
    ended(later)


def test_a_poster_whose_files_cannot_be_moved_away_stays_and_says_so(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster = made(studio)

    def refuse(*_args: object) -> None:
        raise PermissionError("the disk is read only")

    with monkeypatch.context() as patched:
        patched.setattr("services.posters.files._rename_for_good", refuse)
        with pytest.raises(Unavailable, match="so it stays"):
            studio.services.posters.delete(poster.id, Actor("ann"))
    assert studio.services.posters.get(poster.id, HOUSE) == poster
    assert studio.services.posters.file(poster.id, "poster", HOUSE).size > 0
    studio.services.posters.delete(poster.id, Actor("ann"))
    assert studio.services.gallery.page().posters == ()


def test_a_take_down_that_the_database_did_not_keep_leaves_the_poster_whole(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster = made(studio)
    used = studio.services.files.used_bytes

    def busy(*_args: object) -> None:
        raise Unavailable("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr("services.posters.wall_news.append_removed", busy)
        with pytest.raises(Unavailable):
            studio.services.posters.delete(poster.id, Actor("ann"))
    assert studio.services.posters.file(poster.id, "poster", HOUSE).size > 0
    assert studio.services.files.used_bytes == used
    assert studio.services.jobs.get(poster.job_id, HOUSE).poster == poster


def test_two_who_take_it_down_at_once_bring_nothing_back(studio: Studio) -> None:
    poster = made(studio)
    publishing = studio.services.jobs._shop.publishing
    assert publishing.set_aside(poster.id) is not None
    with pytest.raises(NotFound):
        publishing.take_down(poster.id)
    assert not studio.services.files.folder(poster.id).exists()


def test_before_the_first_start_a_command_takes_the_files_away_too(idle: Studio) -> None:
    folder = idle.services.files.folder("ab" * 16)
    folder.mkdir(parents=True)
    assert idle.services.files.set_aside("ab" * 16) is True
    assert not folder.exists()


def test_what_an_earlier_version_left_in_the_news_is_withdrawn(studio: Studio) -> None:
    gone, kept = made(studio), made(studio)
    with studio.services.database.write() as session:
        session.execute(delete(PosterRow).where(PosterRow.id == gone.id))
    epoch = studio.services.gallery.page().epoch
    later = restarted(studio)
    first, second = later.services.gallery.resume(epoch, 0).events
    assert first == Kept(1, Name.GALLERY_POSTER_REMOVED, {"seq": 1, "id": gone.id})
    assert second.facts["poster"]["id"] == kept.id
    ended(later)
