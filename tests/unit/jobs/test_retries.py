from __future__ import annotations

from mural.jobs.retries import (
    LONGEST_DELAY_S,
    LONGEST_WAIT_S,
    MAX_INTERRUPTIONS,
    MAX_RETRIES,
    delay_s,
    may_retry,
    may_run_again,
    rest_s,
)


def test_three_retries_follow_the_first_attempt() -> None:
    assert [may_retry(attempts) for attempts in (1, 2, 3, 4)] == [True, True, True, False]
    assert MAX_RETRIES == 3


def test_the_delay_doubles_and_ends_at_a_bound() -> None:
    assert [delay_s(attempts, 0.0) for attempts in (1, 2, 3)] == [5.0, 10.0, 20.0]
    assert delay_s(30, 0.0) == LONGEST_DELAY_S


def test_jitter_only_ever_adds() -> None:
    assert delay_s(1, 1.0) == 7.5


def test_what_the_other_side_asked_for_is_kept() -> None:
    assert delay_s(1, 0.0, at_least_s=60.0) == 60.0


def test_a_job_rests_the_longer_the_more_often_the_server_died_over_it() -> None:
    assert [rest_s(interruptions) for interruptions in (0, 1, 2, 3)] == [0.0, 0.0, 5.0, 10.0]


def test_only_a_job_that_was_there_at_every_death_is_given_up() -> None:
    assert [may_run_again(interruptions) for interruptions in (0, 1, 2, 3, 4)] == [True, True, True, True, False]
    assert MAX_INTERRUPTIONS == 3


def test_no_map_server_makes_a_job_wait_for_ever() -> None:
    assert delay_s(1, 1.0, 1e18) == LONGEST_WAIT_S
