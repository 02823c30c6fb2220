"""The board in the database: an append-only log of placements, and snapshots so that nobody has to replay all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from infra.db.models import CanvasActorRow, CanvasCooldownRow, CanvasSeasonRow, CanvasSnapshotRow, PlacementRow
from infra.db.session import Database
from infra.events.events import CANVAS_ROOM
from infra.events.streams import Position, Stream
from mural.canvas.board import Board
from mural.canvas.codec import Packed, unpack_pixels
from mural.canvas.palette import Palette, palette_of

MAX_KNOWN_ACTORS: Final = 200_000
MAX_SEQ: Final = 2**62
NO_END_MS: Final = 2**62
MAX_REQUESTS: Final = 100_000

BOARD: Final = Stream("canvas", CANVAS_ROOM)
"""Where the log's numbers come from; what happened is kept by the log itself."""

AHEAD_MS: Final = 60_000
"""So far ahead of the clock the log may stand: what is further was written by a clock gone wrong."""


class Kind(IntEnum):
    """How a placement came about."""

    PLACE = 0
    UNDO = 1
    REVERT = 2
    CLEAR = 3
    IMPORT = 4


@dataclass(frozen=True, slots=True)
class Season:
    """One life of the board; placements after ``first_seq`` belong to it."""

    epoch: int
    started_at_ms: int
    width: int
    height: int
    palette: Palette
    first_seq: int


@dataclass(slots=True)
class Placement:
    """One entry of the log; ``actor`` is a visitor's id."""

    seq: int
    at_ms: int
    cell: int
    old: int
    new: int
    actor: str
    kind: Kind = Kind.PLACE
    request_key: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The board after the placement ``seq``, made at ``at_ms``."""

    board: Board
    seq: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A kept board of a season as ``Board.pack`` made it, after the placement ``seq``."""

    season: Season
    packed: bytes
    seq: int
    at_ms: int

    def unpack(self) -> Board:
        """Restore the board."""
        return Board.unpack(self.season.width, self.season.height, self.packed)


