"""The past of the board."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mural.errors import InvalidInput
from services.canvas import board as live_board
from tests.support.studio import ANN, START, Studio


def test_the_board_of_any_past_moment_can_be_had(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "SNAPSHOT_EVERY", 4)
    looks = [(studio.clock.now, studio.canvas.live.board.digest(), 0)]
    for number in range(15):
        studio.clock.advance(1)
        studio.place(ANN, number, number, 1 + number)
        studio.canvas.live.save_snapshot(studio.canvas.now_ms()) if studio.canvas.live.snapshot_due else None
        looks.append((studio.clock.now, studio.canvas.live.board.digest(), number + 1))
    for moment, digest, seq in looks:
        past = studio.history.at(moment + timedelta(milliseconds=500))
        assert (past.board.digest(), past.seq) == (digest, seq)
    with pytest.raises(InvalidInput):
        studio.history.at(START - timedelta(seconds=1))
