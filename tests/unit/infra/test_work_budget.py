from __future__ import annotations

import threading
import time

import pytest

from infra.work_budget import MOST_CHARGED_S, FairTurns, Standing, WorkBudget, WorkClock

ANN, BEN = "192.0.2.1", "192.0.2.2"


class Hands:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def budget(hands: Hands) -> WorkBudget:
    """Two seconds of work at once, and a tenth of a second in each that follows."""
    return WorkBudget("2 per 20 seconds", hands)


def spend(budget: WorkBudget, address: str, seconds: float) -> None:
    for _ in range(round(seconds * 10)):
        budget.charge(address, 0.1)


def test_who_has_taken_what_one_may_is_to_wait_and_nobody_else(budget: WorkBudget) -> None:
    spend(budget, ANN, 1.9)
    assert budget.standing(ANN) is Standing.GOOD
    spend(budget, ANN, 0.2)
    assert budget.standing(ANN) is Standing.SPENT
    assert budget.standing(BEN) is Standing.GOOD


def test_after_the_time_told_one_is_served_again(budget: WorkBudget, hands: Hands) -> None:
    spend(budget, ANN, 2.3)
    wait_s = budget.wait_s(ANN)
    hands.now_s += wait_s - 1.5
    assert budget.standing(ANN) is Standing.SPENT
    hands.now_s += 1.6
    assert budget.standing(ANN) is Standing.GOOD


def test_who_goes_on_nevertheless_is_not_heard_but_never_kept_out_for_long(budget: WorkBudget, hands: Hands) -> None:
    spend(budget, ANN, 100)
    assert budget.standing(ANN) is Standing.OVERDRAWN
    assert budget.wait_s(ANN) <= WorkBudget.DEEPEST_S
    hands.now_s += WorkBudget.DEEPEST_S + 0.1
    assert budget.standing(ANN) is Standing.GOOD


def test_an_account_is_never_fuller_than_full(budget: WorkBudget, hands: Hands) -> None:
    hands.now_s += 3600
    spend(budget, ANN, 2.1)
    assert budget.standing(ANN) is Standing.SPENT


def test_a_clock_that_does_not_move_gives_nothing(budget: WorkBudget) -> None:
    spend(budget, ANN, 2.1)
    assert [budget.standing(ANN) for _ in range(100)] == [Standing.SPENT] * 100


def test_one_request_costs_no_more_than_a_bound(budget: WorkBudget) -> None:
    budget.charge(ANN, 3600.0)
    assert MOST_CHARGED_S < 2
    assert budget.standing(ANN) is Standing.GOOD


def test_where_nothing_is_allowed_one_is_told_to_come_much_later() -> None:
    budget = WorkBudget("0 per minute")
    assert budget.standing(ANN) is not Standing.GOOD
    assert budget.wait_s(ANN) >= 60


def test_the_accounts_of_those_who_were_here_long_ago_are_forgotten(budget: WorkBudget) -> None:
    spend(budget, ANN, 2.1)
    for number in range(WorkBudget.MAX_ADDRESSES):
        budget.charge(f"address {number}", 0.1)
    assert budget.standing(ANN) is Standing.GOOD


def test_work_done_for_another_while_one_waits_is_charged_once() -> None:
    worked = Hands()
    clock = WorkClock(green=True, worked_s=worked)
    waiting = clock.now_s()
    worked.now_s += 1
    other = clock.now_s()
    worked.now_s += 5
    assert clock.spent_s(other) == 5
    worked.now_s += 2
    assert clock.spent_s(waiting) == 3


def test_a_thread_of_its_own_is_charged_what_it_has_worked() -> None:
    worked = Hands()
    clock = WorkClock(green=False, worked_s=worked)
    first, second = clock.now_s(), clock.now_s()
    worked.now_s += 5
    assert (clock.spent_s(first), clock.spent_s(second)) == (5, 5)


def test_one_address_begins_few_things_at_once_and_another_does_not_wait_for_it() -> None:
    resting, may_go_on = [], threading.Event()

    def rest(_seconds: float) -> None:
        if threading.current_thread().name == "greedy":
            resting.append(1)
            assert may_go_on.wait(60)

    turns = FairTurns(rest, at_once=2)
    crowd = [threading.Thread(target=turns.wait, args=(ANN,), name="greedy") for _ in range(10)]
    for one in crowd:
        one.start()
    while len(resting) < 2:
        time.sleep(0.001)
    turns.wait(BEN)
    assert len(resting) == 2
    may_go_on.set()
    for one in crowd:
        one.join()
    assert len(resting) == len(crowd)
