"""Where placements become real: numbered, committed in one transaction, then coloured and shown.

What is not committed is never visible, and what is visible is never lost. One thread writes; any may read.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from infra.background import Background
from infra.clock import Clock
from infra.events.announcing import Announcer
from infra.events.events import CANVAS_ROOM, Event, Name, Publisher
from infra.events.payloads import BoardPosition
from infra.events.streams import Overtaken
from mural.canvas.board import Board
from mural.errors import MuralError, Unavailable
from services.board.board import LiveBoard
from services.board.log import CanvasLog, Placement
from services.board.seasons import Shape
from services.board.undo import LastPixels
from services.board.wishes import Wish

log = logging.getLogger(__name__)

NONE: Final[Mapping[str, int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the board's services share: where news go, how threads are started, what time it is."""

    publisher: Publisher
    background: Background
    clock: Clock

    def announce(self, event: Event) -> None:
        """Push what is committed; what stands against it undoes nothing."""
        Announcer(self.publisher).publish(event)

    def now_ms(self) -> int:
        """Tell the server's time."""
        return round(self.clock().timestamp() * 1000)


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of wishes, one by one; None where a pixel would be taken back that is not on top any more."""

    placements: list[Placement | None]
    strangers: frozenset[str]


@dataclass(slots=True)
class Ledger:
    """The board as it stands, and the only way to change it."""

    store: CanvasLog
    around: Surroundings
    shape: Shape
    placed: int = 0
    last_pixels: LastPixels = field(default_factory=LastPixels)
    _live: LiveBoard | None = None

    @property
    def live(self) -> LiveBoard:
        """The board as it stands."""
        if self._live is None:
            raise Unavailable("The board is not open.")
        return self._live

    def open(self) -> None:
        """Take up the board where the log has left it; where there is none, or it has another shape, begin a season."""
        self._live = LiveBoard(self.store, self.shape, self.around.now_ms())

    def begin_season(self, board: Board) -> None:
        """Begin a new season: everybody has to fetch the board."""
        self.last_pixels.clear()
        self.live.begin_season(self.shape, board, self.around.now_ms())
        self.around.announce(self._resync(self.live.seq))

    def _take_up(self) -> None:
        """Go on from where another writer has left the log: what was seen here is no longer how things stand."""
        log.error("somebody else has written to the board; it is taken up anew")
        self.last_pixels.clear()
        self.live.take_up_anew()
        self.around.announce(self._resync(self.live.seq))

    def enter(self, wishes: Sequence[Wish], cooldowns: Mapping[str, int]) -> Entered:
        """Commit what is wished for."""
        placements = self._numbered(wishes)
        strangers = self.commit([placement for placement in placements if placement], cooldowns)
        return Entered(placements, strangers)

    def commit(self, placements: Sequence[Placement], cooldowns: Mapping[str, int] = NONE) -> frozenset[str]:
        """Make placements part of the log, then of the board, then show them; raise without a trace if that fails.

        Tells which visitors have placed something for the first time.
        """
        if not placements:
            return frozenset()
        try:
            strangers = self.store.append(self.live.season.epoch, placements, cooldowns)
        except Overtaken:
            self._take_up()
            raise
        frames, now_ms = self.live.advance(placements), self.around.now_ms()
        for placement in placements:
            self.last_pixels.note(placement, now_ms)
        self.placed += len(placements)
        resync = self._resync(placements[-1].seq)
        for frame in frames:
            self.around.announce(Event(Name.CANVAS_PIXELS, frame, (CANVAS_ROOM,), instead=resync))
        if self.live.snapshot_due:
            self.around.background.start_background_task(self.save_snapshot)
        return strangers

    def next_moment_ms(self) -> int:
        """Tell the time to write down: the log never goes back, whatever the machine's clock does."""
        now_ms = self.around.now_ms()
        self.live.keep_time(now_ms)
        return max(now_ms, self.live.at_ms)

    def _numbered(self, wishes: Sequence[Wish]) -> list[Placement | None]:
        pixels, seq, at_ms = self.live.board.pixels, self.live.seq, self.next_moment_ms()
        changed: dict[int, int] = {}
        placements: list[Placement | None] = []
        for wish in wishes:
            cell = wish.cell
            if wish.undoes is not None and (cell in changed or not self.last_pixels.is_on_top(cell, wish.undoes)):
                placements.append(None)
                continue
            seq += 1
            old = changed.get(cell)
            old = int(pixels[cell]) if old is None else old
            changed[cell] = wish.colour
            actor = wish.visitor.user_id
            placements.append(Placement(seq, at_ms, cell, old, wish.colour, actor, wish.kind, wish.key))
        return placements

    def _resync(self, seq: int) -> Event:
        return Event(Name.CANVAS_RESYNC, BoardPosition(epoch=self.live.season.epoch, seq=seq), (CANVAS_ROOM,))

    def save_snapshot(self) -> None:
        """Keep the board as it stands, so that nobody has to replay all of the log."""
        try:
            self.live.save_snapshot(self.around.now_ms())
        except MuralError:
            log.exception("the board could not be kept; the next snapshot will do it")
