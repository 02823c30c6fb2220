"""What becomes of credits that are granted, bought, put aside, charged and given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from infra.db.models import CreditEntryRow
from infra.db.session import Database
from infra.events.events import Name, RecordingPublisher, session_room
from mural.errors import (
    AlreadySettled,
    IdempotencyConflict,
    InsufficientCredits,
    InvalidInput,
    NotFound,
    SpendingCapReached,
)
from services.credits.books import Purse
from services.credits.queries import page, usage
from services.credits.reservations import State
from services.credits.service import GONE, CreditService, CreditSettings
from tests.support.credits import assert_books_are_right, make_credits, open_reservations, wish
from tests.support.posters import HandClock

MONTH_S = 31 * 86_400.0


def purses(ledger: CreditService, user_id: str = "ann") -> tuple[int, int]:
    balance = ledger.balance(user_id)
    return balance.granted, balance.bought


def entries(database: Database, user_id: str = "ann") -> list[tuple[str, str, int]]:
    return [(one.transaction_type, one.purse, one.amount) for one in reversed(page(database, user_id, 100))]


def test_granted_credits_are_spent_first_and_bought_ones_come_back_first(
    ledger: CreditService, database: Database
) -> None:
    ledger.purchase("ann", 30, "payment 1")
    ledger.reserve("ann", wish("r", 60))
    assert purses(ledger) == (0, 20)
    receipt = ledger.settle("r", 45)
    assert (receipt.state, receipt.needed, receipt.reserved, receipt.charged) == (State.SETTLED, 60, 60, 45)
    assert purses(ledger) == (5, 30)
    assert entries(database) == [
        ("grant", "granted", 50),
        ("purchase", "bought", 30),
        ("reserve", "granted", -50),
        ("reserve", "bought", -10),
        ("settle", "granted", 0),
        ("refund", "granted", 5),
        ("settle", "bought", 0),
        ("refund", "bought", 10),
    ]
    assert_books_are_right(database)


def test_a_failure_costs_nothing(ledger: CreditService, database: Database) -> None:
    ledger.reserve("ann", wish("r", 20))
    assert ledger.refund("r").charged == 0
    assert purses(ledger) == (50, 0)
    assert_books_are_right(database)


def test_what_is_not_there_is_not_put_aside(ledger: CreditService, database: Database) -> None:
    ledger.reserve("ann", wish("most", 40))
    with pytest.raises(InsufficientCredits) as refused:
        ledger.reserve("ann", wish("r", 11))
    assert refused.value.facts == {"credits": 10, "needed": 11}
    assert open_reservations(database) == ["most"]
    assert purses(ledger) == (10, 0)


def test_a_second_end_of_a_reservation_is_an_error_of_its_own(ledger: CreditService, database: Database) -> None:
    ledger.reserve("ann", wish("settled", 10))
    ledger.reserve("ann", wish("refunded", 10))
    ledger.settle("settled", 10)
    ledger.refund("refunded")
    for ident, state in (("settled", "settled"), ("refunded", "refunded")):
        for again in (lambda one: ledger.settle(one, 10), ledger.refund, ledger.extend):
            with pytest.raises(AlreadySettled) as refused:
                again(ident)
            assert refused.value.facts == {"id": ident, "state": state}
    assert purses(ledger) == (40, 0)
    with pytest.raises(NotFound):
        ledger.settle("nothing", 1)
    assert_books_are_right(database)


def test_the_same_reservation_again_changes_nothing_and_another_under_its_id_is_refused(ledger: CreditService) -> None:
    assert ledger.reserve("ann", wish("r", 10)) == ledger.reserve("ann", wish("r", 10))
    assert purses(ledger) == (40, 0)
    for user_id, other in (("bob", wish("r", 10)), ("ann", wish("r", 11)), ("ann", wish("r", 10, "caption"))):
        with pytest.raises(IdempotencyConflict):
            ledger.reserve(user_id, other)
    assert (purses(ledger), purses(ledger, "bob")) == ((40, 0), (50, 0))


def test_a_purchase_is_booked_once(ledger: CreditService) -> None:
    for _ in range(2):
        ledger.purchase("ann", 30, "payment 1")
    with pytest.raises(IdempotencyConflict):
        ledger.purchase("ann", 31, "payment 1")
    ledger.purchase("bob", 5, "payment 1")
    assert (purses(ledger), purses(ledger, "bob")) == ((50, 30), (50, 5))


def test_adjusting_by_hand_takes_no_more_than_there_is(ledger: CreditService, database: Database) -> None:
    ledger.adjust("ann", Purse.BOUGHT, 7, "sorry", description="for the broken poster")
    with pytest.raises(InsufficientCredits):
        ledger.adjust("ann", Purse.BOUGHT, -8, "back", description="too much")
    assert purses(ledger) == (50, 7)
    assert page(database, "ann", 1)[0].description == "for the broken poster"


@pytest.mark.parametrize("amount", [-1, 1.5, True, 2**60])
def test_amounts_are_whole_and_have_bounds(ledger: CreditService, amount: int) -> None:
    with pytest.raises(InvalidInput, match="needed"):
        ledger.reserve("ann", wish("r", amount))
    ledger.reserve("ann", wish("of 10", 10))
    with pytest.raises(InvalidInput, match="charged"):
        ledger.settle("of 10", amount)
    with pytest.raises(InvalidInput, match="charged"):
        ledger.settle("of 10", 11)


def test_each_month_is_topped_up_and_nothing_is_carried_over(
    ledger: CreditService, clock: HandClock, database: Database
) -> None:
    ledger.purchase("ann", 5, "p")
    ledger.reserve("ann", wish("r", 20))
    ledger.settle("r", 20)
    clock.advance(MONTH_S)
    assert purses(ledger) == (50, 5)
    assert entries(database)[-2:] == [("expire", "granted", -30), ("grant", "granted", 50)]
    assert_books_are_right(database)


def test_months_are_those_of_utc(ledger: CreditService, clock: HandClock) -> None:
    ledger.reserve("ann", wish("r", 20))
    clock.now = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert purses(ledger) == (30, 0)
    clock.now = datetime(2026, 2, 1, tzinfo=UTC)
    assert purses(ledger) == (50, 0)


def test_what_was_granted_in_one_month_does_not_come_back_in_the_next(
    ledger: CreditService, clock: HandClock, database: Database
) -> None:
    ledger.purchase("ann", 30, "p")
    ledger.reserve("ann", wish("r", 60))
    clock.advance(MONTH_S)
    ledger.refund("r")
    assert purses(ledger) == (50, 30)
    assert_books_are_right(database)


def test_a_clock_that_is_put_back_or_on_grants_no_month_twice(
    ledger: CreditService, clock: HandClock, database: Database
) -> None:
    for step_s in (0.0, MONTH_S, -MONTH_S, MONTH_S, -MONTH_S):
        clock.set_by(step_s)
        ledger.reserve("ann", wish(f"r {clock.now}", ledger.balance("ann").granted))
    assert sum(amount for kind, _purse, amount in entries(database) if kind == "grant") == 100
    moments = [entry.created_at for entry in page(database, "ann", 100)]
    assert moments == sorted(moments, reverse=True)
    assert_books_are_right(database)


def test_a_larger_plan_adds_what_it_has_more_once(ledger: CreditService, plans: dict[str, str]) -> None:
    ledger.reserve("ann", wish("r", 40))
    for plan in ("pro", "free", "pro"):
        plans["ann"] = plan
        assert purses(ledger) == (460, 0)


def test_what_is_put_aside_for_too_long_is_given_back(
    ledger: CreditService, clock: HandClock, database: Database
) -> None:
    ledger.reserve("ann", wish("short", 10), lasts=timedelta(hours=1))
    ledger.reserve("ann", wish("longer", 10), lasts=timedelta(hours=1))
    clock.advance(3000)
    ledger.extend("longer", lasts=timedelta(hours=1))
    clock.advance(3000)
    assert (ledger.give_back_lapsed(), ledger.give_back_lapsed()) == (1, 0)
    assert (open_reservations(database), purses(ledger)) == (["longer"], (40, 0))
    with pytest.raises(AlreadySettled, match="lapsed"):
        ledger.settle("short", 10)
    assert_books_are_right(database)


def test_what_was_put_aside_while_the_clock_was_wrong_comes_back_too(
    ledger: CreditService, clock: HandClock, database: Database
) -> None:
    clock.set_by(10 * 365 * 86_400.0)
    ledger.reserve("ann", wish("r", 10))
    clock.set_by(-10 * 365 * 86_400.0)
    assert ledger.give_back_lapsed() == 0
    clock.advance(8 * 86_400)
    assert (ledger.give_back_lapsed(), open_reservations(database)) == (1, [])


def test_it_is_told_once_for_each_crossing_and_to_that_person_alone(
    ledger: CreditService, told: RecordingPublisher
) -> None:
    ledger.reserve("ann", wish("a", 40))
    assert told.events == []
    ledger.reserve("ann", wish("b", 1))
    ledger.reserve("ann", wish("c", 1))
    ledger.refund("a")
    ledger.reserve("ann", wish("d", 45))
    low = {"user_id": "ann", "threshold": 10}
    assert [event.payload for event in told.events] == [low | {"current_credits": 9}, low | {"current_credits": 3}]
    assert {(event.name, event.rooms) for event in told.events} == {(Name.SYSTEM_CREDITS_LOW, (session_room("ann"),))}


def test_ones_own_cap_holds_for_a_month(ledger: CreditService, clock: HandClock) -> None:
    ledger.set_cap("ann", 20)
    ledger.reserve("ann", wish("a", 15))
    ledger.settle("a", 10)
    ledger.reserve("ann", wish("b", 10))
    with pytest.raises(SpendingCapReached) as refused:
        ledger.reserve("ann", wish("c", 1))
    assert refused.value.facts == {"cap": 20, "spent": 20, "needed": 1}
    clock.advance(MONTH_S)
    ledger.reserve("ann", wish("c", 20))
    ledger.set_cap("ann", None)
    ledger.reserve("ann", wish("d", 1))


def test_where_credits_are_off_nothing_costs_anything(database: Database, clock: HandClock) -> None:
    free = make_credits(database, clock, settings=CreditSettings(on=False))
    free.set_cap("ann", 0)
    free.reserve("ann", wish("r", 1_000_000))
    assert free.settle("r", 1_000_000).charged == 0
    assert purses(free) == (50, 0)


def test_what_was_reserved_free_of_charge_stays_so(database: Database, clock: HandClock) -> None:
    make_credits(database, clock, settings=CreditSettings(on=False)).reserve("ann", wish("r", 30))
    ledger = make_credits(database, clock)
    assert ledger.settle("r", 20).charged == 0
    assert purses(ledger) == (50, 0)


def test_the_database_itself_refuses_to_change_the_ledger(ledger: CreditService, database: Database) -> None:
    ledger.balance("ann")
    for change in (update(CreditEntryRow).values(amount=51), update(CreditEntryRow).values(user_id="bob")):
        with pytest.raises(IntegrityError, match="never changed"), database.write() as session:
            session.execute(change)
    with pytest.raises(IntegrityError, match="deleted"), database.write() as session:
        session.execute(delete(CreditEntryRow))
    assert_books_are_right(database)


def test_the_ledger_of_somebody_who_left_is_kept_as_nobodys(ledger: CreditService, database: Database) -> None:
    ledger.reserve("ann", wish("open", 10))
    ledger.balance("bob")
    nobody = ledger.make_nobodys("ann")
    assert nobody.startswith(GONE)
    assert (page(database, "ann", 10), open_reservations(database)) == ([], [])
    assert entries(database, nobody) == [
        ("grant", "granted", 50),
        ("reserve", "granted", -10),
        ("refund", "granted", 10),
    ]
    assert purses(ledger, "bob") == (50, 0)
    assert_books_are_right(database)


def test_a_ledger_is_read_page_by_page(ledger: CreditService, database: Database, clock: HandClock) -> None:
    for number in range(7):
        ledger.purchase("ann", 1, f"payment {number}")
        ledger.purchase("bob", 1, f"payment {number}")
        clock.set_by(-1)
    read, before = [], None
    while found := page(database, "ann", 3, before):
        read += found
        before = found[-1].position
    assert [entry.request_id for entry in read[:-1]] == [f"payment {number}" for number in reversed(range(7))]
    assert len(read) == 8


def test_usage_is_summed_by_month_and_kind(ledger: CreditService, database: Database, clock: HandClock) -> None:
    ledger.reserve("ann", wish("a", 10))
    ledger.settle("a", 4)
    ledger.reserve("ann", wish("b", 5))
    ledger.reserve("ann", wish("c", 3, "caption"))
    ledger.refund("c")
    clock.advance(MONTH_S)
    ledger.reserve("ann", wish("d", 1))
    found = usage(database, "ann", "2026-01", "2026-02")
    sums = [(one.month, one.request_kind, one.count, one.credits) for one in found]
    assert sums == [("2026-01", "caption", 1, 0), ("2026-01", "poster", 2, 9), ("2026-02", "poster", 1, 1)]
    assert usage(database, "ann", "2026-03", "2026-12") == []
