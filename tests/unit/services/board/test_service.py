"""Placing through the service: a real database, no sockets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from infra.background import ThreadBackground
from infra.db.models import StreamRow
from infra.events.events import Event, Name
from infra.events.streams import Overtaken
from mural.canvas.codec import decode_frame
from mural.errors import InvalidInput, Unavailable
from services.board.log import BOARD
from services.board.wishes import Placed
from tests.support.studio import ANN, BEN, SHAPE, Studio, refused


def test_nothing_is_seen_or_answered_before_it_is_committed(studio: Studio) -> None:
    answers = studio.ask(ANN, 3, 2, 5)
    assert (answers, studio.colour(3, 2), studio.publisher.events) == ([], 0, [])
    studio.canvas.flush()
    (placed,) = answers
    assert isinstance(placed, Placed)
    assert (placed.seq, studio.colour(3, 2)) == (1, 5)
    (event,) = studio.publisher.events
    assert isinstance(event.payload, bytes)
    frame = decode_frame(event.payload)
    assert (frame.epoch, frame.first_seq, frame.cells.tolist()) == (studio.canvas.live.season.epoch, 1, [2 * 32 + 3])


def test_a_batch_that_cannot_be_committed_leaves_no_trace(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.reopen(cooldown_s=60)
    studio.place(BEN, 0, 0, 1)
    seen = len(studio.publisher.events)

    def fail(*_args: object) -> None:
        raise Unavailable("The disk is on fire.")

    with monkeypatch.context() as patch:
        patch.setattr(studio.database, "run_blocking", fail)
        answers = studio.ask(ANN, 1, 1, 7, "again")
        studio.canvas.flush()
    assert isinstance(answers[0], Unavailable)
    assert (studio.colour(1, 1), studio.canvas.live.seq, len(studio.publisher.events)) == (0, 1, seen)
    assert studio.place(ANN, 1, 1, 7, "again").seq == 2  # neither the charge nor the request was used up


def test_the_log_keeps_the_order_and_what_was_there_before(studio: Studio) -> None:
    for visitor, color in ((ANN, 1), (BEN, 2), (ANN, 3)):
        studio.ask(visitor, 4, 4, color)
    studio.canvas.flush()
    told = studio.history.pixel(4, 4)
    assert [(entry["seq"], entry["user_id"]) for entry in told["history"]] == [
        (3, ANN.user_id),
        (2, BEN.user_id),
        (1, ANN.user_id),
    ]
    assert (told["user_id"], told["color"]) == (ANN.user_id, SHAPE.palette.colours[3].hex)
    assert studio.colour(4, 4) == 3


def test_the_same_request_is_answered_with_the_first_result(studio: Studio) -> None:
    early = studio.ask(ANN, 1, 1, 5, "r")
    twin = studio.ask(ANN, 2, 2, 6, "r")
    studio.canvas.flush()
    assert [answer.seq for answer in (*early, *twin) if isinstance(answer, Placed)] == [1, 1]
    (late,) = studio.ask(ANN, 1, 1, 5, "r")
    assert isinstance(late, Placed)
    assert (late.seq, studio.canvas.live.seq) == (1, 1)
    assert studio.place(BEN, 1, 1, 5, "r").seq == 2, "request ids are each visitor's own"
    studio.reopen()
    (after_restart,) = studio.ask(ANN, 1, 1, 5, "r")
    assert isinstance(after_restart, Placed)
    assert after_restart.seq == 1


def test_a_pixel_outside_the_board_or_of_no_colour_is_refused(studio: Studio) -> None:
    with refused(InvalidInput, "out_of_bounds"):
        studio.ask(ANN, 32, 0, 1)
    with refused(InvalidInput, "bad_color"):
        studio.ask(ANN, 0, 0, 32)
    with refused(InvalidInput, "bad_color"):
        studio.ask(ANN, 0, 0, "#123456")


def test_stopping_commits_what_was_asked_for(studio: Studio) -> None:
    studio.reopen(background=ThreadBackground())
    placed = studio.canvas.place_and_wait(ANN, 0, 0, 3, None)
    assert placed.seq == 1
    answers = studio.ask(ANN, 1, 0, 3)
    studio.canvas.stop()
    assert isinstance(answers[0], Placed)
    with refused(Unavailable, "read_only"):
        studio.ask(ANN, 2, 0, 3)
    assert studio.canvas.store.snapshot_before(studio.canvas.live.season).seq == 2


def test_a_chore_that_fails_does_not_stop_the_board(studio: Studio) -> None:
    studio.reopen(background=ThreadBackground())
    failing: Callable[[], None] = lambda: 1 / 0  # type: ignore[assignment,return-value]  # noqa: E731
    studio.canvas.every_second(failing)
    assert studio.canvas.place_and_wait(ANN, 0, 0, 3, None).seq == 1
    studio.canvas.stop()


def test_a_pixel_that_nobody_could_be_told_of_stands_and_is_answered(
    studio: Studio, caplog: pytest.LogCaptureFixture
) -> None:
    heard, told = studio.publisher.publish, []

    def fail(event: Event) -> None:
        told.append(event.name)
        raise ConnectionError("the bus is gone")

    studio.publisher.publish = fail
    placed = studio.place(ANN, 3, 2, 5, "mine")
    studio.publisher.publish = heard
    assert (placed.seq, studio.colour(3, 2), studio.canvas.live.seq) == (1, 5, 1)
    assert studio.place(ANN, 3, 2, 5, "mine").seq == 1, "asked again, it is the same pixel"
    assert isinstance(studio.undo(ANN), Placed), "it is known as the last one"
    assert told == [Name.CANVAS_PIXELS]
    assert "canvas:pixels could not be announced" in caplog.text
    assert studio.canvas.live.resume(studio.canvas.live.season.epoch, 0).outcome == "replay"


def test_a_season_that_nobody_could_be_told_of_has_begun(studio: Studio) -> None:
    studio.place(ANN, 3, 2, 5)
    before = studio.canvas.live.season.epoch

    def fail(_event: Event) -> None:
        raise ConnectionError("the bus is gone")

    studio.publisher.publish = fail
    assert studio.order("season") == {"epoch": studio.canvas.live.season.epoch}
    assert studio.canvas.live.season.epoch > before
    assert studio.order("brake", on=True) == {}
    assert studio.canvas.rules.brakes.to_json()["everybody"] is True


def test_a_second_writer_is_given_no_number_that_the_first_has_used(studio: Studio) -> None:
    studio.place(ANN, 0, 0, 1)
    other = Studio(studio.folder, studio.database.url.render_as_string(hide_password=False))
    other.place(BEN, 1, 0, 2)
    answers = studio.ask(ANN, 2, 0, 3, "mine")
    studio.canvas.flush()
    assert [type(answer) for answer in answers] == [Overtaken]
    assert [studio.colour(x, 0) for x in range(3)] == [1, 2, 0], "it has learnt what the other placed"
    assert studio.publisher.events[-1].name == Name.CANVAS_RESYNC
    assert studio.place(ANN, 2, 0, 3, "mine").seq == 3
    other.database.close()


def test_a_log_that_was_filled_by_hand_is_counted_on(studio: Studio) -> None:
    studio.place(ANN, 0, 0, 1)
    with studio.database.write() as session:
        session.execute(update(StreamRow).where(StreamRow.name == BOARD.name).values(seq=0))
    studio.reopen()
    assert studio.place(ANN, 1, 0, 1).seq == 2
