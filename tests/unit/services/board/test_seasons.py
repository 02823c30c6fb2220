"""A board that was brought back goes on in a season of its own."""

from __future__ import annotations

from pathlib import Path

from infra.db.migrate import migrate
from infra.db.session import Database
from services.board.seasons import UNDONE_S, begin_anew
from tests.support.studio import ANN, Studio


def test_a_board_that_was_brought_back_looks_the_same_and_is_another_to_clients(studio: Studio) -> None:
    for number in range(5):
        studio.place(ANN, number, 0, 7)
    live = studio.canvas.live
    before, digest, now_ms = live.season, live.board.digest(), studio.canvas.now_ms()
    season = begin_anew(studio.database, now_ms)
    assert season is not None
    assert season.epoch > max(before.epoch, now_ms // 1000 + UNDONE_S)
    studio.reopen()
    live = studio.canvas.live
    assert (live.season.epoch, live.seq, live.board.digest()) == (season.epoch, 5, digest)
    assert live.resume(before.epoch, 3).outcome == "refetch"
    assert live.resume(season.epoch, 5).outcome == "current"
    assert studio.place(ANN, 9, 9, 3).seq == 6
    studio.order("season")
    assert studio.canvas.live.season.epoch == season.epoch + 1, "later seasons are later"


def test_where_there_is_no_board_none_is_begun(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}")
    migrate(database, tmp_path)
    assert begin_anew(database, 0) is None
    database.close()
