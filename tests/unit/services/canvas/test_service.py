"""The board as a service: a real database, no sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mural.canvas.board import Board
from mural.canvas.codec import decode_frame
from mural.canvas.exchange import save_pixels
from mural.canvas.palette import PALETTES
from mural.errors import Conflict, InvalidInput, MuralError, NotAllowed, TooMany, Unavailable
from services.background import ThreadBackground, directly
from services.canvas import board as live_board
from services.canvas.board import Shape
from services.canvas.caretaker import Caretaker
from services.canvas.export import shown_pixels
from services.canvas.history import CanvasHistory
from services.canvas.log import CanvasLog
from services.canvas.orders import OrderBook
from services.canvas.rules import CanvasRules, Visitor
from services.canvas.service import Answer, CanvasService, Placed
from services.db.migrate import migrate
from services.db.session import Database
from services.events import RecordingPublisher

ANN = Visitor("11111111-1111-4111-8111-111111111111", "192.0.2.1")
BEN = Visitor("22222222-2222-4222-8222-222222222222", "192.0.2.2")
SHAPE = Shape(32, 16, PALETTES["mural32"])
START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Studio:
    """A board with its surroundings; ``reopen`` is what a restart does to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.database = Database(f"sqlite:///{folder / 'mural.db'}")
        migrate(self.database, folder)
        self.reopen()

    def reopen(self, *, shape: Shape = SHAPE, cooldown_s: float = 0, stack: int = 1, address: str = "") -> None:
        """Open the board, as a start of the server does."""
        self.publisher = RecordingPublisher()
        rules = CanvasRules.of(cooldown_s, stack, address or "100000 per minute")
        store = CanvasLog(self.database, directly)
        self.canvas = CanvasService(store, rules, self.publisher, ThreadBackground(), self.clock, shape)
        self.canvas.open()
        self.canvas._running = True  # batches are flushed by the tests, one by one
        self.history = CanvasHistory(self.canvas)
        self.orders = OrderBook(self.database)
        self.caretaker = Caretaker(self.canvas, self.orders, ThreadBackground(), self.folder)
        self.caretaker.take_up()

    def ask(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None = None) -> list[Answer]:
        """Ask for a pixel; the answer comes with the next batch."""
        answers: list[Answer] = []
        self.canvas.place(visitor, x, y, color, request_id, answers.append)
        return answers

    def place(self, visitor: Visitor, x: int, y: int, color: int | str, request_id: str | None = None) -> Placed:
        """Ask for a pixel and commit it."""
        answers = self.ask(visitor, x, y, color, request_id)
        self.canvas.flush()
        (answer,) = answers
        assert isinstance(answer, Placed)
        return answer

    def undo(self, visitor: Visitor) -> Answer:
        """Take the last pixel back."""
        answers: list[Answer] = []
        self.canvas.undo(visitor, answers.append)
        self.canvas.flush()
        return answers[0]

    def order(self, name: str, **arguments: Any) -> dict[str, Any]:
        """Have an order carried out."""
        order_id = self.orders.submit(name, arguments, self.canvas.now_ms())
        self.caretaker.look_after()
        result = self.orders.get(order_id).result
        assert result is not None
        return result

    def colour(self, x: int, y: int) -> int:
        """Look at a pixel."""
        return int(self.canvas.live.board.pixels[y * SHAPE.width + x])


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path)
    yield made
    made.database.close()


@contextmanager
def refused(kind: type[MuralError], reason: str) -> Iterator[None]:
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.facts["reason"] == reason


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
        patch.setattr(studio.database, "commit", fail)
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


def test_a_cooldown_is_kept_through_a_restart(studio: Studio) -> None:
    studio.reopen(cooldown_s=10, stack=2)
    assert studio.place(ANN, 0, 0, 1).allowance.charges == 1
    placed = studio.place(ANN, 0, 0, 2)
    assert (placed.allowance.charges, placed.allowance.to_json()["available_at"]) == (0, "2026-01-01T00:00:10.000Z")
    studio.clock.pass_by(9)
    studio.reopen(cooldown_s=10, stack=2)
    with refused(TooMany, "cooldown"):
        studio.ask(ANN, 0, 0, 3)
    studio.place(BEN, 0, 0, 3)
    studio.clock.pass_by(1)
    studio.place(ANN, 0, 0, 3)


def test_one_address_may_not_do_more_under_many_names_and_no_address_is_kept(studio: Studio) -> None:
    studio.reopen(address="2 per minute")
    for number in range(2):
        studio.place(Visitor(f"visitor {number}", "192.0.2.9"), 0, 0, number)
    studio.reopen(address="2 per minute")
    with refused(TooMany, "rate_limited"):
        studio.ask(Visitor("visitor 3", "192.0.2.9"), 0, 0, 3)
    studio.place(Visitor("visitor 3", "192.0.2.10"), 0, 0, 3)
    assert not any("192.0.2" in key for key in studio.canvas.store.cooldowns(0))
    one, other = Visitor("a", "2001:db8::1"), Visitor("b", "2001:db8::2:3")
    assert one.address_key == other.address_key != Visitor("c", "2001:db8:1::1").address_key


def test_ones_last_pixel_can_be_taken_back_for_five_seconds_while_it_stands(studio: Studio) -> None:
    studio.place(BEN, 5, 5, 9)
    studio.place(ANN, 5, 5, 3)
    answer = studio.undo(ANN)
    assert isinstance(answer, Placed)
    assert (answer.seq, studio.colour(5, 5)) == (3, 9)
    with refused(Conflict, "too_late"):
        studio.undo(ANN)
    studio.place(ANN, 5, 5, 3)
    studio.clock.pass_by(5.001)
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


