"""The board as it stands: snapshots, and what a client missed."""

from __future__ import annotations

import pytest

from mural.canvas.codec import decode_frame
from mural.canvas.palette import PALETTES
from services.board import board as live_board
from services.board.seasons import Shape
from tests.support.studio import ANN, Studio


def test_replaying_the_log_gives_the_snapshot_and_the_board(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "SNAPSHOT_EVERY", 10)
    for number in range(57):
        studio.place(ANN, number * 7 % 32, number * 5 % 16, number % 32)
    live, store = studio.canvas.live, studio.canvas.store
    live.save_snapshot(studio.canvas.now_ms())
    replayed = store.state_after(store.first_snapshot(live.season))
    assert store.snapshot_before(live.season).seq == replayed.seq == 57
    assert store.snapshot_before(live.season).unpack().digest() == replayed.board.digest() == live.board.digest()
    before = live.board.digest()
    studio.reopen()
    assert (studio.canvas.live.board.digest(), studio.canvas.live.seq) == (before, 57)


def test_a_client_that_was_away_gets_exactly_what_it_missed(studio: Studio) -> None:
    live = studio.canvas.live
    epoch = live.season.epoch
    for number in range(5):
        studio.place(ANN, number, 0, 7)
    assert live.resume(None, None).outcome == "refetch"
    assert live.resume(epoch + 1, 5).outcome == "refetch"
    assert live.resume(epoch, 6).outcome == "refetch"
    assert live.resume(epoch, 5).outcome == "current"
    resume = live.resume(epoch, 2)
    assert (resume.outcome, resume.seq) == ("replay", 5)
    assert resume.pixels is not None
    frame = decode_frame(resume.pixels)
    assert (frame.first_seq, frame.cells.tolist()) == (3, [2, 3, 4])
    studio.reopen()
    assert studio.canvas.live.resume(epoch, 2).pixels == resume.pixels


def test_another_size_or_palette_begins_a_season_that_keeps_what_fits(studio: Studio) -> None:
    studio.place(ANN, 3, 3, 7)
    epoch = studio.canvas.live.season.epoch
    studio.reopen(shape=Shape(64, 64, PALETTES["mural32"]))
    assert studio.canvas.live.season.epoch > epoch
    assert int(studio.canvas.live.board.pixels[3 * 64 + 3]) == 7
    same = studio.canvas.live.season.epoch
    studio.reopen(shape=Shape(64, 64, PALETTES["mural32"]))
    assert studio.canvas.live.season.epoch == same
