"""What happened on the board: who placed a pixel, how the board looked at a moment, and figures about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import func, select

from infra.db.models import CanvasActorRow, CanvasSeasonRow, PlacementRow
from mural.canvas.board import is_gzip
from mural.errors import InvalidInput
from services.board.log import Kind, Season, season_of
from services.board.rules import moment
from services.board.service import CanvasService

PIXEL_HISTORY: Final = 20


@dataclass(frozen=True, slots=True)
class PastBoard:
    """A board at a moment, packed to be sent: the season it belongs to, and the last placement before."""

    season: Season
    seq: int
    at_ms: int
    packed: bytes


class CanvasHistory:
    """Reads the log."""

    def __init__(self, canvas: CanvasService) -> None:
        self._canvas = canvas
        self._store = canvas.store

    def pixel(self, x: int, y: int) -> dict[str, Any]:
        """Tell who coloured a pixel and when, the latest first."""
        season, board = self._canvas.live.season, self._canvas.live.board
        cell = board.cell(x, y)
        query = (
            select(PlacementRow, CanvasActorRow.user_id)
            .join(CanvasActorRow, CanvasActorRow.id == PlacementRow.actor_id)
            .where(PlacementRow.cell == cell, PlacementRow.seq > season.first_seq)
            .order_by(PlacementRow.seq.desc())
            .limit(PIXEL_HISTORY)
        )
        with self._store.database.read() as session:
            history = [_entry(row, user_id, season) for row, user_id in session.execute(query)]
        shown = season.palette.colours[int(board.pixels[cell])]
        latest = history[0] if history else {"user_id": None, "timestamp": None}
        return {
            "x": x,
            "y": y,
            "color": shown.hex,
            "name": shown.name,
            "user_id": latest["user_id"],
            "timestamp": latest["timestamp"],
            "history": history,
        }

    def at(self, when: datetime) -> PastBoard:
        """Rebuild the board of a moment; raise InvalidInput before the first season."""
        at_ms = round(when.timestamp() * 1000)
        seasons = select(CanvasSeasonRow).where(CanvasSeasonRow.started_at_ms <= at_ms)
        with self._store.database.read() as session:
            row = session.scalars(seasons.order_by(CanvasSeasonRow.epoch.desc()).limit(1)).first()
        if row is None:
            raise InvalidInput("There was no board at that time.", field="at", value=when.isoformat())
        season = season_of(row)
        snapshot = self._store.snapshot_before(season, at_ms)
        seq, placed_at_ms = self._store.last_placed(snapshot, at_ms)
        if seq == snapshot.seq and is_gzip(snapshot.packed):
            packed = snapshot.packed  # the moment is one that was kept
        else:
            packed = self._store.database.run_blocking(self._store.board_after(snapshot, seq).pack)
        return PastBoard(season, seq, placed_at_ms, packed)

    def seasons(self) -> list[dict[str, Any]]:
        """List the seasons, the running one last: when each was, and what its boards look like."""
        with self._store.database.read() as session:
            rows = session.scalars(select(CanvasSeasonRow).order_by(CanvasSeasonRow.epoch)).all()
        seasons = [season_of(row) for row in rows]
        ends: list[str | None] = [moment(season.started_at_ms) for season in seasons[1:]]
        return [_told(season, end) for season, end in zip(seasons, [*ends, None], strict=True)]

    def stats(self) -> dict[str, Any]:
        """Count what happened in this season."""
        season, live = self._canvas.live.season, self._canvas.live
        with self._store.database.read() as session:
            visitors = session.scalar(select(func.count()).select_from(CanvasActorRow))
        counts = np.bincount(live.board.pixels, minlength=len(season.palette)).tolist()
        return {
            "epoch": season.epoch,
            "since": moment(season.started_at_ms),
            "placements": live.seq - season.first_seq,
            "visitors": visitors,
            "last_placement": moment(live.at_ms) if live.seq > season.first_seq else None,
            "colors": [
                colour.to_json() | {"pixels": count}
                for colour, count in zip(season.palette.colours, counts, strict=True)
            ],
        }


def _told(season: Season, until: str | None) -> dict[str, Any]:
    return {
        "epoch": season.epoch,
        "since": moment(season.started_at_ms),
        "until": until,
        "width": season.width,
        "height": season.height,
        "palette": season.palette.to_json(),
    }


def _entry(row: PlacementRow, user_id: str, season: Season) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "color": season.palette.colours[row.new_colour].hex,
        "timestamp": moment(row.at_ms),
        "user_id": user_id,
        "kind": Kind(row.kind).name.lower(),
    }
