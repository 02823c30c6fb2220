from __future__ import annotations

import threading

import pytest

from infra.background import ThreadBackground
from infra.loop import Loop
from mural.errors import Unavailable


def test_a_step_is_done_at_once_when_woken_and_when_due() -> None:
    steps = threading.Semaphore(0)
    naps = [None, 0.0, None]
    loop = Loop(ThreadBackground(), "testing")

    def step() -> float | None:
        steps.release()
        return naps.pop(0) if naps else None

    loop.start(step)
    assert steps.acquire(timeout=20)
    assert not steps.acquire(timeout=0.05)
    loop.wake()
    assert steps.acquire(timeout=20)  # woken
    assert steps.acquire(timeout=20)  # due at once
    loop.stop()


@pytest.mark.parametrize("trouble", [Unavailable("busy"), OSError("gone"), ZeroDivisionError()])
def test_a_step_that_fails_does_not_end_the_loop(trouble: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.loop.AFTER_TROUBLE_S", 0.0)
    troubles, done = [trouble], threading.Event()

    def step() -> None:
        if troubles:
            raise troubles.pop()
        done.set()

    loop = Loop(ThreadBackground(), "testing")
    loop.start(step)
    assert done.wait(20)
    loop.stop()


def test_stopping_waits_for_the_step_that_is_being_done() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def step() -> None:
        begun.set()
        go_on.wait(20)
        ended.set()

    loop = Loop(ThreadBackground(), "testing")
    loop.start(step)
    begun.wait(20)
    threading.Timer(0.05, go_on.set).start()
    loop.stop()
    assert ended.is_set()


def test_a_loop_that_was_never_started_is_stopped_at_once() -> None:
    Loop(ThreadBackground(), "testing").stop()


def test_a_loop_that_rests_between_its_steps_ends_at_once() -> None:
    stepped, ended = threading.Event(), threading.Event()
    loop = Loop(ThreadBackground(), "testing", rest_s=3600)
    loop.start(stepped.set, ended.set)
    assert stepped.wait(20)
    loop.stop()
    assert ended.is_set()


def test_a_loop_that_is_woken_while_it_rests_steps_after_the_rest() -> None:
    steps = threading.Semaphore(0)
    loop = Loop(ThreadBackground(), "testing", rest_s=0.05)
    loop.start(steps.release)
    assert steps.acquire(timeout=20)
    loop.wake()
    assert steps.acquire(timeout=20)
    loop.stop()
