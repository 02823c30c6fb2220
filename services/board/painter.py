"""The process that draws pictures of the board: `python -m services.board.painter` with what to draw as JSON on stdin.

It is not one of the render processes: those know maps and no database, and one of them is busy for seconds with a
poster. A picture of the board needs the log, up to millions of rows of it, and a moment of processor; so a process of
its own reads the database, writes one file and ends, and the web process never waits for either.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
from PIL import Image
from sqlalchemy import func, select

from infra.db.models import PlacementRow
from infra.db.session import Database
from mural.canvas.pictures import FRAMES_PER_SECOND, FilmFormat, film_frame, heat, still, write_film
from mural.files import limit_files
from services.board.export import write_json
from services.board.log import CanvasLog, Season

MEMORY_MB: Final = 1500
FILE_MB: Final = 2000
"""The JSON form of the largest board has so much; no picture comes near."""

MAX_FRAMES: Final = 600
ROWS_AT_ONCE: Final = 50_000

Kind = Literal["png", "heatmap", "json", "gif", "webp", "mp4"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What to draw, into which file; ``speed`` is how many seconds of the board a second of film shows."""

    kind: Kind
    output: str
    scale: int = 1
    from_ms: int = 0
    to_ms: int = 0
    speed: float = 1.0


def draw(store: CanvasLog, season: Season, drawing: Drawing) -> None:
    """Draw one picture."""
    output = Path(drawing.output)
    if drawing.kind == "png":
        state = store.state_after(store.snapshot_before(season))
        still(state.board, season.palette, drawing.scale).save(output, "PNG")
    elif drawing.kind == "heatmap":
        heat(_counts(store, season), season.width, season.height).save(output, "PNG")
    elif drawing.kind == "json":
        write_json(store, season, output)
    else:
        film: FilmFormat = drawing.kind
        write_film(_frames(store, season, drawing), output, film)


def _counts(store: CanvasLog, season: Season) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    counts = np.zeros(season.width * season.height, np.int64)
    query = select(PlacementRow.cell, func.count()).where(PlacementRow.seq > season.first_seq)
    rows = store.fetch(query.group_by(PlacementRow.cell))
    for cell, count in rows:
        counts[cell] = count
    return counts


def _frames(store: CanvasLog, season: Season, drawing: Drawing) -> Iterator[Image.Image]:
    start = store.snapshot_before(season, max(drawing.from_ms, season.started_at_ms))
    state = store.state_after(start, drawing.from_ms)
    board = state.board
    step_ms = max(drawing.speed * 1000 / FRAMES_PER_SECOND, (drawing.to_ms - drawing.from_ms) / MAX_FRAMES, 1.0)
    due_ms = drawing.from_ms + step_ms
    yield film_frame(board, season.palette)
    for times, cells, colours in _batches(store, state.seq, drawing.to_ms):
        done = 0
        while done < len(times):
            end = int(np.searchsorted(times, due_ms, side="right"))
            board.apply(cells[done:end], colours[done:end])
            if end < len(times):
                yield film_frame(board, season.palette)
                due_ms += step_ms
            done = end
    yield film_frame(board, season.palette)


def _batches(store: CanvasLog, after_seq: int, to_ms: int) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    query = select(PlacementRow.at_ms, PlacementRow.cell, PlacementRow.new_colour, PlacementRow.seq)
    query = query.where(PlacementRow.at_ms <= to_ms).order_by(PlacementRow.seq).limit(ROWS_AT_ONCE)
    while rows := store.fetch(query.where(PlacementRow.seq > after_seq)):
        after_seq = rows[-1][3]
        table = np.array([tuple(row) for row in rows], np.int64)
        yield table[:, 0], table[:, 1].astype(np.uint32), table[:, 2].astype(np.uint8)


def main() -> None:
    """Read what to draw and draw it."""
    os.nice(2)  # somebody waits for it, but the board comes first
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_MB * 2**20, MEMORY_MB * 2**20))
    limit_files(FILE_MB)
    drawing = Drawing(**json.load(sys.stdin))
    store = CanvasLog(Database(os.environ["DATABASE_URL"]))
    season = store.season()
    if season is None:
        sys.exit("There is no board yet.")
    try:
        draw(store, season, drawing)
    except OSError as error:
        sys.exit(f"The picture of the board could not be written: {error.strerror or error}.")


if __name__ == "__main__":
    main()
