"""How much may wait for a client that has no websocket yet, so that nothing can be written past the queue."""

from __future__ import annotations

import queue

import pytest

from infra.delivery.frames import Message
from infra.delivery.outbox import MAX_WAITING_BYTES, Outbox


class Client:
    """An outbox, and how often it ran over."""

    def __init__(self) -> None:
        self.overflows = 0
        self.outbox = Outbox(queue.Queue(), queue.Empty, self._note)

    def _note(self, _outbox: Outbox) -> None:
        self.overflows += 1

    def send(self, size: int, times: int = 1) -> None:
        """Send messages of a size."""
        for _ in range(times):
            self.outbox.put(Message(["x" * size]))


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
