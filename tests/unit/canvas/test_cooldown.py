from __future__ import annotations

from mural.canvas.cooldown import Charges, Cooldown


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
