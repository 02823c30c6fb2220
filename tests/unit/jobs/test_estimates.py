from __future__ import annotations

from mural.jobs.estimates import KEPT, Estimates, Work, remaining_s

PRINT = Work(preview=False, format="png", megapixels=17.3, distance_m=4000)


def test_before_any_history_larger_pages_are_guessed_to_take_longer() -> None:
    estimates = Estimates()
    huge = Work(preview=False, format="png", megapixels=139.5, distance_m=4000)
    assert 0 < estimates.expect(PRINT) < estimates.expect(huge)


def test_the_median_of_the_like_is_expected() -> None:
    estimates = Estimates()
    for seconds in (1.0, 2.0, 90.0):
        estimates.learn(PRINT, seconds)
    assert estimates.expect(PRINT) == 2.0


def test_without_the_like_the_next_likest_counts() -> None:
    estimates = Estimates()
    estimates.learn(PRINT, 2.0)
    farther = Work(preview=False, format="png", megapixels=17.3, distance_m=40_000)
    assert estimates.expect(farther) == 2.0
    other_format = Work(preview=False, format="pdf", megapixels=17.3, distance_m=4000)
    assert estimates.expect(other_format) != 2.0


def test_old_durations_are_forgotten() -> None:
    estimates = Estimates()
    for seconds in [100.0] * KEPT + [1.0] * KEPT:
        estimates.learn(PRINT, seconds)
    assert estimates.expect(PRINT) == 1.0


def test_what_remains_shrinks_from_what_was_expected_to_what_is_seen() -> None:
    assert remaining_s(10, 0, 0) == 10
    assert remaining_s(10, 8, 50) < 8
    # Twice as slow as expected: the pace that is seen takes over.
    assert remaining_s(10, 10, 50) == 5.0
    assert remaining_s(10, 60, 99) == 1.0


def test_from_a_clock_that_was_set_back_meanwhile_nothing_is_learnt() -> None:
    estimates = Estimates()
    for seconds in (-3590.0, 2.0, -5.0):
        estimates.learn(PRINT, seconds)
    assert estimates.expect(PRINT) == 2.0
