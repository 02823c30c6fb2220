"""A board with its surroundings for tests: a real database, a clock that goes when told to, no sockets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.background import Background, ThreadBackground
from infra.db.session import Database
from infra.events.events import RecordingPublisher
from mural.canvas.palette import PALETTES
from mural.errors import MuralError
from services.board.brakeman import Brakeman
from services.board.caretaker import Caretaker
from services.board.history import CanvasHistory
from services.board.ledger import Surroundings
from services.board.log import CanvasLog
from services.board.orders import OrderBook
from services.board.rules import CanvasRules, Visitor
from services.board.seasons import Shape
from services.board.service import CanvasService
from services.board.wishes import Answer, Placed
from tests.support.posters import HandClock
from tests.support.tables import lay_tables

ANN = Visitor("11111111-1111-4111-8111-111111111111", "192.0.2.1")
BEN = Visitor("22222222-2222-4222-8222-222222222222", "192.0.2.2")
SHAPE = Shape(32, 16, PALETTES["mural32"])
START = datetime(2026, 1, 1, tzinfo=UTC)


class ByHand(ThreadBackground):
    """Starts nothing in the background: the test itself is the thread that flushes."""

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> threading.Thread:
        """Make the thread that is never started."""
        return threading.Thread(target=target, args=args, kwargs=kwargs)


class Studio:
    """A board with its surroundings; ``reopen`` is what a restart does to it."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.clock = HandClock()
        self.clock.now = START
        url = database_url or f"sqlite:///{folder / 'mural.db'}"
        lay_tables(url)
        self.database = Database(url)
        self.reopen()

    def reopen(
        self,
        *,
        shape: Shape = SHAPE,
        cooldown_s: float = 0,
        stack: int = 1,
        address: str = "",
        background: Background = ByHand(),  # noqa: B008  # it has no state
    ) -> None:
        """Open the board, as a start of the server does; unless there is a background, the test flushes."""
        self.publisher = RecordingPublisher()
        rules = CanvasRules.of(cooldown_s, stack, address or "100000 per minute")
        store = CanvasLog(self.database)
        around = Surroundings(self.publisher, background, self.clock)
        self.canvas = CanvasService(store, rules, around, shape)
        self.history = CanvasHistory(self.canvas)
        self.orders = OrderBook(self.database)
        self.caretaker = Caretaker(self.canvas, self.orders, ThreadBackground(), self.folder)
        self.brakeman = Brakeman(self.canvas, self.caretaker)
        self.canvas.start()
        self.caretaker.take_up()

    def ask(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None = None) -> list[Answer]:
        """Ask for a pixel; the answer comes with the next batch."""
        answers: list[Answer] = []
        self.canvas.place(visitor, x, y, color, request_id, answers.append)
        return answers

    def place(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None = None) -> Placed:
        """Ask for a pixel and commit it."""
        answers = self.ask(visitor, x, y, color, request_id)
        self.canvas.flush()
        (answer,) = answers
        assert isinstance(answer, Placed)
        return answer

    def undo(self, visitor: Visitor, request_id: str | None = None) -> Answer:
        """Take the last pixel back."""
        answers: list[Answer] = []
        self.canvas.undo(visitor, request_id, answers.append)
        self.canvas.flush()
        return answers[0]

    def order(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Have an order carried out."""
        order_id = self.orders.submit(name, arguments, self.canvas.now_ms())
        self.caretaker.look_after()
        result = self.orders.get(order_id).result
        assert result is not None
        return result

    def colour(self, x: int, y: int) -> int:
        """Look at a pixel."""
        return int(self.canvas.live.board.pixels[y * SHAPE.width + x])


@contextmanager
def refused(kind: type[MuralError], reason: str) -> Iterator[None]:
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.facts["reason"] == reason
