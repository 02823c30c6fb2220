from __future__ import annotations

import pytest

from mural.canvas.brakes import EVERYBODY, FACTOR, HOLD_MS, LONGEST_HOLD_MS, NEWCOMERS, RELAPSE_MS, Brake, Brakes

COOLDOWN_MS = 5_000
RANGE = "9.9.9.0/24"


def who_is_held(brakes: Brakes, now_ms: int = 0) -> list[bool]:
    people = [("9.9.9.7", False), ("8.8.8.8", True), ("8.8.8.8", False), ("unknown", False)]
    return [bool(brakes.on(address, now_ms, newcomer=newcomer)) for address, newcomer in people]


def test_a_brake_holds_those_it_names() -> None:
    for who, held in (
        (RANGE, [True, False, False, False]),
        (NEWCOMERS, [False, True, False, False]),
        (EVERYBODY, [True, True, True, True]),
    ):
        brakes = Brakes(COOLDOWN_MS)
        assert not brakes
        brakes.pull(Brake(who), 0)
        assert who_is_held(brakes) == held
        brakes.release(who)
        assert who_is_held(brakes) == [False] * 4
    with pytest.raises(ValueError, match="does not appear"):
        Brakes(COOLDOWN_MS).pull(Brake("nobody"), 0)


def test_a_brake_is_over_at_its_time() -> None:
    brakes = Brakes(COOLDOWN_MS)
    brakes.pull(Brake(RANGE, until_ms=1_000), 0)
    brakes.pull(Brake(NEWCOMERS), 0)
    assert brakes.over(999) == []
    assert brakes.over(1_000) == [Brake(RANGE, 1_000)]
    assert who_is_held(brakes, 1_000) == [False, True, False, False]


def test_who_is_braked_waits_several_times_as_long() -> None:
    brakes = Brakes(COOLDOWN_MS)
    brakes.pull(Brake(EVERYBODY), 0)
    (brake,) = brakes.on("8.8.8.8", 0, newcomer=False)
    for cooldown, key in brakes.toll("ann", [brake]):
        cooldown.take(key, 0)
    assert brakes.patience("ann", 0).available_at_ms == FACTOR * COOLDOWN_MS
    assert brakes.patience("ben", 0).count == 1
    assert brakes.share(brake, 0).count == 1, "everybody shares no bounds"


def test_more_identities_give_those_whom_a_brake_holds_no_more() -> None:
    for who, people in ((RANGE, 100), (NEWCOMERS, 1_000)):
        brakes = Brakes(COOLDOWN_MS)
        brake = Brake(who)
        brakes.pull(brake, 0)
        placed = 0
        for now_ms in range(0, 60_000, 10):  # a new identity every 10 ms, for a minute
            if brakes.share(brake, now_ms).count:
                placed += 1
                for cooldown, key in brakes.toll(f"identity {now_ms}", [brake]):
                    cooldown.take(key, now_ms)
        assert placed == pytest.approx(people * 60_000 / (FACTOR * COOLDOWN_MS) + people / 10, rel=0.01)


def test_what_begins_again_soon_is_held_for_longer() -> None:
    brakes, now_ms, held = Brakes(COOLDOWN_MS), 0, []
    for _ in range(7):
        hold_ms = brakes.hold_ms(RANGE, now_ms)
        brakes.pull(Brake(RANGE, now_ms + hold_ms), now_ms)
        now_ms += hold_ms + RELAPSE_MS
        held.append(hold_ms)
    assert held == [HOLD_MS * factor for factor in (1, 2, 4, 8, 16)] + [LONGEST_HOLD_MS] * 2
    assert brakes.hold_ms(RANGE, now_ms + 1) == HOLD_MS
    assert brakes.hold_ms(NEWCOMERS, now_ms) == HOLD_MS


def test_a_board_without_a_cooldown_can_be_braked_all_the_same() -> None:
    brakes = Brakes(0)
    for cooldown, key in brakes.toll("ann", [Brake(EVERYBODY)]):
        cooldown.take(key, 0)
    assert brakes.patience("ann", 0).available_at_ms == FACTOR * 1_000


def test_nobodys_address_is_told() -> None:
    brakes = Brakes(COOLDOWN_MS)
    brakes.pull(Brake(RANGE), 0)
    brakes.pull(Brake(NEWCOMERS), 0)
    assert brakes.to_json() == {"everybody": False, "newcomers": True, "networks": 1, "factor": FACTOR}


def test_a_clock_that_is_set_back_holds_nobody_for_longer_than_the_brake_was_pulled_for() -> None:
    brakes, hour_ms = Brakes(COOLDOWN_MS), 3_600_000
    brakes.pull(Brake(RANGE, until_ms=hour_ms + HOLD_MS), hour_ms)
    assert brakes.over(0) == []
    assert brakes.over(HOLD_MS - 1) == []
    (over,) = brakes.over(HOLD_MS)
    assert over.who == RANGE
