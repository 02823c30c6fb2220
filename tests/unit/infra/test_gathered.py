"""One answer for all who ask the same at about the same time."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from infra.gathered import Gathered


class Crowd:
    """Threads that ask while the one who reads for them waits for its time."""

    def __init__(self, *, fails: bool = False) -> None:
        self.numbers = count()
        self.may_read = threading.Event()
        self.fails = fails
        self.gathered = Gathered(self._read, lambda _s: self._wait(), apart_s=3600)

    def _read(self) -> int:
        number = next(self.numbers)
        if number and self.fails:
            raise LookupError("nothing there")
        return number

    def _wait(self) -> None:
        assert self.may_read.wait(30)


def test_who_asks_alone_is_answered_at_once() -> None:
    assert Crowd().gathered.get() == 0


def test_those_who_ask_while_a_read_is_due_share_it_and_nobody_gets_an_older_one() -> None:
    crowd = Crowd()
    assert crowd.gathered.get() == 0
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(crowd.gathered.get) for _ in range(8)]
        crowd.may_read.set()
        given = [answer.result(30) for answer in answers]
    assert 0 not in given
    assert crowd.gathered.get() > max(given)


def test_a_crowd_is_read_for_once() -> None:
    crowd, asking = Crowd(), threading.Barrier(8)
    crowd.gathered.get()
    answers = []

    def ask() -> None:
        asking.wait(30)
        answers.append(crowd.gathered.get())

    def wait() -> None:  # until all others wait as well
        asked = crowd.gathered._asked
        while asked is not None and len(asked._condition._waiters) < 7:  # type: ignore[attr-defined]
            time.sleep(0.001)

    crowd.gathered._sleep = lambda _s: wait()
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [1] * 8


def test_a_read_that_fails_fails_for_all_and_the_next_is_tried_anew() -> None:
    crowd = Crowd(fails=True)
    crowd.gathered.get()
    crowd.may_read.set()
    for _ in range(2):
        with pytest.raises(LookupError):
            crowd.gathered.get()
    crowd.fails = False
    assert crowd.gathered.get() == 3


def test_who_asks_while_the_answer_is_being_read_gets_the_next_one() -> None:
    reading, go_on = threading.Event(), threading.Event()
    numbers = count()

    def read() -> int:
        number = next(numbers)
        if not number:
            reading.set()
            assert go_on.wait(30)
        return number

    gathered = Gathered(read, lambda _s: None)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(gathered.get)
        assert reading.wait(30)
        assert gathered.get() == 1
        go_on.set()
        assert first.result(30) == 0
