"""Orders on the board."""

from __future__ import annotations

from datetime import timedelta

from mural.canvas.board import Board
from mural.errors import Conflict
from tests.support.studio import ANN, BEN, SHAPE, START, Studio


def test_everything_of_one_visitor_is_reverted_where_it_is_on_top_and_the_log_stays_whole(studio: Studio) -> None:
    studio.place(BEN, 1, 1, 4)
    for color in (5, 6):
        studio.place(ANN, 1, 1, color)  # on top of Ben's
    studio.place(ANN, 2, 2, 7)
    studio.place(BEN, 2, 2, 8)  # Ben is on top
    studio.place(ANN, 3, 3, 9)  # on top of nothing
    before = studio.canvas.live.seq
    assert studio.order("revert", user_id=ANN.user_id) == {"pixels": 2}
    assert [studio.colour(n, n) for n in (1, 2, 3)] == [4, 8, 0]
    assert studio.canvas.live.seq == before + 2
    assert studio.history.pixel(1, 1)["history"][0]["kind"] == "revert"
    assert "error" in studio.order("revert", user_id="nobody")


def test_a_rectangle_is_cleared(studio: Studio) -> None:
    for n in range(5):
        studio.place(ANN, n, n, 3)
    assert studio.order("clear", rect={"left": 1, "top": 1, "right": 3, "bottom": 99}) == {"pixels": 3}
    assert [studio.colour(n, n) for n in range(5)] == [3, 0, 0, 0, 3]


def test_a_season_begins_with_a_board_and_the_past_stays(studio: Studio) -> None:
    studio.place(ANN, 0, 0, 3)
    old = studio.canvas.live.season
    studio.clock.advance(10)
    picture = Board(SHAPE.width, SHAPE.height)
    picture.pixels[:] = 11
    (studio.folder / "seed.board").write_bytes(picture.pack())
    waiting = studio.ask(ANN, 1, 1, 5)
    result = studio.order("season", file="../elsewhere/seed.board")
    live = studio.canvas.live
    assert isinstance(waiting[0], Conflict)
    assert result["epoch"] == live.season.epoch > old.epoch
    assert live.board.digest() == picture.digest()
    assert live.resume(old.epoch, 1).outcome == "refetch"
    assert studio.publisher.events[-1].payload == {"epoch": live.season.epoch, "seq": 1}
    assert studio.place(ANN, 1, 1, 5).seq == 2
    past = studio.history.at(START + timedelta(seconds=1))
    assert Board.unpack(SHAPE.width, SHAPE.height, past.packed).pixels[0] == 3
    assert studio.order("season", file="absent.board")["error"]
