from __future__ import annotations

from infra.clock import LeapWatch
from tests.support.posters import HandClock


def test_only_what_the_stopwatch_has_not_seen_pass_is_a_leap() -> None:
    clock = HandClock()
    watch = LeapWatch(clock, clock.stopwatch)
    clock.advance(5_000)
    assert watch.leap_s() < 0.01
    clock.set_by(7_200)
    clock.advance(10)
    assert round(watch.leap_s()) == 7_200
    assert watch.leap_s() < 0.01, "it is told once"
    clock.set_by(-7_200)
    assert watch.leap_s() == 0