def test_replaying_the_log_gives_the_snapshot_and_the_board(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "SNAPSHOT_EVERY", 10)
    for number in range(57):
        studio.place(ANN, number * 7 % 32, number * 5 % 16, number % 32)
    live, store = studio.canvas.live, studio.canvas.store
    live.save_snapshot(studio.canvas.now_ms())
    replayed = store.state_after(live.season, store.first_snapshot(live.season))
    assert store.snapshot_before(live.season).seq == replayed.seq == 57
    assert store.snapshot_before(live.season).board.digest() == replayed.board.digest() == live.board.digest()
    before = live.board.digest()
    studio.reopen()
    assert (studio.canvas.live.board.digest(), studio.canvas.live.seq) == (before, 57)


def test_the_board_of_any_past_moment_can_be_had(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_board, "SNAPSHOT_EVERY", 4)
    looks = [(studio.clock.now, studio.canvas.live.board.digest(), 0)]
    for number in range(15):
        studio.clock.pass_by(1)
        studio.place(ANN, number, number, 1 + number)
        studio.canvas.live.save_snapshot(studio.canvas.now_ms()) if studio.canvas.live.snapshot_due else None
        looks.append((studio.clock.now, studio.canvas.live.board.digest(), number + 1))
    for moment, digest, seq in looks:
        past = studio.history.at(moment + timedelta(milliseconds=500))
        assert (past.board.digest(), past.seq) == (digest, seq)
    with pytest.raises(InvalidInput):
        studio.history.at(START - timedelta(seconds=1))


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


def test_read_only_bans_and_protection_hold_and_survive_a_restart(studio: Studio) -> None:
    studio.order("readonly", on=True)
    studio.order("ban", user_id=ANN.user_id)
    studio.order("ban", network="192.0.2.2/31")
    studio.order("protect", rect={"left": 0, "top": 0, "right": 3, "bottom": 3})
    studio.reopen()
    carl = Visitor("carl", "198.51.100.7")
    with refused(NotAllowed, "read_only"):
        studio.ask(carl, 9, 9, 1)
    studio.order("readonly", on=False)
    with refused(NotAllowed, "banned"):
        studio.ask(ANN, 9, 9, 1)
    with refused(NotAllowed, "banned"):
        studio.ask(BEN, 9, 9, 1)
    with refused(NotAllowed, "protected"):
        studio.ask(carl, 3, 3, 1)
    studio.place(carl, 4, 3, 1)
    studio.order("unban", user_id=ANN.user_id)
    studio.order("unprotect", rect={"left": 0, "top": 0, "right": 3, "bottom": 3})
    studio.place(ANN, 3, 3, 1)


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
    studio.clock.pass_by(10)
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
    assert int(studio.history.at(START + timedelta(seconds=1)).board.pixels[0]) == 3
    assert studio.order("season", file="absent.board")["error"]


def test_what_is_exported_comes_back_by_an_import(studio: Studio) -> None:
    picture = Board(SHAPE.width, SHAPE.height)
    picture.pixels[40:50] = 12
    (studio.folder / "seed.board").write_bytes(picture.pack())
    studio.order("season", file="seed.board")
    studio.place(ANN, 0, 0, 3)
    studio.clock.pass_by(1)
    studio.place(BEN, 9, 1, 5)
    store = studio.canvas.store
    exported = sorted(shown_pixels(store, studio.canvas.live.season), key=lambda pixel: pixel.cell)
    assert len(exported) == 1 + 10
    save_pixels(sorted(exported, key=lambda pixel: pixel.at_ms), studio.folder / "pixels.json")
    digest = studio.canvas.live.board.digest()
    studio.clock.pass_by(60)
    assert studio.order("import", file="pixels.json")["pixels"] == 11
    assert studio.canvas.live.board.digest() == digest
    again = sorted(shown_pixels(store, studio.canvas.live.season), key=lambda pixel: pixel.cell)
    assert again == exported
    assert studio.place(ANN, 1, 0, 1).seq == studio.canvas.live.seq


def test_another_size_or_palette_begins_a_season_that_keeps_what_fits(studio: Studio) -> None:
    studio.place(ANN, 3, 3, 7)
    epoch = studio.canvas.live.season.epoch
    studio.reopen(shape=Shape(64, 64, PALETTES["mural32"]))
    assert studio.canvas.live.season.epoch > epoch
    assert int(studio.canvas.live.board.pixels[3 * 64 + 3]) == 7
    same = studio.canvas.live.season.epoch
    studio.reopen(shape=Shape(64, 64, PALETTES["mural32"]))
    assert studio.canvas.live.season.epoch == same


def test_stopping_commits_what_was_asked_for(studio: Studio) -> None:
    studio.canvas._running = False
    studio.canvas.start()
    placed = studio.canvas.place_and_wait(ANN, 0, 0, 3, None)
    assert placed.seq == 1
    answers = studio.ask(ANN, 1, 0, 3)
    studio.canvas.stop()
    assert isinstance(answers[0], Placed)
    with refused(Unavailable, "read_only"):
        studio.ask(ANN, 2, 0, 3)
    assert studio.canvas.store.snapshot_before(studio.canvas.live.season).seq == 2


def test_a_chore_that_fails_does_not_stop_the_board(studio: Studio) -> None:
    studio.canvas._running = False
    failing: Callable[[], None] = lambda: 1 / 0  # type: ignore[assignment,return-value]  # noqa: E731
    studio.canvas.every_second(failing)
    studio.canvas.start()
    assert studio.canvas.place_and_wait(ANN, 0, 0, 3, None).seq == 1
    studio.canvas.stop()
