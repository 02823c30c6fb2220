"""The past of the board."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.db.models import CanvasSnapshotRow
from mural.canvas.board import Board, is_gzip
from mural.canvas.exchange import ForeignPixel, save_pixels
from mural.errors import InvalidInput
from services.board import board as live_board
from services.board.log import Placement
from tests.support.studio import ANN, SHAPE, START, Studio


@pytest.fixture
def studio(tmp_path: Path, database_url: str) -> Iterator[Studio]:
    """A board whose log is in each kind of database in turn."""
    (tmp_path / "data").mkdir()
    made = Studio(tmp_path, database_url)
    yield made
    made.database.close()


def looked_at(studio: Studio, moment: datetime) -> tuple[str, int]:
    past = studio.history.at(moment)
    return Board.unpack(SHAPE.width, SHAPE.height, past.packed).digest(), past.seq


def test_the_board_of_any_past_moment_can_be_had(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "SNAPSHOT_EVERY", 4)
    looks = [(studio.clock.now, studio.canvas.live.board.digest(), 0)]
    for number in range(15):
        studio.clock.advance(1)
        studio.place(ANN, number, number, 1 + number)
        studio.canvas.live.save_snapshot(studio.canvas.now_ms()) if studio.canvas.live.snapshot_due else None
        looks.append((studio.clock.now, studio.canvas.live.board.digest(), number + 1))
    for moment, digest, seq in looks:
        assert looked_at(studio, moment + timedelta(milliseconds=500)) == (digest, seq)
    with pytest.raises(InvalidInput):
        studio.history.at(START - timedelta(seconds=1))


def test_the_last_pixel_of_the_largest_board_is_read_as_frames_carry_it(studio: Studio) -> None:
    store, last = studio.canvas.store, 2**24 - 1
    two = [Placement(number, 0, cell, 0, 31, ANN.user_id) for number, cell in ((1, last), (2, 0))]
    store.append(studio.canvas.live.season.epoch, two, {})
    assert store.pixels(0, 2).tolist() == [2**32 - 256 + 31, 31]
    assert store.pixels(2, 9).tolist() == []


def test_snapshots_of_earlier_versions_are_sent_in_the_form_of_today(studio: Studio) -> None:
    live = studio.canvas.live
    with studio.database.write() as session:
        (kept,) = session.scalars(select(CanvasSnapshotRow))
        kept.board = zlib.compress(live.board.pixels.tobytes())
    blank = live.board.digest()
    assert is_gzip(studio.history.at(studio.clock.now).packed)
    assert looked_at(studio, studio.clock.now) == (blank, 0)
    studio.place(ANN, 1, 1, 3)
    studio.reopen()
    assert looked_at(studio, studio.clock.now) == (studio.canvas.live.board.digest(), 1)
    assert studio.canvas.live.board.digest() != blank


def test_what_a_later_season_imports_from_the_past_does_not_change_an_earlier_one(studio: Studio) -> None:
    studio.clock.advance(10)
    studio.place(ANN, 0, 0, 3)
    digest = studio.canvas.live.board.digest()
    at = studio.clock.now
    studio.clock.advance(10)
    long_ago_ms = round((START - timedelta(days=700)).timestamp() * 1000)
    save_pixels([ForeignPixel(5, 7, long_ago_ms, ANN.user_id)], studio.folder / "pixels.json")
    studio.order("import", file="pixels.json")
    assert looked_at(studio, at) == (digest, 1)
    assert looked_at(studio, studio.clock.now) == (studio.canvas.live.board.digest(), 2)
