"""The shared board: placements come in one by one, are committed in batches, and only then acknowledged and shown.

Everything that changes the board happens in one background thread: it takes what has been asked for since the last
time, has it entered in the ledger and answers those who asked.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from infra.loop import Loop
from mural.canvas.board import Board
from mural.errors import Conflict, MuralError, TooMany, Unavailable
from services.board.answers import Answers, request_key
from services.board.board import LiveBoard
from services.board.crowd import Crowd
from services.board.ledger import Entered, Ledger, Surroundings
from services.board.log import CanvasLog, Kind
from services.board.rules import Allowance, CanvasRules, Visitor
from services.board.seasons import Shape
from services.board.wishes import Answer, Done, Placed, Wish

log = logging.getLogger(__name__)

TICK_S: Final = 0.05
"""The least time between two batches; the first pixel after a pause does not wait."""

IDLE_S: Final = 1.0
"""How often the thread looks around while nobody places anything."""

MAX_PENDING: Final = 20_000
MAX_BATCH: Final = 2_000
ANSWERS_KEPT_MS: Final = 10 * 60 * 1000
"""How far back the answers to requests are known after a restart."""

PATIENCE_S: Final = 15.0
"""How long a plain HTTP request waits for its pixel."""


class CanvasService:
    """Lets visitors change the board."""

    def __init__(self, store: CanvasLog, rules: CanvasRules, around: Surroundings, shape: Shape) -> None:
        self.store = store
        self.rules = rules
        self.shape = shape
        self.ledger = Ledger(store, around, shape)
        self.crowd = Crowd(store, rules.cooldown)
        rules.is_new = self.crowd.is_new
        self._around = around
        self._loop = Loop(around.background, "the board", TICK_S)
        self._lock = threading.Lock()
        self._accepting = False
        self._pending: list[Wish] = []
        self._answers: Answers[Wish] = Answers()
        self._batch_listeners: list[Callable[[float], None]] = []
        self._chores: list[Callable[[], None]] = []
        self._chores_due_s = 0.0

    @property
    def live(self) -> LiveBoard:
        """The board as it stands."""
        return self.ledger.live

    def open(self) -> None:
        """Take up the board, the answers and the cooldowns where they were left."""
        self.ledger.open()
        now_ms = self.now_ms()
        self._answers.remember(self.store.requests_since(now_ms - ANSWERS_KEPT_MS, self.live.seq))
        self.rules.remember(self.store.cooldowns(now_ms))

    def now_ms(self) -> int:
        """Tell the server's time."""
        return self._around.now_ms()

    def start(self) -> None:
        """Open the board and begin to commit what is placed."""
        self.open()
        self._accepting = True
        self._loop.start(self._beat, self._finish)

    def stop(self) -> None:
        """Commit what has been asked for, keep a snapshot and end."""
        self._accepting = False
        self._loop.stop()

    def after_each_batch(self, listener: Callable[[float], None]) -> None:
        """Have a function called, with the seconds that it took, when all answers of a batch are given."""
        self._batch_listeners.append(listener)

    def every_second(self, chore: Callable[[], None]) -> None:
        """Have a function called between two batches, at most so often; it may change the board."""
        self._chores.append(chore)

    def begin_season(self, board: Board) -> None:
        """Begin a new season: whoever waits for a pixel is refused, and everybody has to fetch the board."""
        with self._lock:
            wishes, self._pending = self._pending, []
        self._refuse(wishes, Conflict("A new season has begun.", reason="new_season"))
        self.ledger.begin_season(board)

    def facts(self) -> dict[str, Any]:
        """Tell what a client must know of the board to show it."""
        season = self.live.season
        return {
            "width": season.width,
            "height": season.height,
            "palette": season.palette.to_json(),
            "cooldown": self.rules.cooldown.interval_ms / 1000,
            "stack": self.rules.cooldown.stack,
            "read_only": self.rules.read_only,
            "brakes": self.rules.brakes.to_json(),
            "protected": [asdict(rect) for rect in self.rules.protected],
            "epoch": season.epoch,
            "seq": self.live.seq,
        }

    def allowance(self, visitor: Visitor) -> Allowance:
        """Tell what a visitor may do now."""
        return self.rules.allowance(visitor, self.now_ms())

    def place(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None, done: Done) -> None:
        """Ask for a pixel; ``done`` is called once it is committed, or could not be. Raise what stands against it."""

        def wish() -> Wish:
            cell, colour = self.live.board.cell(x, y), self.live.season.palette.index(color)
            self.rules.admit(visitor, x, y, self.now_ms())
            return Wish(visitor, cell, colour)

        self._ask(visitor, Kind.PLACE, request_id, wish, done)

    def undo(self, visitor: Visitor, request_id: str | None, done: Done) -> None:
        """Ask for one's own last pixel to be taken back; it costs nothing, and the pixel's charge stays used."""

        def wish() -> Wish:
            self.rules.admit_at_all(visitor)
            last = self.ledger.last_pixels.undoable(visitor.user_id, self.now_ms())
            return Wish(visitor, last.cell, last.old, undoes=last.seq)

        self._ask(visitor, Kind.UNDO, request_id, wish, done)

    def _ask(self, visitor: Visitor, kind: Kind, request_id: str | None, wish: Callable[[], Wish], done: Done) -> None:
        """Add a wish to those of the next batch, or give the answer that the same request had before."""
        key = request_key(visitor.user_id, kind, request_id) if request_id else None
        with self._lock:
            known = self._answers.of(key) if key is not None else None
            if known is None:
                known = self._add(wish(), key)
            if isinstance(known, Wish):
                known.waiting.append(done)
        if isinstance(known, int):
            done(Placed(known, self.allowance(visitor)))
        else:
            self._loop.wake()

    def _add(self, wish: Wish, key: int | None) -> Wish:
        if not self._accepting:
            raise Unavailable("The board is not open at the moment.", reason="read_only")
        if len(self._pending) >= MAX_PENDING:
            raise TooMany("The board has more to do than it can.", retry_after_s=1, reason="rate_limited")
        if wish.kind is Kind.PLACE:
            wish.toll = self.rules.take(wish.visitor, self.now_ms())
        self._pending.append(wish)
        if key is not None:
            wish.key = key
            self._answers.expect(key, wish)
        return wish

    def place_and_wait(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None) -> Placed:
        """Place a pixel and return when it is committed; raise what stands against it."""
        answers: list[Answer] = []
        ready = threading.Event()

        def done(answer: Answer) -> None:
            answers.append(answer)
            ready.set()

        self.place(visitor, x, y, color, request_id, done)
        if not ready.wait(PATIENCE_S):
            raise Unavailable("The board does not answer.")
        answer = answers[0]
        if isinstance(answer, MuralError):
            raise answer
        return answer

    def _beat(self) -> float:
        self.flush()
        now_s = time.monotonic()
        if now_s >= self._chores_due_s:
            self._do_chores()
            self._chores_due_s = now_s + IDLE_S
        return IDLE_S

    def _finish(self) -> None:
        while self._pending:
            self.flush()
        self.ledger.save_snapshot()

    def _do_chores(self) -> None:
        for chore in self._chores:
            try:
                chore()
            except Exception:  # the edge of the thread: the board goes on
                log.exception("a chore of the board failed")

    def flush(self) -> None:
        """Commit one batch of what has been asked for, show it and answer."""
        with self._lock:
            wishes, self._pending = self._pending[:MAX_BATCH], self._pending[MAX_BATCH:]
        if not wishes:
            return
        if self._pending:
            self._loop.wake()
        began_s = time.monotonic()
        try:
            entered = self.ledger.enter(wishes, self.rules.to_remember([wish.visitor for wish in wishes]))
        except Exception as error:  # the edge of the thread: those who wait must get their answer
            log.exception("%d pixels could not be committed", len(wishes))
            self._refuse(wishes, error if isinstance(error, MuralError) else Unavailable("The board is in trouble."))
        else:
            self._confirm(wishes, entered)
        for listener in self._batch_listeners:
            listener(time.monotonic() - began_s)

    def _confirm(self, wishes: Sequence[Wish], entered: Entered) -> None:
        now_ms = self.now_ms()
        self.crowd.note((wish.visitor for wish in wishes if wish.undoes is None), entered.strangers, now_ms)
        for wish, placement in zip(wishes, entered.placements, strict=True):
            if placement is None:
                self._refuse([wish], Conflict("Somebody has painted over your pixel.", reason="painted_over"))
                continue
            with self._lock:
                if wish.key is not None:
                    self._answers.settle(wish.key, placement.seq)
            wish.answer(Placed(placement.seq, self.rules.allowance(wish.visitor, now_ms)))

    def _refuse(self, wishes: Sequence[Wish], error: MuralError) -> None:
        for wish in wishes:
            with self._lock:
                self.rules.give_back(wish.toll)
                if wish.key is not None:
                    self._answers.forget(wish.key)
            wish.answer(error)
