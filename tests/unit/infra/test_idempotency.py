"""A key stands for one thing that is done once, whoever asks how often and whoever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.db.session import Database
from infra.idempotency import KEPT, Claim, IdempotencyKeys, Replay
from mural.errors import IdempotencyConflict, InFlight, InvalidInput
from tests.support.posters import HandClock
from tests.support.tables import lay_tables

ASKED = {"city": "Oslo", "size": [1, 2]}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    lay_tables(database_url)
    opened = Database(database_url, busy_timeout_s=60)
    yield opened
    opened.close()


@pytest.fixture
def keys(database: Database, clock: HandClock) -> IdempotencyKeys:
    return IdempotencyKeys(database, clock)


def claimed(keys: IdempotencyKeys, key: str = "k", user_id: str = "ann") -> Claim:
    claim = keys.begin(user_id, key, ASKED)
    assert isinstance(claim, Claim)
    return claim


def finish(database: Database, keys: IdempotencyKeys, claim: Claim, answer: object) -> None:
    with database.write() as session:
        keys.finish(session, claim, answer)


def test_the_same_again_is_answered_as_before(keys: IdempotencyKeys, database: Database) -> None:
    finish(database, keys, claimed(keys), {"job_id": "j"})
    assert keys.begin("ann", "k", dict(reversed(ASKED.items()))) == Replay({"job_id": "j"})
    assert isinstance(keys.begin("bob", "k", ASKED), Claim), "keys are each person's own"


def test_something_else_under_the_key_is_refused(keys: IdempotencyKeys, database: Database) -> None:
    claim = claimed(keys)
    with pytest.raises(IdempotencyConflict):
        keys.begin("ann", "k", ASKED | {"city": "Bergen"})
    finish(database, keys, claim, None)
    with pytest.raises(IdempotencyConflict):
        keys.begin("ann", "k", ASKED | {"city": "Bergen"})


def test_one_in_flight_tells_when_to_ask_again(keys: IdempotencyKeys, clock: HandClock) -> None:
    claimed(keys)
    clock.advance(20)
    with pytest.raises(InFlight) as refused:
        keys.begin("ann", "k", ASKED)
    assert refused.value.facts == {"retry_after": 40}
    clock.set_by(-3600)
    with pytest.raises(InFlight) as refused:
        keys.begin("ann", "k", ASKED)
    assert refused.value.facts == {"retry_after": 60}


def test_what_somebody_died_of_is_taken_over_and_the_late_one_keeps_nothing(
    keys: IdempotencyKeys, database: Database, clock: HandClock
) -> None:
    late = claimed(keys)
    clock.advance(61)
    second = claimed(keys)
    with pytest.raises(InFlight):
        finish(database, keys, late, "late")
    keys.abandon(late)
    finish(database, keys, second, "second")
    assert keys.begin("ann", "k", ASKED) == Replay("second")


def test_what_was_refused_may_be_asked_again(keys: IdempotencyKeys) -> None:
    keys.abandon(claimed(keys))
    assert claimed(keys).attempt == 1


def test_an_answer_is_kept_only_with_what_was_done(keys: IdempotencyKeys, database: Database) -> None:
    claim = claimed(keys)
    with database.write() as session:
        keys.finish(session, claim, "done")
        session.rollback()
    finish(database, keys, claim, "done at last")


def test_of_many_at_once_one_does_it(keys: IdempotencyKeys) -> None:
    got: list[str] = []

    def ask() -> None:
        try:
            got.append(type(keys.begin("ann", "k", ASKED)).__name__)
        except InFlight:
            got.append("in flight")

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == ["Claim"] + ["in flight"] * 11


@pytest.mark.parametrize("key", ["", "x" * 256, "a\x00b", "ä", "a\nb"])
def test_a_key_is_a_short_line_of_plain_letters(keys: IdempotencyKeys, key: str) -> None:
    with pytest.raises(InvalidInput, match="Idempotency-Key"):
        keys.begin("ann", key, ASKED)


def test_keys_are_kept_for_a_day_or_as_long_as_their_person(
    keys: IdempotencyKeys, database: Database, clock: HandClock
) -> None:
    for user_id in ("ann", "bob"):
        finish(database, keys, claimed(keys, user_id=user_id), "done")
    keys.forget_of("bob")
    keys.forget_old()
    assert claimed(keys, user_id="bob")
    assert keys.begin("ann", "k", ASKED) == Replay("done")
    clock.advance(KEPT.total_seconds() + 1)
    keys.forget_old()
    assert claimed(keys)
