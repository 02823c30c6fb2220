from __future__ import annotations

import random
from collections.abc import Iterator

from mural.canvas.traffic import CROWD, NETWORK_CROWD, WINDOW_S, Anomaly, Traffic

COOLDOWN_MS = 5_000


def placed_by(people: int, seconds: int, within_s: float, seed: int = 1) -> Iterator[tuple[int, int, bool]]:
    """List when each of some people places: they come one after the other and are as quick as they may be."""
    chance = random.Random(seed)
    placements = []
    for person in range(people):
        came_ms = round(chance.uniform(0, within_s) * 1000)
        for number, at_ms in enumerate(range(came_ms, seconds * 1000, COOLDOWN_MS + chance.randrange(200))):
            placements.append((at_ms, person, number == 0))
    return iter(sorted(placements))


def judged(traffic: Traffic, placements: Iterator[tuple[int, int, bool]], networks: int) -> list[Anomaly]:
    """Let time go by, asking once a second."""
    found: list[Anomaly] = []
    second = 0
    for at_ms, person, first in placements:
        while second * 1000 <= at_ms:
            found += traffic.judge(second * 1000)
            second += 1
        traffic.note(f"9.9.{person % networks}.0/24", at_ms, first=first)
    return found + traffic.judge(second * 1000)


def test_an_ordinary_crowd_is_plausible_however_quickly_it_comes() -> None:
    for within_s in (0.5, 20, 200):
        assert judged(Traffic(COOLDOWN_MS, 1), placed_by(CROWD, 240, within_s), networks=50) == []
    assert judged(Traffic(COOLDOWN_MS, 1), placed_by(30, 60, within_s=1), networks=1) == [], "a class in one school"


def test_many_new_identities_from_one_range_are_not_plausible() -> None:
    traffic = Traffic(COOLDOWN_MS, 1)
    for number in range(NETWORK_CROWD):
        traffic.note("9.9.9.0/24", 1_000 + number, first=True)
        traffic.note("8.8.8.0/24", 1_000 + number, first=True)
    assert traffic.judge(2_000) == []
    traffic.note("9.9.9.0/24", 2_000, first=True)
    assert traffic.judge(2_000) == [Anomaly("9.9.9.0/24", NETWORK_CROWD + 1, NETWORK_CROWD + 1)]
    assert traffic.judge(2_000 + WINDOW_S * 1000) == [], "it is forgotten when it is over"


def test_few_identities_that_place_more_than_people_could_are_not_plausible() -> None:
    traffic = Traffic(COOLDOWN_MS, 1)
    most = NETWORK_CROWD * (1 + WINDOW_S * 1000 // COOLDOWN_MS)
    for number in range(most):
        traffic.note("9.9.9.0/24", number, first=number < 10)
    assert traffic.judge(1_000) == []
    traffic.note("9.9.9.0/24", 999, first=False)
    assert traffic.judge(1_000) == [Anomaly("9.9.9.0/24", most + 1, 10)]


def test_a_flood_from_everywhere_is_not_plausible() -> None:
    found = judged(Traffic(COOLDOWN_MS, 1), placed_by(3 * CROWD, 40, within_s=1), networks=250)
    assert {anomaly.network for anomaly in found} == {None}
    assert found[0].placed > 7_000


def test_what_a_board_has_been_used_to_for_long_is_no_surge() -> None:
    traffic = Traffic(COOLDOWN_MS, 1)
    found = judged(traffic, placed_by(3 * CROWD, 1_500, within_s=1_200), networks=250)
    assert found == []


def test_charges_that_were_saved_up_may_be_used_at_once() -> None:
    stacked = Traffic(COOLDOWN_MS, 10)
    for number in range(NETWORK_CROWD * 10):
        stacked.note("9.9.9.0/24", number, first=number < NETWORK_CROWD)
    assert stacked.judge(1_000) == []


def test_without_a_cooldown_any_speed_is_plausible_and_without_a_range_nothing_is_counted_for_one() -> None:
    unlimited = Traffic(0, 1)
    for _ in range(100_000):
        unlimited.note("9.9.9.0/24", 0, first=False)
    assert unlimited.judge(1_000) == []
    nowhere = Traffic(COOLDOWN_MS, 1)
    for _ in range(2 * NETWORK_CROWD):
        nowhere.note(None, 0, first=True)
    assert nowhere.judge(1_000) == []


def test_what_comes_after_the_clock_was_set_back_is_no_surge() -> None:
    traffic, hour_ms = Traffic(5_000, 1), 3_600_000
    traffic.note("9.9.9.0/24", hour_ms, first=True)
    for second in range(2 * 3600):  # two newcomers a minute, for longer than it was set back by
        if second % 30 == 0:
            traffic.note("9.9.9.0/24", second * 1000, first=True)
        assert traffic.judge(second * 1000) == []
