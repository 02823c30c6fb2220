from __future__ import annotations

import json
import threading

import pytest

from infra.events.events import GALLERY_ROOM, Name
from infra.events.streams import Resume
from mural.errors import InvalidInput
from services.accounts.actors import Actor
from services.posters.views import PosterView
from services.posters.wall_news import WALL, append_removed
from tests.support.posters import Studio


def made(studio: Studio, count: int, **changes: object) -> list[PosterView]:
    """Have posters made one after the other."""
    posters = []
    for _ in range(count):
        job = studio.services.posters.submit(studio.other_wish(**changes), Actor("ann")).job
        poster = studio.wait_until(job.job_id, "completed").poster
        assert poster is not None
        posters.append(poster)
    return posters


def ids(posters: tuple[PosterView, ...]) -> list[str]:
    return [poster.id for poster in posters]


def test_the_wall_is_read_backwards_while_new_posters_come(studio: Studio) -> None:
    old = made(studio, 5)
    first = studio.services.gallery.page(limit=2)
    assert ids(first.posters) == [old[4].id, old[3].id]
    new = made(studio, 2)
    second = studio.services.gallery.page(limit=2, before=first.next_before)
    third = studio.services.gallery.page(limit=2, before=second.next_before)
    assert ids(second.posters + third.posters) == [old[2].id, old[1].id, old[0].id]
    assert third.next_before is None
    since = studio.services.gallery.page(since=first.seq)
    assert ids(since.posters) == [new[1].id, new[0].id]


def test_the_wall_is_filtered(studio: Studio) -> None:
    noir, paper = made(studio, 1, theme="noir"), made(studio, 2, theme="paper")
    gallery = studio.services.gallery
    assert ids(gallery.page(theme="noir").posters) == [noir[0].id]
    assert ids(gallery.page(theme="paper", limit=1).posters) == [paper[1].id]
    assert len(gallery.page(city="hélsinki").posters) == 3
    assert gallery.page(city="Oslo").posters == ()


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_page_of_the_wall_is_bounded(sqlite_studio: Studio, limit: int) -> None:
    with pytest.raises(InvalidInput):
        sqlite_studio.services.gallery.page(limit=limit)


def test_unlisted_posters_and_owners_stay_private(studio: Studio) -> None:
    secret = made(studio, 1, visibility="unlisted")[0]
    public = made(studio, 1)[0]
    assert ids(studio.services.gallery.page().posters) == [public.id]
    studio.services.posters.delete(secret.id, Actor("ann"))
    heard = [event.payload for event in studio.listener.events if GALLERY_ROOM in event.rooms]
    assert "ann" not in json.dumps(heard)
    assert secret.id not in json.dumps(heard)
    assert secret.job_id not in json.dumps(heard)


def test_who_was_away_gets_exactly_what_was_missed(studio: Studio) -> None:
    gallery = studio.services.gallery
    before = gallery.resume(None, None)
    assert (before.outcome, before.seq) == ("refetch", 0)
    posters = made(studio, 3)
    studio.services.posters.delete(posters[1].id, Actor("ann"))
    assert gallery.resume(before.epoch, 4) == Resume("current", before.epoch, 4)
    missed = gallery.resume(before.epoch, 1)
    assert missed.outcome == "replay"
    assert [(event.seq, event.event) for event in missed.events] == [
        (2, Name.GALLERY_POSTER_REMOVED),
        (3, Name.GALLERY_POSTER_ADDED),
        (4, Name.GALLERY_POSTER_REMOVED),
    ]
    assert missed.events[2].facts == {"seq": 4, "id": posters[1].id}
    heard = [event.payload for event in studio.listener.events if event.name.startswith("gallery:poster")]
    heard[1] = {"seq": 2, "id": posters[1].id}  # what came down meanwhile is told of as that and nothing else
    assert [event.facts for event in gallery.resume(before.epoch, 0).events] == heard


@pytest.mark.parametrize(("epoch", "seq"), [("other", 1), (None, 1), ("own", None), ("own", 9), ("own", -1)])
def test_who_knows_another_wall_fetches_this_one(studio: Studio, epoch: str | None, seq: int | None) -> None:
    made(studio, 1)
    own = studio.services.gallery.resume(None, None).epoch
    resumed = studio.services.gallery.resume(own if epoch == "own" else epoch, seq)
    assert (resumed.outcome, resumed.epoch, resumed.seq, resumed.events) == ("refetch", own, 1, ())
    assert resumed.to_json(studio.services.gallery.worded) == {"outcome": "refetch", "epoch": own, "seq": 1}


def test_the_sequence_survives_a_restart_and_a_restore_begins_another(idle: Studio) -> None:
    before = idle.services.gallery.resume(None, None)
    later = idle.restarted()
    assert later.services.gallery.resume(before.epoch, 0).outcome == "current"
    with later.services.database.write() as session:
        WALL.begin_epoch(session, WALL.position(session).seq)
    assert later.services.gallery.resume(before.epoch, 0).outcome == "refetch"
    later.services.database.close()


def test_events_leave_in_the_order_of_their_numbers_whatever_happens_at_once(idle: Studio) -> None:
    studio = idle
    studio.services.jobs.start()
    posters = made(studio, 10)
    threads = [
        threading.Thread(target=studio.services.posters.delete, args=(poster.id, Actor("ann"))) for poster in posters
    ]
    threads += [threading.Thread(target=made, args=(studio, 1)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    studio.services.jobs.stop(0)
    numbers = [event.payload["seq"] for event in studio.listener.events if event.name.startswith("gallery:poster")]
    assert numbers == list(range(1, 25))


def test_what_is_being_made_is_listed_and_announced_when_it_changes(studio: Studio) -> None:
    studio.renderer.held = True
    public = studio.submit()
    studio.services.posters.submit(studio.other_wish(visibility="unlisted"), Actor("bob"))
    studio.services.posters.submit(studio.other_wish(preview=True), Actor("cy"))
    waiting = studio.submit("dan", theme="paper")
    making = studio.services.gallery.making()
    assert [one["id"] for one in making] == [public, waiting]
    assert set(making[0]) == {"id", "city", "theme", "progress"}
    studio.listener.wait_for(Name.GALLERY_MAKING)
    for _ in range(4):
        studio.renderer.gate.release()
    studio.wait_until(waiting, "completed")
    with studio.listener._heard:
        assert studio.listener._heard.wait_for(
            lambda: studio.listener.named(Name.GALLERY_MAKING)[-1].payload == {"jobs": []}, 20
        )


def test_an_unchanged_list_is_not_announced_again(idle: Studio) -> None:
    idle.services.posters.submit(idle.other_wish(), Actor("ann"))
    idle.services.gallery.announce_making()
    idle.services.gallery.announce_making()
    assert len(idle.listener.named(Name.GALLERY_MAKING)) == 1


def test_who_joins_is_told_what_has_just_changed_however_many_do(idle: Studio) -> None:
    gallery = idle.services.gallery
    epoch = gallery.resume(None, None).epoch
    for seq in range(3):
        assert gallery.join(epoch, seq) == (Resume("current", epoch, seq), gallery.making())
        with idle.services.database.write() as session:
            append_removed(session, str(seq), idle.clock())
        resume, _making = gallery.join(epoch, seq)
        assert (resume, resume.outcome) == (gallery.resume(epoch, seq), "replay")
    for wrong in ((None, None), (epoch, None), (epoch, 4), (epoch, -1), ("other", 3)):
        assert gallery.join(*wrong)[0] == Resume("refetch", epoch, 3)