class CanvasLog:
    """Writes and reads the log and the snapshots."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._actor_ids: dict[str, int] = {}

    def season(self) -> Season | None:
        """Tell the latest season."""
        with self.database.read() as session:
            row = session.scalars(select(CanvasSeasonRow).order_by(CanvasSeasonRow.epoch.desc()).limit(1)).first()
        return season_of(row) if row else None

    def begin_season(self, season: Season, board: Board) -> None:
        """Begin a season with a board that nobody placed."""
        row = CanvasSeasonRow(
            epoch=season.epoch,
            started_at_ms=season.started_at_ms,
            width=season.width,
            height=season.height,
            palette=[[colour.name, colour.hex] for colour in season.palette.colours],
            first_seq=season.first_seq,
        )
        with self.database.write() as session:
            session.add(row)
            session.flush()
            session.add(_snapshot(season.epoch, State(board, season.first_seq, season.started_at_ms), board.pack()))
            BOARD.begin_epoch(session, season.first_seq, str(season.epoch))

    def append(self, epoch: int, placements: Sequence[Placement], cooldowns: Mapping[str, int]) -> frozenset[str]:
        """Write placements and the cooldowns that they caused; they are on the disk when this returns.

        Tells which of the visitors have placed something for the first time. Raises Overtaken where the log of the
        season does not end where the placements begin: somebody else has written, and no number is given twice.
        """
        with self.database.write() as session:
            BOARD.take_after(session, Position(str(epoch), placements[0].seq - 1), len(placements))
            ids, strangers = self._ids_of(session, {placement.actor for placement in placements})
            session.execute(insert(PlacementRow), [_row(placement, ids) for placement in placements])
            self._remember(session, cooldowns)
        # Kept only now: a number given in a transaction that failed is nobody's.
        if len(self._actor_ids) > MAX_KNOWN_ACTORS:
            self._actor_ids.clear()
        self._actor_ids |= ids
        return strangers

    def keep_count(self, season: Season, seq: int) -> None:
        """Let the board's stream stand where its log does, such as in a database whose log was filled by hand."""
        with self.database.read() as session:
            counted = BOARD.find(session)
        if counted is None or counted.epoch != str(season.epoch) or counted.seq < seq:
            with self.database.write() as session:
                BOARD.catch_up(session, Position(str(season.epoch), seq))

    def knows(self, actor: str) -> bool:
        """Tell whether a visitor has ever placed anything."""
        if actor in self._actor_ids:
            return True
        with self.database.read() as session:
            return session.scalar(select(CanvasActorRow.id).where(CanvasActorRow.user_id == actor)) is not None

    def _ids_of(self, session: Session, actors: set[str]) -> tuple[dict[str, int], frozenset[str]]:
        known = {actor: self._actor_ids[actor] for actor in actors if actor in self._actor_ids}
        missing = list(actors - known.keys())
        if not missing:
            return known, frozenset()
        found = session.execute(
            select(CanvasActorRow.user_id, CanvasActorRow.id).where(CanvasActorRow.user_id.in_(missing))
        )
        known |= dict(found.all())
        new = [{"user_id": actor} for actor in missing if actor not in known]
        if new:
            made = insert(CanvasActorRow).returning(CanvasActorRow.user_id, CanvasActorRow.id)
            known |= dict(session.execute(made, new).all())
        return known, frozenset(row["user_id"] for row in new)

    def _remember(self, session: Session, cooldowns: Mapping[str, int]) -> None:
        if not cooldowns:
            return
        dialect_insert = sqlite_insert if self.database.is_sqlite else postgresql_insert
        upsert = dialect_insert(CanvasCooldownRow)
        upsert = upsert.on_conflict_do_update(
            index_elements=[CanvasCooldownRow.key], set_={"full_at_ms": upsert.excluded.full_at_ms}
        )
        session.execute(upsert, [{"key": key, "full_at_ms": full_at_ms} for key, full_at_ms in cooldowns.items()])

    def cooldowns(self, now_ms: int) -> dict[str, int]:
        """Tell whose charges are not all back yet."""
        late = CanvasCooldownRow.full_at_ms > now_ms
        with self.database.read() as session:
            return dict(session.execute(select(CanvasCooldownRow.key, CanvasCooldownRow.full_at_ms).where(late)).all())

    def save_snapshot(self, epoch: int, state: State, now_ms: int) -> None:
        """Keep a board, so that reading the log can begin there; forget cooldowns that are over."""
        packed = self.database.run_blocking(state.board.pack)
        with self.database.write() as session:
            session.merge(_snapshot(epoch, state, packed))
            session.execute(delete(CanvasCooldownRow).where(CanvasCooldownRow.full_at_ms <= now_ms))

    def set_back(self, now_ms: int) -> None:
        """Date what was written while the clock was ahead as of now: the log goes on, and its times never go back."""
        kept, placed = CanvasSnapshotRow, PlacementRow
        past = select(func.coalesce(func.max(kept.seq), 0)).where(kept.at_ms <= now_ms)
        ahead = (placed.seq > past.scalar_subquery(), placed.at_ms > now_ms)
        started = CanvasSeasonRow.started_at_ms
        with self.database.write() as session:
            session.execute(update(placed).where(*ahead).values(at_ms=now_ms))
            session.execute(update(kept).where(kept.at_ms > now_ms).values(at_ms=now_ms))
            session.execute(update(CanvasSeasonRow).where(started > now_ms).values(started_at_ms=now_ms))

    def snapshot_before(self, season: Season, at_ms: int = NO_END_MS) -> Snapshot:
        """Find the latest kept board of a season, no later than a moment."""
        return self._kept(season, CanvasSnapshotRow.at_ms <= at_ms)

    def first_snapshot(self, season: Season) -> Snapshot:
        """Find the board that a season began with."""
        return self._kept(season, CanvasSnapshotRow.seq == season.first_seq)

    def _kept(self, season: Season, which: ColumnElement[bool]) -> Snapshot:
        query = select(CanvasSnapshotRow.board, CanvasSnapshotRow.seq, CanvasSnapshotRow.at_ms)
        query = query.where(CanvasSnapshotRow.epoch == season.epoch, which)
        with self.database.read() as session:
            row = session.execute(query.order_by(CanvasSnapshotRow.seq.desc()).limit(1)).one()
        return Snapshot(season, row.board, row.seq, row.at_ms)

    def last_placed(self, start: Snapshot, at_ms: int = NO_END_MS) -> tuple[int, int]:
        """Tell number and time of the last placement up to a moment that comes before the next kept board."""
        # Times are not indexed: bound by the snapshots' numbers, the reading stays short.
        kept, epoch = CanvasSnapshotRow, start.season.epoch
        following = select(func.min(kept.seq)).where(
            or_(kept.epoch > epoch, and_(kept.epoch == epoch, kept.at_ms > at_ms))
        )
        query = select(PlacementRow.seq, PlacementRow.at_ms).where(
            PlacementRow.seq > start.seq,
            PlacementRow.seq <= func.coalesce(following.scalar_subquery(), MAX_SEQ),
            PlacementRow.at_ms <= at_ms,
        )
        rows = self.fetch(query.order_by(PlacementRow.seq.desc()).limit(1))
        return (rows[0][0], rows[0][1]) if rows else (start.seq, start.at_ms)

    def board_after(self, start: Snapshot, seq: int) -> Board:
        """Rebuild the board from a kept one, as it was after a placement."""
        board = self.unpacked(start.season, start.packed)
        board.apply(*unpack_pixels(self.pixels(start.seq, seq)))
        return board

    def state_after(self, start: Snapshot, at_ms: int = NO_END_MS) -> State:
        """Rebuild the board from a kept one: as it is now, or as it was at a moment before the next kept one."""
        seq, placed_at_ms = self.last_placed(start, at_ms)
        return State(self.board_after(start, seq), seq, placed_at_ms)

    def pixels(self, after_seq: int, until_seq: int) -> Packed:
        """Read what was placed after one placement and up to another, in order, as frames carry it."""
        # As one text: thousands of rows would each come through Python, and take ten times as long.
        pixel = cast(PlacementRow.cell, BigInteger) * 256 + PlacementRow.new_colour
        rows = select(cast(pixel, String).label("pixel")).order_by(PlacementRow.seq)
        rows = rows.where(PlacementRow.seq > after_seq, PlacementRow.seq <= until_seq)
        with self.database.read() as session:
            text = session.scalar(select(func.aggregate_strings(rows.subquery().c.pixel, ",")))
        return np.fromstring(text, np.uint32, sep=",") if text else np.empty(0, np.uint32)

    def unpacked(self, season: Season, packed: bytes) -> Board:
        """Unpack a board of a season: a large one beside the green threads."""
        board = Board(season.width, season.height)
        self.database.run_blocking(lambda: board.fill(packed))
        return board

    def requests_since(self, at_ms: int, last_seq: int) -> dict[int, int]:
        """Tell which requests led to which of the last placements, oldest first."""
        query = select(PlacementRow.request_key, PlacementRow.seq, PlacementRow.at_ms)
        query = query.where(PlacementRow.seq > last_seq - MAX_REQUESTS, PlacementRow.request_key.is_not(None))
        with self.database.read() as session:
            rows = session.execute(query.order_by(PlacementRow.seq)).all()
        return {key: seq for key, seq, placed_at_ms in rows if key is not None and placed_at_ms >= at_ms}

    def fetch(self, query: Select[*tuple[int, ...]]) -> Sequence[Row[*tuple[int, ...]]]:
        """Read rows of the log."""
        with self.database.read() as session:
            return session.execute(query).all()


def season_of(row: CanvasSeasonRow) -> Season:
    """Read a season from its row."""
    return Season(row.epoch, row.started_at_ms, row.width, row.height, palette_of(row.palette), row.first_seq)


def _snapshot(epoch: int, state: State, packed: bytes) -> CanvasSnapshotRow:
    return CanvasSnapshotRow(epoch=epoch, seq=state.seq, at_ms=state.at_ms, board=packed)


def _row(placement: Placement, ids: Mapping[str, int]) -> dict[str, int | None]:
    return {
        "seq": placement.seq,
        "at_ms": placement.at_ms,
        "cell": placement.cell,
        "old_colour": placement.old,
        "new_colour": placement.new,
        "actor_id": ids[placement.actor],
        "kind": placement.kind.value,
        "request_key": placement.request_key,
    }
