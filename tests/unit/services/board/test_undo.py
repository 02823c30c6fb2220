"""Taking the last pixel back."""

from __future__ import annotations

from mural.errors import Conflict
from services.board.wishes import Answer, Placed
from tests.support.studio import ANN, BEN, Studio, refused


def test_ones_last_pixel_can_be_taken_back_for_five_seconds_while_it_stands(studio: Studio) -> None:
    studio.place(BEN, 5, 5, 9)
    studio.place(ANN, 5, 5, 3)
    answer = studio.undo(ANN)
    assert isinstance(answer, Placed)
    assert (answer.seq, studio.colour(5, 5)) == (3, 9)
    with refused(Conflict, "too_late"):
        studio.undo(ANN)
    studio.place(ANN, 5, 5, 3)
    studio.clock.advance(5.001)
    with refused(Conflict, "too_late"):
        studio.undo(ANN)
    studio.place(ANN, 5, 5, 4)
    studio.place(BEN, 5, 5, 6)
    with refused(Conflict, "painted_over"):
        studio.undo(ANN)


def test_a_pixel_painted_over_in_the_same_batch_is_not_taken_back(studio: Studio) -> None:
    studio.place(ANN, 5, 5, 3)
    studio.ask(BEN, 5, 5, 6)
    assert isinstance(studio.undo(ANN), Conflict)
    assert studio.colour(5, 5) == 6


def test_the_same_request_takes_one_pixel_back_and_is_answered_with_the_first_result(studio: Studio) -> None:
    studio.place(ANN, 5, 5, 3, "r")
    studio.place(ANN, 6, 6, 3)
    first = studio.undo(ANN, "r")
    assert isinstance(first, Placed)
    assert (first.seq, studio.colour(6, 6)) == (3, 0), "a placement's request is another one"
    again: list[Answer] = []
    studio.canvas.undo(ANN, "r", again.append)
    studio.reopen()
    studio.canvas.undo(ANN, "r", again.append)
    assert [answer.seq for answer in again if isinstance(answer, Placed)] == [3, 3]
    assert (studio.canvas.live.seq, studio.colour(5, 5)) == (3, 3)
