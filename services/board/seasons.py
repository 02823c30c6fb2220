"""Seasons: each is one life of the board, and what clients remember of another one means nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from infra.db.session import Database
from mural.canvas.palette import Palette
from services.board.log import CanvasLog, Season, State

UNDONE_S: Final = 3600
"""So far ahead of the clock the epoch after a restored past lies: seasons that were undone may have been, too."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a board looks like before anybody placed anything."""

    width: int
    height: int
    palette: Palette


def begin_season(store: CanvasLog, palette: Palette, start: State, *, after_epoch: int = 0) -> Season:
    """Begin a season with a board, at a moment and after a placement."""
    # Epochs are points in time, so that those of another database are others.
    epoch = max(start.at_ms // 1000, after_epoch + 1)
    season = Season(epoch, start.at_ms, start.board.width, start.board.height, palette, start.seq)
    store.begin_season(season, start.board)
    return season


def begin_anew(database: Database, now_ms: int) -> Season | None:
    """Go on with a board that was brought back from a backup, in a season that no client has ever seen.

    What clients remember was placed after the backup was made and is undone: without another epoch they would believe
    that they are ahead. Gives None where the database has no board. Nobody else may have the board open.
    """
    store = CanvasLog(database)
    season = store.season()
    if season is None:
        return None
    store.set_back(now_ms)
    state = store.state_after(store.snapshot_before(season))
    start = State(state.board, state.seq, max(now_ms, state.at_ms))
    return begin_season(store, season.palette, start, after_epoch=max(season.epoch, now_ms // 1000 + UNDONE_S))
