"""Batches, on every kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from mural.errors import Conflict, InvalidInput, NotFound, TooMany
from services.accounts.actors import HOUSE, Actor
from services.posters.batches import BATCH_MAX, BatchView, archive_names
from services.posters.views import StoredFile
from tests.support.posters import Studio


def submit(studio: Studio, *themes: str, **changes: object) -> BatchView:
    wishes = [studio.wish(theme=theme, **changes) for theme in themes]
    return studio.services.batches.submit(wishes, Actor("ann"))


def ended(studio: Studio, batch: BatchView) -> BatchView:
    for job in batch.jobs:
        studio.wait_until(job.job_id, "completed", "failed", "cancelled")
    return studio.services.batches.get(batch.id, HOUSE)


def test_a_batch_lasts_over_a_restart(studio: Studio) -> None:
    batch = ended(studio, submit(studio, "noir", "paper"))
    assert [job.theme for job in batch.jobs] == ["noir", "paper"]
    restarted = studio.restarted()
    files = restarted.services.batches.archive(batch.id, HOUSE)
    assert len({file.filename for file in files}) == len({file.path for file in files}) == 2
    restarted.services.database.close()


def test_a_poster_that_was_there_before_is_part_of_the_batch(studio: Studio) -> None:
    before = ended(studio, submit(studio, "noir"))
    batch = submit(studio, "noir", "paper")
    assert batch.jobs[0].poster is not None
    assert before.jobs[0].poster is not None
    assert batch.jobs[0].poster.id == before.jobs[0].poster.id
    assert len(studio.services.batches.archive(ended(studio, batch).id, HOUSE)) == 2


def test_what_a_batch_began_is_taken_back_when_it_cannot_be_queued_whole(idle: Studio) -> None:
    idle.services.posters.submit(idle.wish(theme="noir", distance_m=801.0), Actor("ann"))
    wishes = [idle.wish(theme="noir", distance_m=801.0 + number) for number in range(BATCH_MAX)]
    idle.services.posters.submit(idle.wish(theme="paper", distance_m=900.0), Actor("ann"))
    with pytest.raises(TooMany):
        idle.services.batches.submit(wishes, Actor("ann"))
    waiting = [row for row in idle.services.job_store.unfinished() if row.owner == "ann"]
    assert {(row.theme, row.distance_m) for row in waiting} == {("noir", 801.0), ("paper", 900.0)}


def test_a_batch_is_bounded_and_known_by_its_id_only(idle: Studio) -> None:
    wishes = [idle.wish(distance_m=500.0 + number) for number in range(BATCH_MAX + 1)]
    with pytest.raises(InvalidInput):
        idle.services.batches.submit(wishes, Actor("ann"))
    assert idle.services.queue.count() == 0
    for ident in ("0" * 32, "\x00", "../x"):
        with pytest.raises(NotFound):
            idle.services.batches.get(ident, HOUSE)


def test_there_is_no_archive_while_a_poster_is_on_its_way(idle: Studio) -> None:
    batch = submit(idle, "noir")
    with pytest.raises(Conflict):
        idle.services.batches.archive(batch.id, HOUSE)


def test_the_successor_of_a_job_takes_its_place(idle: Studio) -> None:
    batch = submit(idle, "noir", "paper")
    other = idle.services.posters.submit(idle.other_wish(), Actor("ann")).job
    idle.services.batches.follow(batch.jobs[0].job_id, other.job_id)
    assert [job.job_id for job in idle.services.batches.get(batch.id, HOUSE).jobs] == [
        other.job_id,
        batch.jobs[1].job_id,
    ]


def test_equal_names_are_numbered_within_an_archive() -> None:
    files = [StoredFile(Path(str(n)), "oslo_noir.png", "image/png", "", 1, "") for n in range(3)]
    assert archive_names(files) == ["oslo_noir.png", "oslo_noir_2.png", "oslo_noir_3.png"]
