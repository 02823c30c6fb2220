"""Calls that are due later, made by one thread."""

from __future__ import annotations

import queue
import threading

from infra.background import ThreadBackground
from infra.delivery.rounds import CALLS_PER_TURN, Rounds


class Counted(ThreadBackground):
    """Plain threads that are counted."""

    def __init__(self) -> None:
        self.started: list[threading.Thread] = []

    def start_background_task(self, *args: object, **kwargs: object) -> threading.Thread:
        self.started.append(super().start_background_task(*args, **kwargs))  # type: ignore[arg-type]
        return self.started[-1]


def test_everybody_is_called_once_in_the_order_of_asking_by_one_thread() -> None:
    called: queue.Queue[str] = queue.Queue()
    background = Counted()
    rounds = Rounds(background, 0.01, called.put)
    names = [str(number) for number in range(3 * CALLS_PER_TURN)]
    for name in names:
        rounds.ask(name)
    assert [called.get(timeout=30) for _ in names] == names
    rounds.ask("late")
    assert called.get(timeout=30) == "late"
    assert called.empty()
    assert len(background.started) == 1


def test_nobody_is_called_before_the_time_and_no_thread_is_there_for_nobody() -> None:
    background = Counted()
    called: list[str] = []
    rounds = Rounds(background, 3600, called.append)
    assert background.started == []
    rounds.ask("somebody")
    assert called == []
