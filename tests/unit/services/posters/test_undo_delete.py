"""Second thoughts about a poster that was taken down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from infra.events.events import Name
from mural.errors import NotAllowed, NotFound, Unavailable
from services.accounts.actors import HOUSE, Actor
from services.posters.files import SIDECAR
from services.posters.undo_delete import UNDO_S, UndoDelete
from tests.support.posters import Studio

ANN = Actor("ann")


class Later:
    """A background whose time the test lets pass."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []
        self.slept: list[float] = []

    def start_background_task(self, target: Callable[..., Any], *args: Any, **_kwargs: Any) -> None:
        self.waiting.append(lambda: target(*args))

    def sleep(self, seconds: float = 0) -> None:
        self.slept.append(seconds)


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def undo_delete(studio: Studio, later: Later) -> UndoDelete:
    return UndoDelete(studio.services.jobs._shop.publishing, later)


def made(studio: Studio) -> str:
    poster = studio.made().poster
    assert poster is not None
    return poster.id


def test_a_poster_hung_back_is_on_the_wall_in_the_lists_and_with_its_job(
    studio: Studio, undo_delete: UndoDelete
) -> None:
    poster_id = made(studio)
    before = studio.services.posters.get(poster_id, HOUSE)
    used = studio.services.files.used_bytes
    undo_delete.take_down(poster_id)
    assert studio.services.files.used_bytes == 0
    with pytest.raises(NotFound):
        studio.services.posters.get(poster_id, HOUSE)
    undo_delete.hang_back(poster_id, ANN)
    again = studio.services.posters.get(poster_id, HOUSE)
    assert again == replace(before, gallery_seq=3)
    assert studio.services.files.used_bytes == used
    job = studio.services.jobs.get(before.job_id, HOUSE)
    assert job.poster
    assert job.poster.id == poster_id
    told = [event.name for event in studio.listener.events if event.name.startswith("gallery:poster")]
    assert told == [Name.GALLERY_POSTER_ADDED, Name.GALLERY_POSTER_REMOVED, Name.GALLERY_POSTER_ADDED]


def test_when_its_time_is_over_a_poster_is_gone_for_good(studio: Studio, undo_delete: UndoDelete, later: Later) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    later.waiting[0]()
    assert later.slept == [UNDO_S]
    with pytest.raises(NotFound):
        undo_delete.hang_back(poster_id, ANN)
    assert not any(studio.config.posters_dir.rglob(SIDECAR))


def test_the_end_of_its_time_does_not_touch_a_poster_that_hangs_again(
    studio: Studio, undo_delete: UndoDelete, later: Later
) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    undo_delete.hang_back(poster_id, ANN)
    later.waiting[0]()
    assert studio.services.posters.file(poster_id, "poster", HOUSE).size > 0


def test_a_poster_that_is_taken_down_again_has_a_time_of_its_own(
    studio: Studio, undo_delete: UndoDelete, later: Later
) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    undo_delete.hang_back(poster_id, ANN)
    undo_delete.take_down(poster_id)
    later.waiting[0]()
    undo_delete.hang_back(poster_id, ANN)
    assert studio.services.posters.file(poster_id, "poster", HOUSE).size > 0


def test_whoever_takes_it_down_at_the_same_moment_leaves_the_time_for_second_thoughts(
    studio: Studio, undo_delete: UndoDelete
) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    with pytest.raises(NotFound):
        undo_delete.take_down(poster_id)
    undo_delete.hang_back(poster_id, ANN)
    assert studio.services.posters.file(poster_id, "poster", HOUSE).size > 0


def test_who_is_overtaken_while_taking_it_down_leaves_the_time_for_second_thoughts(
    studio: Studio, undo_delete: UndoDelete, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster_id = made(studio)
    set_aside, overtaken, outcomes = studio.services.files.set_aside, threading.Event(), []

    def try_it() -> None:
        try:
            undo_delete.take_down(poster_id)
            outcomes.append("down")
        except NotFound:
            outcomes.append("late")
        overtaken.set()

    def slowly(ident: str) -> bool:
        moved = set_aside(ident)
        if moved:
            other.start()
            overtaken.wait(0.5)
        return moved

    monkeypatch.setattr(studio.services.files, "set_aside", slowly)
    other = threading.Thread(target=try_it)
    try_it()
    other.join()
    assert sorted(outcomes) == ["down", "late"]
    assert not studio.services.files.folder(poster_id).exists()
    undo_delete.hang_back(poster_id, ANN)
    assert studio.services.posters.file(poster_id, "poster", HOUSE).size > 0


def test_a_stranger_hangs_nothing_back(studio: Studio, undo_delete: UndoDelete) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    with pytest.raises(NotAllowed):
        undo_delete.hang_back(poster_id, Actor("bob"))
    undo_delete.hang_back(poster_id, ANN)


def test_two_hands_hang_it_back_once(studio: Studio, undo_delete: UndoDelete) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    outcomes: list[str] = []

    def try_it() -> None:
        try:
            undo_delete.hang_back(poster_id, ANN)
            outcomes.append("hung")
        except NotFound:
            outcomes.append("late")

    hands = [threading.Thread(target=try_it) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(outcomes) == ["hung", *["late"] * 7]


def test_a_poster_whose_sidecar_is_damaged_goes_at_once(studio: Studio, undo_delete: UndoDelete, later: Later) -> None:
    poster_id = made(studio)
    (studio.services.files.folder(poster_id) / SIDECAR).write_text("{")
    undo_delete.take_down(poster_id)
    assert later.waiting == []
    assert not studio.services.files.folder(poster_id).exists()


def test_a_restart_ends_the_time_for_second_thoughts(studio: Studio, undo_delete: UndoDelete) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)
    again = studio.restarted()
    again.services.jobs.start()
    try:
        with pytest.raises(NotFound):
            again.services.posters.restore(poster_id, ANN)
        assert not any(studio.config.posters_dir.rglob(SIDECAR))
    finally:
        again.services.jobs.stop(0)
        again.services.database.close()


def test_a_poster_that_cannot_be_hung_just_now_waits_where_it_is(
    studio: Studio, undo_delete: UndoDelete, monkeypatch: pytest.MonkeyPatch
) -> None:
    poster_id = made(studio)
    undo_delete.take_down(poster_id)

    def busy(*_: Any) -> None:
        raise Unavailable("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr("services.posters.publishing.poster_row", busy)
        with pytest.raises(Unavailable):
            undo_delete.hang_back(poster_id, ANN)
    assert studio.services.files.used_bytes == 0
    undo_delete.hang_back(poster_id, ANN)
    assert studio.services.posters.file(poster_id, "poster", HOUSE).size > 0
