"""The board as it stands: what is committed, and nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from infra.events.streams import Outcome
from mural.canvas.board import Board
from mural.canvas.codec import PIXEL_BYTES, frames, pack_pixels
from mural.canvas.recent import KEPT, RecentPixels
from mural.canvas.reduce import repaint
from services.board.log import AHEAD_MS, CanvasLog, Placement, Season, State
from services.board.seasons import Shape, begin_season

SMALL_REPLAY: Final = 1024
"""So many pixels are always replayed; more only while they are fewer bytes than the board."""

SNAPSHOT_EVERY: Final = 10_000
"""A past moment is rebuilt from about so many placements at most, and so is the board at a start."""

PIXELS_PER_PLACEMENT: Final = 256
"""On large boards snapshots are rarer: they must not take more room than the placements between them."""

IMAGE_KEPT_S: Final = 1.0
"""A board that changes all the time is compressed so often for all who fetch it."""


@dataclass(frozen=True, slots=True)
class Resume:
    """What a client that was away has to do: nothing, apply ``pixels`` (one frame), or fetch the board anew."""

    outcome: Outcome
    epoch: int
    seq: int
    pixels: bytes | None = None

    def to_json(self) -> dict[str, Any]:
        """Give the part of the acknowledgement of canvas:join."""
        body: dict[str, Any] = {"epoch": self.epoch, "seq": self.seq, "outcome": self.outcome}
        return body if self.pixels is None else body | {"pixels": self.pixels}


@dataclass(frozen=True, slots=True)
class BoardImage:
    """The board after the placement ``seq``, packed to be sent."""

    season: Season
    seq: int
    packed: bytes
    made_at_s: float


class LiveBoard:
    """Holds the board of the running season. One thread changes it; any may read."""

    def __init__(self, store: CanvasLog, shape: Shape, now_ms: int) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._packing = threading.Lock()
        blank = State(Board(shape.width, shape.height), 0, now_ms)
        self._take_up(store.season() or begin_season(store, shape.palette, blank))
        self.keep_time(now_ms)
        present = Shape(self.season.width, self.season.height, self.season.palette)
        if present != shape:
            board = repaint(self.board, present.palette, shape.width, shape.height, shape.palette)
            self.begin_season(shape, board, now_ms)

    def begin_season(self, shape: Shape, board: Board, now_ms: int) -> None:
        """Begin a new season with a board; clients have to fetch it."""
        self.keep_time(now_ms)
        start = State(board, self.seq, max(now_ms, self.at_ms))
        self._take_up(begin_season(self._store, shape.palette, start, after_epoch=self.season.epoch))

    def take_up_anew(self) -> None:
        """Go on from where the log stands, after somebody else has written to it."""
        self._take_up(self._store.season() or self.season)

    def _take_up(self, season: Season) -> None:
        snapshot = self._store.snapshot_before(season)
        state = self._store.state_after(snapshot)
        self._store.keep_count(season, state.seq)
        recent = RecentPixels(max(season.first_seq, state.seq - KEPT))
        recent.append(self._store.pixels(recent.seq, state.seq))
        with self._packing, self._lock:
            self.season, self.board, self.seq, self.at_ms = season, state.board, state.seq, state.at_ms
            self.snapshot_seq = snapshot.seq
            self._recent = recent
            self._image: BoardImage | None = None

    def keep_time(self, now_ms: int) -> None:
        """Go back with a clock that was far ahead, where otherwise the log would stand still until then."""
        if self.at_ms > now_ms + AHEAD_MS:
            self._store.set_back(now_ms)
            started_at_ms = min(now_ms, self.season.started_at_ms)
            with self._lock:
                self.season, self.at_ms = replace(self.season, started_at_ms=started_at_ms), now_ms

    def advance(self, placements: Sequence[Placement]) -> Iterator[bytes]:
        """Take in placements that are committed; give the frames that tell clients of them."""
        cells = np.array([placement.cell for placement in placements], np.uint32)
        colours = np.array([placement.new for placement in placements], np.uint8)
        packed = pack_pixels(cells, colours)
        with self._lock:
            self.board.apply(cells, colours)
            self._recent.append(packed)
            self.seq, self.at_ms = placements[-1].seq, placements[-1].at_ms
        return frames(self.season.epoch, placements[0].seq, packed)

    def resume(self, epoch: int | None, seq: int | None) -> Resume:
        """Tell a client that knows the board as of ``epoch`` and ``seq`` exactly what it missed."""
        with self._lock:
            here = (self.season.epoch, self.seq)
            missed = self._recent.since(seq) if epoch == here[0] and seq is not None else None
        if missed is None or len(missed) > max(SMALL_REPLAY, self.board.pixels.size // PIXEL_BYTES):
            return Resume("refetch", *here)
        if not len(missed):
            return Resume("current", *here)
        return Resume("replay", *here, next(frames(here[0], here[1] - len(missed) + 1, missed)))

    def image(self) -> BoardImage:
        """Give the board to be sent; a client that gets it a little late asks for what it missed with canvas:join."""
        with self._packing:  # of many who ask at once one makes it
            known, now_s = self._image, time.monotonic()
            if known and (known.seq == self.seq or now_s - known.made_at_s < IMAGE_KEPT_S):
                return known
            season, state = self._copied()
            self._image = BoardImage(season, state.seq, self._store.database.run_blocking(state.board.pack), now_s)
            return self._image

    def _copied(self) -> tuple[Season, State]:
        """Copy the board with its season and its place in the log."""
        with self._lock:
            return self.season, State(self.board.copy(), self.seq, self.at_ms)

    @property
    def snapshot_due(self) -> bool:
        """Tell whether so much was placed since the last snapshot that it is time for another."""
        return self.seq - self.snapshot_seq >= max(SNAPSHOT_EVERY, self.board.pixels.size // PIXELS_PER_PLACEMENT)

    def save_snapshot(self, now_ms: int) -> None:
        """Keep the board as it stands, so that reading the log can begin here."""
        season, state = self._copied()
        if state.seq > self.snapshot_seq:
            self.snapshot_seq = state.seq
            self._store.save_snapshot(season.epoch, state, now_ms)
