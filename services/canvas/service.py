"""The shared board: placements come in one by one, are committed in batches, and only then acknowledged and shown.

Everything that changes the board happens in one background thread: it takes what has been asked for since the last
time, numbers it, commits it in one transaction, colours the board, sends the pixels to those who watch and answers
those who asked. What is not committed is never visible, and what is visible is never lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from mural.canvas.board import Board
from mural.errors import Conflict, MuralError, TooMany, Unavailable
from services.background import Background
from services.canvas.answers import Answers, request_key
from services.canvas.board import LiveBoard, Shape
from services.canvas.log import CanvasLog, Kind, Placement
from services.canvas.rules import Allowance, CanvasRules, Visitor
from services.canvas.undo import LastPixels
from services.clock import Clock
from services.events import CANVAS_ROOM, Event, Name, Publisher

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


@dataclass(frozen=True, slots=True)
class Placed:
    """The answer to a placement: it is committed under this number."""

    seq: int
    allowance: Allowance

    def to_json(self) -> dict[str, Any]:
        """Give the acknowledgement."""
        return {"seq": self.seq} | self.allowance.to_json()


Answer = Placed | MuralError
Done = Callable[[Answer], None]


@dataclass(slots=True)
class Wish:
    """A change of one pixel that somebody waits for; ``undoes`` is the number of the placement it takes back."""

    visitor: Visitor
    cell: int
    colour: int
    waiting: list[Done]
    key: int | None = None
    undoes: int | None = None

    @property
    def kind(self) -> Kind:
        """How the placement comes about."""
        return Kind.PLACE if self.undoes is None else Kind.UNDO


@dataclass(slots=True)
class Figures:
    """What the board has done since it was opened, for those who look after it."""

    placed: int = 0
    batches: int = 0
    failed_batches: int = 0
    slowest_batch_s: float = 0.0


class CanvasService:
    """Lets visitors change the board."""

    def __init__(
        self,
        store: CanvasLog,
        rules: CanvasRules,
        publisher: Publisher,
        background: Background,
        clock: Clock,
        shape: Shape,
    ) -> None:
        self.store = store
        self.rules = rules
        self.figures = Figures()
        self._publisher = publisher
        self._background = background
        self._clock = clock
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._running = False
        self._pending: list[Wish] = []
        self._answers: Answers[Wish] = Answers()
        self._last_pixels = LastPixels()
        self._batch_listeners: list[Callable[[], None]] = []
        self._chores: list[Callable[[], None]] = []
        self._live: LiveBoard | None = None
        self.shape = shape

    @property
    def live(self) -> LiveBoard:
        """The board as it stands."""
        if self._live is None:
            raise Unavailable("The board is not open.")
        return self._live

    def open(self) -> None:
        """Take up the board where the log has left it; where there is none, or it has another shape, begin a season."""
        now_ms = self.now_ms()
        self._live = LiveBoard(self.store, self.shape, now_ms)
        self._answers.remember(self.store.requests_since(now_ms - ANSWERS_KEPT_MS, self.live.seq))
        self.rules.remember(self.store.cooldowns(now_ms))

    def now_ms(self) -> int:
        """Tell the server's time."""
        return round(self._clock().timestamp() * 1000)

    def start(self) -> None:
        """Open the board and begin to commit what is placed."""
        self.open()
        self._running = True
        self._ended.clear()
        self._background.start_background_task(self._run)

    def stop(self) -> None:
        """Commit what has been asked for, keep a snapshot and end."""
        if self._running:
            self._running = False
            self._wake.set()
            self._ended.wait(PATIENCE_S)

    def after_each_batch(self, listener: Callable[[], None]) -> None:
        """Have a function called when all answers of a batch are given."""
        self._batch_listeners.append(listener)

    def every_second(self, chore: Callable[[], None]) -> None:
        """Have a function called between two batches, at most so often; it may change the board."""
        self._chores.append(chore)

    def begin_season(self, board: Board) -> None:
        """Begin a new season: whoever waits for a pixel is refused, and everybody has to fetch the board."""
        with self._lock:
            wishes, self._pending = self._pending, []
            self._last_pixels.clear()
        self._refuse(wishes, Conflict("A new season has begun.", reason="new_season"))
        self.live.begin_season(self.shape, board, self.now_ms())
        position = {"epoch": self.live.season.epoch, "seq": self.live.seq}
        self._publisher.publish(Event(Name.CANVAS_RESYNC, position, (CANVAS_ROOM,)))

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
            "protected": [asdict(rect) for rect in self.rules.protected],
            "epoch": season.epoch,
            "seq": self.live.seq,
        }

    def allowance(self, visitor: Visitor) -> Allowance:
        """Tell what a visitor may do now."""
        return self.rules.allowance(visitor, self.now_ms())

    def place(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None, done: Done) -> None:
        """Ask for a pixel; ``done`` is called once it is committed, or could not be. Raise what stands against it."""
        key = request_key(visitor.user_id, request_id) if request_id else None
        with self._lock:
            known = self._answers.of(key) if key is not None else None
            if isinstance(known, Wish):
                known.waiting.append(done)
            elif known is None:
                self._ask(visitor, x, y, color, key, done)
        if isinstance(known, int):
            done(Placed(known, self.allowance(visitor)))
        else:
            self._wake.set()

    def _ask(self, visitor: Visitor, x: int, y: int, color: int | str, key: int | None, done: Done) -> None:
        cell = self.live.board.cell(x, y)
        colour = self.live.season.palette.index(color)
        now_ms = self.now_ms()
        self.rules.admit(visitor, x, y, now_ms)
        self._admit_one_more()
        self.rules.take(visitor, now_ms)
        wish = Wish(visitor, cell, colour, [done], key)
        self._pending.append(wish)
        if key is not None:
            self._answers.expect(key, wish)

    def undo(self, visitor: Visitor, done: Done) -> None:
        """Ask for one's own last pixel to be taken back; it costs nothing, and the pixel's charge stays used."""
        with self._lock:
            self.rules.admit_at_all(visitor)
            last = self._last_pixels.undoable(visitor.user_id, self.now_ms())
            self._admit_one_more()
            self._pending.append(Wish(visitor, last.cell, last.old, [done], undoes=last.seq))
        self._wake.set()

    def _admit_one_more(self) -> None:
        if not self._running:
            raise Unavailable("The board is not open at the moment.", reason="read_only")
        if len(self._pending) >= MAX_PENDING:
            raise TooMany("The board has more to do than it can.", retry_after_s=1, reason="rate_limited")

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

    def _run(self) -> None:
        next_chores_s = 0.0
        try:
            while self._running or self._pending:
                self._wake.wait(IDLE_S)
                self._wake.clear()
                began_s = time.monotonic()
                self.flush()
                if began_s >= next_chores_s:
                    self._do_chores()
                    next_chores_s = began_s + IDLE_S
                self._background.sleep(max(0.0, began_s + TICK_S - time.monotonic()))
            self._save_snapshot()
        finally:
            self._ended.set()

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
            self._wake.set()
        began_s = time.monotonic()
        placements = self._numbered(wishes)
        try:
            self.commit([placement for placement in placements if placement], [wish.visitor for wish in wishes])
        except Exception as error:  # the edge of the thread: those who wait must get their answer
            log.exception("%d pixels could not be committed", len(wishes))
            self.figures.failed_batches += 1
            self._refuse(wishes, error if isinstance(error, MuralError) else Unavailable("The board is in trouble."))
        else:
            self._confirm(wishes, placements)
        for listener in self._batch_listeners:
            listener()
        self.figures.batches += 1
        self.figures.slowest_batch_s = max(self.figures.slowest_batch_s, time.monotonic() - began_s)

    def commit(self, placements: Sequence[Placement], visitors: Sequence[Visitor] = ()) -> None:
        """Make placements part of the log, then of the board, then show them; raise without a trace if that fails."""
        if not placements:
            return
        self.store.append(placements, self.rules.to_remember(visitors))
        resync = Event(Name.CANVAS_RESYNC, {"epoch": self.live.season.epoch, "seq": placements[-1].seq}, (CANVAS_ROOM,))
        for frame in self.live.advance(placements):
            self._publisher.publish(Event(Name.CANVAS_PIXELS, frame, (CANVAS_ROOM,), instead=resync))
        with self._lock:
            for placement in placements:
                self._last_pixels.note(placement)
        self.figures.placed += len(placements)
        if self.live.snapshot_due:
            self._background.start_background_task(self._save_snapshot)

    def _numbered(self, wishes: Sequence[Wish]) -> list[Placement | None]:
        """Give every wish its place in the log; None where what it would take back is not on top any more."""
        pixels, seq = self.live.board.pixels, self.live.seq
        # The log never goes back in time, whatever the machine's clock does.
        at_ms = max(self.now_ms(), self.live.at_ms)
        changed: dict[int, int] = {}
        placements: list[Placement | None] = []
        for wish in wishes:
            cell = wish.cell
            if wish.undoes is not None and (cell in changed or not self._last_pixels.is_on_top(cell, wish.undoes)):
                placements.append(None)
                continue
            seq += 1
            old = changed.get(cell)
            old = int(pixels[cell]) if old is None else old
            changed[cell] = wish.colour
            actor = wish.visitor.user_id
            placements.append(Placement(seq, at_ms, cell, old, wish.colour, actor, wish.kind, wish.key))
        return placements

    def _confirm(self, wishes: Sequence[Wish], placements: Sequence[Placement | None]) -> None:
        now_ms = self.now_ms()
        for wish, placement in zip(wishes, placements, strict=True):
            if placement is None:
                self._answer(wish, Conflict("Somebody has painted over your pixel.", reason="painted_over"))
                continue
            with self._lock:
                if wish.key is not None:
                    self._answers.settle(wish.key, placement.seq)
            self._answer(wish, Placed(placement.seq, self.rules.allowance(wish.visitor, now_ms)))

    def _refuse(self, wishes: Sequence[Wish], error: MuralError) -> None:
        for wish in wishes:
            with self._lock:
                if wish.undoes is None:
                    self.rules.give_back(wish.visitor)
                if wish.key is not None:
                    self._answers.forget(wish.key)
            self._answer(wish, error)

    def _answer(self, wish: Wish, answer: Answer) -> None:
        for done in wish.waiting:
            done(answer)

    def _save_snapshot(self) -> None:
        try:
            self.live.save_snapshot(self.now_ms())
        except MuralError:
            log.exception("the board could not be kept; the next snapshot will do it")
