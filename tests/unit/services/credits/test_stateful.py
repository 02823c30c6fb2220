"""Anything that may happen to two people's credits, in any order: the books are right after each step."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from infra.db.models import CreditPurseRow
from infra.db.session import Database
from mural.errors import AlreadySettled, InsufficientCredits, SpendingCapReached
from services.credits.books import Purse
from tests.support.credits import assert_books_are_right, make_credits, open_reservations, wish
from tests.support.posters import HandClock

NUMBERS = count()
WHO = st.sampled_from(("ann", "bob"))
AMOUNTS = st.integers(0, 60)


class Ledger(RuleBasedStateMachine):
    """Two people of their own for each run, in a database that all runs share."""

    database: Database
    reservations = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.run = next(NUMBERS)
        self.clock = HandClock()
        self.plans: dict[str, str] = {}
        self.credits = make_credits(self.database, self.clock, plans=self.plans)
        self.needed: dict[str, int] = {}
        self.closed: set[str] = set()

    def name(self, who: str) -> str:
        return f"{who} {self.run}"

    @rule(target=reservations, who=WHO, needed=AMOUNTS, hours=st.integers(1, 12))
    def reserve(self, who: str, needed: int, hours: int):
        user_id, ident = self.name(who), f"{self.run} {len(self.needed)} {needed}"
        before = self.credits.balance(user_id)
        try:
            self.credits.reserve(user_id, wish(ident, needed), lasts=timedelta(hours=hours))
        except SpendingCapReached:
            return multiple()
        except InsufficientCredits:
            assert needed > before.total
            return multiple()
        assert self.credits.balance(user_id).total == before.total - needed
        self.needed[ident] = needed
        return ident

    @rule(ident=reservations, share=st.floats(0, 1))
    def settle(self, ident: str, share: float) -> None:
        charged = round(self.needed[ident] * share)
        self.end(ident, lambda: self.credits.settle(ident, charged).charged == charged)

    @rule(ident=reservations)
    def refund(self, ident: str) -> None:
        self.end(ident, lambda: self.credits.refund(ident).charged == 0)

    def end(self, ident: str, act) -> None:
        if ident in self.closed:
            with pytest.raises(AlreadySettled):
                act()
        else:
            assert act()
            self.closed.add(ident)

    @rule()
    def sweep(self) -> None:
        self.credits.give_back_lapsed()
        still = set(open_reservations(self.database))
        self.closed |= {ident for ident in self.needed if ident not in still}

    @rule(who=WHO, amount=st.integers(1, 30), key=st.integers())
    def purchase(self, who: str, amount: int, key: int) -> None:
        for _ in range(2):
            self.credits.purchase(self.name(who), amount, f"{key} {amount}")

    @rule(who=WHO, amount=st.integers(-30, 30), purse=st.sampled_from(Purse), key=st.integers())
    def adjust(self, who: str, amount: int, purse: Purse, key: int) -> None:
        try:
            self.credits.adjust(self.name(who), purse, amount, f"{key} {amount}", description="by hand")
        except InsufficientCredits:
            assert amount < 0

    @rule(who=WHO, plan=st.sampled_from(("free", "pro")))
    def change_plan(self, who: str, plan: str) -> None:
        self.plans[self.name(who)] = plan

    @rule(who=WHO, cap=st.none() | AMOUNTS)
    def cap(self, who: str, cap: int | None) -> None:
        self.credits.set_cap(self.name(who), cap)

    @rule(days=st.sampled_from((0.01, 0.3, 1, 31, 400)), back=st.booleans())
    def turn_the_clock(self, days: float, back: bool) -> None:
        self.clock.set_by(-86_400 * days if back else 86_400 * days)

    @invariant()
    def the_books_are_right(self) -> None:
        assert_books_are_right(self.database, *map(self.name, ("ann", "bob")))

    def teardown(self) -> None:
        """Whatever happened, in the end nothing is put aside."""
        for _ in range(2):  # those of a clock that was wrong are given their time first
            self.credits.give_back_lapsed()
            self.clock.advance(8 * 86_400)
        self.credits.give_back_lapsed()
        assert not set(self.needed) & set(open_reservations(self.database))
        self.the_books_are_right()


def test_whatever_happens_the_books_are_right(database: Database) -> None:
    machine = type("LedgerHere", (Ledger,), {"database": database})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=checks
        ),
    )
    with database.read() as session:
        assert session.query(CreditPurseRow).count() > 0
