"""How much may wait for a client, and who writes it."""

from __future__ import annotations

import queue
import socket
from collections.abc import Callable
from typing import Any

import pytest

from infra.background import ThreadBackground
from infra.delivery.frames import Message
from infra.delivery.outbox import MAX_WAITING_BYTES, Outbox
from infra.delivery.wire import Wire


class Client:
    """An outbox, how often it ran over, and how many threads it has started."""

    def __init__(self) -> None:
        self.overflows = 0
        self.started = 0
        self.writer: Any = None
        self.outbox = Outbox(queue.Empty, self._start, self._note)

    def _start(self, target: Callable[[], None]) -> Any:
        self.started += 1
        self.writer = ThreadBackground().start_background_task(target)
        return self.writer

    def _note(self, _outbox: Outbox) -> None:
        self.overflows += 1

    def send(self, size: int, times: int = 1) -> None:
        """Send messages of a size."""
        for _ in range(times):
            self.outbox.put(Message(["x" * size]))


class Plain:
    """A websocket as far as an outbox knows it."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def client() -> Client:
    return Client()


def test_who_takes_nothing_runs_over(client: Client) -> None:
    client.send(MAX_WAITING_BYTES // 4, times=5)
    assert client.overflows == 0
    client.send(1, times=3)
    assert client.overflows == 3
    assert client.outbox.waiting_bytes < 2 * MAX_WAITING_BYTES


def test_a_long_answer_may_take_its_time_while_news_comes(client: Client) -> None:
    client.send(4 * MAX_WAITING_BYTES)
    client.send(MAX_WAITING_BYTES // 4, times=3)
    assert client.overflows == 0
    assert client.outbox.behind


def test_what_was_taken_waits_no_more(client: Client) -> None:
    client.send(MAX_WAITING_BYTES, times=2)
    for _ in range(2):
        client.outbox.get(timeout=1)
    assert client.outbox.waiting_bytes == 0
    client.send(MAX_WAITING_BYTES, times=2)
    assert client.overflows == 0


def test_a_poll_is_answered_by_what_comes_while_it_waits_and_ends_where_a_websocket_takes_its_place() -> None:
    client = Client()
    taken: queue.Queue[Any] = queue.Queue()
    background = ThreadBackground()
    poll = background.start_background_task(lambda: taken.put(client.outbox.get(timeout=30)))
    client.send(10)
    assert taken.get(timeout=30).size == 10
    poll.join()
    background.start_background_task(lambda: taken.put(client.outbox.get(timeout=30)))
    near, far = socket.socketpair()
    with near, far:
        client.outbox.open_to(Plain(Wire(near, background.sleep)))
        assert taken.get(timeout=30) is None


def test_a_poll_that_nothing_comes_for_is_told_so() -> None:
    with pytest.raises(queue.Empty):
        Client().outbox.get(timeout=0.01)


def test_what_a_websocket_does_not_take_at_once_is_written_by_a_thread_which_ends_with_it() -> None:
    client = Client()
    near, far = socket.socketpair()
    with near, far:
        line = Plain(Wire(near, ThreadBackground().sleep))
        client.send(10)
        client.outbox.open_to(line)
        assert client.started == 0, "what waited for the websocket went straight into it"
        client.send(MAX_WAITING_BYTES, times=2)
        assert client.started == 1
        left = 10 + 2 * MAX_WAITING_BYTES
        while left > 0:
            left -= far.recv(2**20).count(b"x")
        client.writer.join()
        client.outbox.finish()
        assert (client.outbox.waiting_bytes, client.overflows, line.closed) == (0, 0, 0)
        client.send(10)
        assert client.outbox.waiting_bytes == 0, "it takes nothing more"
        assert client.started == 1


def test_an_outbox_that_is_told_to_end_writes_what_waits_and_closes_the_websocket() -> None:
    client = Client()
    near, far = socket.socketpair()
    with near, far:
        line = Plain(Wire(near, ThreadBackground().sleep))
        client.outbox.open_to(line)
        client.send(MAX_WAITING_BYTES, times=1)
        client.outbox.put(None)
        left = MAX_WAITING_BYTES
        while left > 0:
            left -= far.recv(2**20).count(b"x")
        client.outbox.finish()
        assert line.closed == 1
