"""What is committed stands, whether or not anybody was told of it: on real threads, with a publisher that fails."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from infra.events.events import Event, Name
from services.accounts.actors import HOUSE, Actor
from services.posters.store import from_sidecar
from services.posters.views import PosterView
from tests.support.posters import Studio

ANN = Actor("ann")


class Deaf:
    """Fails where the wall is told something, until it is mended; counts how often."""

    def __init__(self, studio: Studio, names: tuple[str, ...]) -> None:
        self.failures = 0
        self.failed = threading.Semaphore(0)
        self._names = names
        self._heard = studio.listener.publish
        studio.listener.publish = self.publish

    def publish(self, event: Event) -> None:
        if event.name in self._names:
            self.failures += 1
            self.failed.release()
            raise ConnectionError("the bus is gone")
        self._heard(event)


WALL = (Name.GALLERY_POSTER_ADDED, Name.GALLERY_POSTER_REMOVED)


@pytest.fixture
def deaf(studio: Studio) -> Iterator[Deaf]:
    return Deaf(studio, WALL)


def made(studio: Studio, **changes: object) -> PosterView:
    poster = studio.wait_until(studio.submit(**changes), "completed", "failed").poster
    assert poster is not None
    return poster


def told_later(studio: Studio, seq: int) -> list[str]:
    """What somebody hears who was away since a number of the wall."""
    gallery = studio.services.gallery
    return [event.event for event in gallery.resume(gallery.page().epoch, seq).events]


def test_a_poster_that_nobody_could_be_told_of_keeps_its_files(
    studio: Studio, deaf: Deaf, caplog: pytest.LogCaptureFixture
) -> None:
    poster = made(studio)
    assert studio.services.posters.file(poster.id, "poster", HOUSE).path.read_bytes()
    assert [one.id for one in studio.services.gallery.page().posters] == [poster.id]
    assert studio.services.jobs.get(poster.job_id, HOUSE).state == "completed"
    studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert deaf.failures == 1
    assert "gallery:poster_added could not be announced" in caplog.text
    assert told_later(studio, 0) == [Name.GALLERY_POSTER_ADDED]


def test_posters_made_at_once_all_keep_their_files(studio: Studio, deaf: Deaf) -> None:
    posters: list[PosterView] = []
    threads = [threading.Thread(target=lambda: posters.append(made(studio))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(posters) == deaf.failures == 4
    for poster in posters:
        assert studio.services.posters.file(poster.id, "thumbnail", HOUSE).path.exists()
    assert told_later(studio, 0) == [Name.GALLERY_POSTER_ADDED] * 4


def test_a_poster_that_came_down_unheard_stays_down(studio: Studio, deaf: Deaf) -> None:
    poster = made(studio)
    studio.services.posters.delete(poster.id, ANN)
    assert studio.services.gallery.page().posters == ()
    assert not studio.services.files.folder(poster.id).exists()
    assert told_later(studio, 1) == [Name.GALLERY_POSTER_REMOVED]
    assert deaf.failures == 2


def test_a_poster_that_was_hung_back_unheard_hangs_with_its_files(studio: Studio, deaf: Deaf) -> None:
    poster = made(studio)
    studio.services.posters.delete(poster.id, ANN)
    studio.services.posters.restore(poster.id, ANN)
    assert studio.services.posters.file(poster.id, "poster", HOUSE).path.read_bytes()
    assert told_later(studio, 2) == [Name.GALLERY_POSTER_ADDED]
    assert deaf.failures == 3


@pytest.mark.parametrize(("before", "after"), [("public", "private"), ("private", "public")])
def test_who_sees_a_poster_is_changed_whole_even_unheard(studio: Studio, deaf: Deaf, before: str, after: str) -> None:
    poster = made(studio, visibility=before)
    studio.services.posters.show_to(poster.id, after, ANN)
    facts = from_sidecar(poster.id, studio.services.files.sidecar(poster.id))
    assert (studio.services.posters.get(poster.id, ANN).visibility, facts.visibility) == (after, after)
    assert deaf.failures == (2 if before == "public" else 1)


def test_a_job_whose_end_nobody_could_be_told_of_has_ended(studio: Studio) -> None:
    deaf = Deaf(studio, (Name.GENERATION_COMPLETED,))
    first, second = made(studio), made(studio)
    states = {studio.services.jobs.get(one.job_id, HOUSE).state for one in (first, second)}
    assert states == {"completed"}
    assert deaf.failed.acquire(timeout=20)
    assert deaf.failed.acquire(timeout=20), "the thread that runs jobs goes on"


def test_a_job_is_cancelled_even_where_nobody_could_be_told(studio: Studio) -> None:
    studio.renderer.held = True
    job_id = studio.submit()
    studio.listener.wait_for(Name.GENERATION_PROGRESS)
    deaf = Deaf(studio, (Name.GENERATION_CANCELLED,))
    assert studio.services.jobs.cancel(job_id, ANN).state == "cancelled"
    assert deaf.failures == 1
