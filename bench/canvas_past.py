"""A board with millions of placements: how long it takes to open, and to show it as it was."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from bench.report import percentile, print_table
from infra.background import ThreadBackground
from infra.clock import utc_now
from infra.db.migrate import migrate
from infra.db.session import Database
from infra.events.events import RecordingPublisher
from mural.canvas.codec import unpack_pixels
from mural.canvas.palette import PALETTES
from services.board.board import SNAPSHOT_EVERY
from services.board.history import CanvasHistory
from services.board.ledger import Surroundings
from services.board.log import CanvasLog, State
from services.board.rules import CanvasRules
from services.board.seasons import Shape
from services.board.service import CanvasService

SHAPE: Final = Shape(256, 256, PALETTES["mural32"])
EVERY_MS: Final = 50
MOMENTS: Final = 20

FILL: Final = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count)
INSERT INTO canvas_placements (seq, at_ms, cell, old_colour, new_colour, actor_id, kind, request_key)
SELECT n, :start_ms + n * :every_ms, abs(random()) % 65536, 0, abs(random()) % 32, 1 + n % 1000, 0, NULL FROM numbers
"""


def past(placements: int = 10_000_000) -> None:
    """Print how long a long history takes to open and to look into."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'mural.db'}")
        migrate(database, Path(folder))
        canvas = _canvas(database)
        canvas.open()
        start_ms = canvas.live.season.started_at_ms
        _fill(database, placements, start_ms)
        replayed, replay_s = _replay(canvas)
        canvas = _canvas(database)
        open_s = _seconds(canvas.open)
        history = CanvasHistory(canvas)
        looks = []
        for _ in range(MOMENTS):
            moment_ms = start_ms + random.randrange(placements * EVERY_MS)
            at = datetime.fromtimestamp(moment_ms / 1000, UTC)
            looks.append(_seconds(partial(history.at, at)) * 1000)
        pixel_ms = max(_seconds(partial(history.pixel, x, x)) * 1000 for x in range(MOMENTS))
        kept = canvas.store.snapshot_before(canvas.live.season).unpack()
        same = canvas.live.board.digest() == replayed == kept.digest()
        size_mb = (Path(folder) / "mural.db").stat().st_size / 1e6
        database.close()
    rows = [
        ("open, from the last snapshot", f"{open_s:.2f} s"),
        ("the board at a past moment, p50", f"{percentile(looks, 0.5):.0f} ms"),
        ("the board at a past moment, slowest of 20", f"{max(looks):.0f} ms"),
        ("who placed a pixel, slowest of 20", f"{pixel_ms:.1f} ms"),
        ("replay of the whole log", f"{replay_s:.1f} s"),
        ("replay, snapshot and opened board are equal", "yes" if same else "NO"),
        ("database", f"{size_mb:.0f} MB"),
    ]
    print_table(f"a board of 256 x 256 with {placements:,} placements", ("what", "figure"), rows)


def _canvas(database: Database) -> CanvasService:
    store = CanvasLog(database)
    rules = CanvasRules.of(0, 1, "1000 per second")
    return CanvasService(store, rules, Surroundings(RecordingPublisher(), ThreadBackground(), utc_now), SHAPE)


def _fill(database: Database, count: int, start_ms: int) -> None:
    with database.write() as session:
        actors = [{"id": number, "user_id": f"visitor {number}"} for number in range(1, 1001)]
        session.execute(text("INSERT INTO canvas_actors (id, user_id) VALUES (:id, :user_id)"), actors)
        session.execute(text(FILL), {"count": count, "start_ms": start_ms, "every_ms": EVERY_MS})


def _replay(canvas: CanvasService) -> tuple[str, float]:
    """Replay the log from its beginning, keeping the snapshots that a server would have kept on the way."""
    season, store = canvas.live.season, canvas.store
    board, seq = canvas.live.board.copy(), season.first_seq
    began = time.perf_counter()
    while len(pixels := store.pixels(seq, seq + SNAPSHOT_EVERY)):
        board.apply(*unpack_pixels(pixels))
        seq += len(pixels)
        store.save_snapshot(season.epoch, State(board, seq, season.started_at_ms + seq * EVERY_MS), 0)
    return board.digest(), time.perf_counter() - began


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
