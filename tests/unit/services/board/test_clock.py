"""A board whose machine has its clock set back or put on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.clock import iso
from mural.errors import Conflict, TooMany
from services.board.crowd import NEW_FOR_MS
from services.board.log import AHEAD_MS
from services.board.wishes import Placed
from tests.support.studio import ANN, BEN, START, Studio, refused

HOUR_S = 3600.0
YEAR_S = 365 * 24 * HOUR_S


@pytest.mark.parametrize("back_s", [5, HOUR_S, YEAR_S])
@pytest.mark.parametrize("restarted", [True, False])
def test_a_pixels_cooldown_stays_what_it_is_over_a_restart_too(
    studio: Studio, back_s: float, *, restarted: bool
) -> None:
    studio.reopen(cooldown_s=5, address="12 per minute")
    for number in range(12):
        studio.place(ANN, number, 0, 3)
        studio.clock.advance(5)
    studio.place(ANN, 1, 1, 3)
    studio.clock.set_by(-back_s)
    if restarted:
        studio.reopen(cooldown_s=5, address="12 per minute")
    with pytest.raises(TooMany) as caught:
        studio.ask(ANN, 2, 2, 4)
    assert caught.value.retry_after_s <= 5
    studio.clock.advance(6)
    assert studio.place(ANN, 2, 2, 4).allowance.available_at_ms <= studio.canvas.now_ms() + 5_000


@pytest.mark.parametrize("back_s", [HOUR_S, YEAR_S])
def test_an_undo_is_possible_for_five_seconds_and_no_longer(studio: Studio, back_s: float) -> None:
    studio.place(ANN, 5, 5, 3)
    studio.clock.set_by(-back_s)
    with refused(Conflict, "too_late"):
        studio.undo(ANN)
    studio.clock.advance(0.01)
    studio.place(ANN, 6, 6, 3)
    assert isinstance(studio.undo(ANN), Placed)
    studio.place(ANN, 7, 7, 3)
    studio.clock.advance(5.1)
    with refused(Conflict, "too_late"):
        studio.undo(ANN)


def test_the_log_stands_still_for_a_little_and_goes_back_with_a_clock_that_was_far_ahead(studio: Studio) -> None:
    studio.place(ANN, 0, 0, 1)
    standing_ms = studio.canvas.live.at_ms
    studio.clock.set_by(-AHEAD_MS / 2000)
    studio.place(ANN, 0, 0, 2)
    assert studio.canvas.live.at_ms == standing_ms
    studio.clock.set_by(YEAR_S)
    studio.place(ANN, 0, 0, 3)
    studio.clock.set_by(-YEAR_S)
    studio.clock.advance(3 * AHEAD_MS / 1000)
    studio.place(ANN, 0, 0, 4)
    assert abs(studio.canvas.live.at_ms - studio.canvas.now_ms()) < 10
    assert studio.history.at(studio.clock()).seq == 4
    studio.reopen()
    assert studio.history.at(studio.clock()).seq == 4


def test_moments_after_a_clock_that_was_far_ahead_are_shown_as_they_were(studio: Studio) -> None:
    studio.place(ANN, 0, 0, 1)
    studio.clock.set_by(YEAR_S)
    studio.place(ANN, 0, 0, 2)
    studio.canvas.ledger.save_snapshot()
    studio.clock.set_by(-YEAR_S)
    for second in range(1, 4):
        studio.clock.advance(100)
        studio.place(BEN, second, 0, second)
    shown = [studio.history.at(studio.clock() - timedelta(seconds=back)).seq for back in (250, 150, 50, 0)]
    assert shown == [1, 3, 4, 5], "2 is dated when the next came"
    studio.reopen()
    assert studio.canvas.live.seq == 5


def test_nobody_stays_a_newcomer_until_the_clock_is_where_it_was(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    studio.place(ANN, 0, 0, 1)
    studio.clock.set_by(-HOUR_S)
    studio.brakeman.watch()
    assert studio.canvas.crowd.is_new(ANN.user_id, studio.canvas.now_ms())
    studio.clock.advance(NEW_FOR_MS / 1000 + 1)
    studio.brakeman.watch()
    assert not studio.canvas.crowd.is_new(ANN.user_id, studio.canvas.now_ms())


def test_a_season_after_a_clock_that_was_far_ahead_begins_now(studio: Studio) -> None:
    studio.clock.set_by(YEAR_S)
    studio.place(ANN, 0, 0, 1)
    studio.clock.set_by(-YEAR_S)
    studio.clock.advance(0.01)
    studio.order("season")
    assert studio.canvas.live.season.started_at_ms < START.timestamp() * 1000 + AHEAD_MS
    studio.place(ANN, 0, 0, 2)
    assert studio.history.at(studio.clock()).seq == studio.canvas.live.seq


@pytest.mark.parametrize("ahead_s", [HOUR_S, YEAR_S])
def test_a_board_that_was_first_opened_by_a_clock_far_ahead_has_a_past_now(
    tmp_path_factory: pytest.TempPathFactory, ahead_s: float
) -> None:
    studio = Studio(tmp_path_factory.mktemp("board"))
    studio.clock.set_by(ahead_s)
    studio.order("season")
    studio.place(ANN, 0, 0, 1)
    studio.canvas.stop()
    studio.clock.set_by(-ahead_s)
    studio.reopen()
    studio.clock.advance(0.01)
    assert studio.history.at(studio.clock()).seq == 1
    (*_, season) = studio.history.seasons()
    assert season["since"] <= iso(studio.clock())
    studio.database.close()
