from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mural.jobs.queue import Waiting, next_job, service_order

START = datetime(2026, 1, 1, tzinfo=UTC)


def job(ident: str, owner: str, minute: int, *, preview: bool = False, due_minute: int | None = None) -> Waiting:
    not_before = None if due_minute is None else START + timedelta(minutes=due_minute)
    return Waiting(ident, owner, preview, START + timedelta(minutes=minute), not_before=not_before)


def test_owners_take_turns_however_many_jobs_one_of_them_has() -> None:
    waiting = [job("a1", "ann", 0), job("a2", "ann", 1), job("a3", "ann", 2), job("b1", "bob", 3), job("c1", "cy", 4)]
    assert [one.id for one in service_order(waiting, {})] == ["a1", "b1", "c1", "a2", "a3"]


def test_who_was_served_longest_ago_comes_first() -> None:
    waiting = [job("a1", "ann", 0), job("b1", "bob", 1), job("c1", "cy", 2)]
    assert [one.id for one in service_order(waiting, {"ann": 7, "cy": 3})] == ["b1", "c1", "a1"]


def test_previews_come_before_prints() -> None:
    waiting = [job("a1", "ann", 0), job("p1", "bob", 5, preview=True)]
    assert [one.id for one in service_order(waiting, {})] == ["p1", "a1"]


def test_an_owner_with_a_print_in_work_gets_previews_only() -> None:
    prints = [job("a1", "ann", 0), job("b1", "bob", 1)]
    chosen = next_job(prints, {}, {"ann"}, START)
    assert chosen is not None
    assert chosen.id == "b1"
    assert next_job(prints[:1], {}, {"ann"}, START) is None
    preview = next_job([*prints, job("p1", "ann", 2, preview=True)], {}, {"ann"}, START)
    assert preview is not None
    assert preview.id == "p1"


def test_a_job_that_waits_for_another_attempt_holds_nobody_up() -> None:
    waiting = [job("a1", "ann", 0, due_minute=10), job("a2", "ann", 1)]
    now, later = next_job(waiting, {}, (), START), next_job(waiting, {}, (), START + timedelta(minutes=10))
    assert now is not None
    assert later is not None
    assert (now.id, later.id) == ("a2", "a1")


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans(), st.integers(0, 50)), max_size=40))
def test_between_two_turns_of_an_owner_nobody_is_served_twice(wishes: list[tuple[str, bool, int]]) -> None:
    waiting = [job(str(i), owner, minute, preview=preview) for i, (owner, preview, minute) in enumerate(wishes)]
    order = service_order(waiting, {})
    assert sorted(one.id for one in order) == sorted(one.id for one in waiting)
    prints = [one.owner for one in order if not one.preview]
    for owner in set(prints):
        turns = [place for place, one in enumerate(prints) if one == owner]
        for first, second in pairwise(turns):
            between = prints[first + 1 : second]
            assert len(between) == len(set(between))
