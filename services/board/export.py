"""The board as entries of the JSON form: who placed the pixels that show, and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from sqlalchemy import func, select

from infra.db.models import CanvasActorRow, PlacementRow
from mural.canvas.exchange import ForeignPixel, export_lines
from services.board.caretaker import CARETAKER
from services.board.log import CanvasLog, Season

ROWS_AT_ONCE = 10_000


def shown_pixels(store: CanvasLog, season: Season) -> Iterator[ForeignPixel]:
    """List the latest placement of every pixel, then the pixels that the season began with and nobody has changed."""
    base = store.first_snapshot(season).unpack().pixels
    untouched = base != 0
    latest = select(func.max(PlacementRow.seq)).where(PlacementRow.seq > season.first_seq).group_by(PlacementRow.cell)
    query = select(PlacementRow.cell, PlacementRow.new_colour, PlacementRow.at_ms, CanvasActorRow.user_id)
    query = query.join(CanvasActorRow, CanvasActorRow.id == PlacementRow.actor_id)
    query = query.where(PlacementRow.seq.in_(latest)).execution_options(yield_per=ROWS_AT_ONCE)
    with store.database.read() as session:
        for cell, colour, at_ms, user_id in session.execute(query):
            untouched[cell] = False
            yield ForeignPixel(cell, colour, at_ms, user_id)
    for number in np.flatnonzero(untouched).tolist():
        yield ForeignPixel(number, int(base[number]), season.started_at_ms, CARETAKER)


def write_json(store: CanvasLog, season: Season, file: Path) -> None:
    """Write the JSON form into a file, which appears complete."""
    partial = file.with_name(f".{file.name}.part")
    with partial.open("w", encoding="utf-8") as stream:
        stream.writelines(export_lines(shown_pixels(store, season), season.width, season.palette))
    partial.replace(file)
