from __future__ import annotations

import pytest

from mural.canvas.cooldown import SWEEP_AT, Charges, Cooldown


def test_one_charge_comes_back_after_the_interval() -> None:
    cooldown = Cooldown(5_000, 1)
    assert cooldown.charges("ann", 1_000) == Charges(1, 1_000)
    cooldown.take("ann", 1_000)
    assert cooldown.charges("ann", 1_000) == Charges(0, 6_000)
    assert cooldown.charges("ann", 5_999) == Charges(0, 6_000)
    assert cooldown.charges("ann", 6_000) == Charges(1, 6_000)
    assert cooldown.charges("ben", 1_000).count == 1


def test_charges_are_saved_up_to_the_stack_and_no_further() -> None:
    cooldown = Cooldown(1_000, 3)
    for expected in (2, 1, 0):
        cooldown.take("ann", 10_000)
        assert cooldown.charges("ann", 10_000).count == expected
    assert cooldown.charges("ann", 10_000).available_at_ms == 11_000
    assert cooldown.charges("ann", 12_500).count == 2
    assert cooldown.charges("ann", 99_000).count == 3


def test_what_was_written_down_means_the_same_after_a_restart() -> None:
    before = Cooldown(1_000, 2)
    before.take("ann", 10_000)
    before.take("ann", 10_200)
    after = Cooldown(1_000, 2)
    after.remember({"ann": before.full_at_ms("ann")})
    for now_ms in range(10_200, 13_000, 100):
        assert after.charges("ann", now_ms) == before.charges("ann", now_ms)


def test_a_charge_given_back_is_there_again_and_no_interval_is_no_limit() -> None:
    cooldown = Cooldown(5_000, 1)
    cooldown.take("ann", 0)
    cooldown.give_back("ann")
    assert cooldown.charges("ann", 0).count == 1
    unlimited = Cooldown(0, 1)
    for _ in range(3):
        unlimited.take("ann", 0)
    assert unlimited.charges("ann", 0) == Charges(1, 0)


HOUR_MS = 3_600_000


@pytest.mark.parametrize("back_ms", [5_000, 60_000, HOUR_MS, 400 * 24 * HOUR_MS])
@pytest.mark.parametrize("restarted", [True, False])
def test_a_clock_that_is_set_back_keeps_nobody_for_longer_than_all_charges_take(
    back_ms: int, *, restarted: bool
) -> None:
    then_ms = 2 * 400 * 24 * HOUR_MS
    cooldown = Cooldown(5_000, 2)
    for _ in range(2):
        cooldown.take("ann", then_ms)
    if restarted:
        kept = {"ann": cooldown.full_at_ms("ann")}
        cooldown = Cooldown(5_000, 2)
        cooldown.remember(kept)
    now_ms = then_ms - back_ms
    assert cooldown.charges("ann", now_ms) == Charges(0, now_ms + 5_000)
    assert cooldown.charges("ann", now_ms + 5_000).count == 1, "and the wait does not begin anew"
    cooldown.take("ann", now_ms + 5_000)
    assert cooldown.full_at_ms("ann") == now_ms + 15_000
    assert cooldown.charges("ann", now_ms + 15_000).count == 2


def test_a_clock_that_is_put_on_gives_charges_back_early_and_takes_none() -> None:
    cooldown = Cooldown(5_000, 1)
    cooldown.take("ann", 0)
    assert cooldown.charges("ann", HOUR_MS).count == 1


def test_an_interval_that_was_longer_before_the_restart_holds_nobody_now() -> None:
    cooldown = Cooldown(5_000, 1)
    cooldown.remember({"ann": 24 * HOUR_MS})
    assert cooldown.charges("ann", 0) == Charges(0, 5_000)


def test_those_remembered_from_the_future_are_forgotten_in_time() -> None:
    cooldown = Cooldown(5_000, 1)
    cooldown.remember({f"visitor {number}": HOUR_MS for number in range(SWEEP_AT)})
    cooldown.take("ann", 0)
    assert cooldown.full_at_ms("visitor 7") == 5_000


def test_what_somebody_had_left_they_still_have_when_the_clock_is_set_back() -> None:
    cooldown = Cooldown(1_000, 5)
    cooldown.take("ann", HOUR_MS)
    cooldown.take("ben", HOUR_MS)
    cooldown.give_back("ben")
    assert cooldown.charges("ann", 0) == Charges(4, 0)
    assert cooldown.charges("ann", 1_000).count == 5
    assert cooldown.charges("ben", 0).count == 5
