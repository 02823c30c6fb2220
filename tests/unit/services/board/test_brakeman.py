"""The brake on a real board: pulled by the server, noted in the record, announced, and let go."""

from __future__ import annotations

from contextlib import suppress

import pytest

from infra.events.events import Name
from mural.canvas.brakes import HOLD_MS, NEWCOMERS
from mural.errors import TooMany
from services.board.rules import Visitor
from tests.support.studio import Studio, refused

RANGE = "9.9.9.0/24"


def from_range(number: int, *, start: int = 0) -> Visitor:
    return Visitor(f"identity {start + number}", f"9.9.9.{number % 200}")


def flood(studio: Studio, *, start: int = 0) -> None:
    """Let more newcomers come from one range than people would, in half a minute."""
    for number in range(101):
        studio.ask(from_range(number, start=start), number % 32, 0, 3)
    studio.canvas.flush()
    studio.brakeman.watch()


def announced(studio: Studio) -> list[object]:
    return [event.payload for event in studio.publisher.events if event.name == Name.CANVAS_BRAKES]


def test_a_range_that_sends_too_many_identities_is_braked_and_let_go(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    flood(studio)
    (pulled,) = studio.orders.latest("brake", 9)
    until_ms = studio.canvas.now_ms() + HOLD_MS
    assert pulled.arguments["who"] == RANGE
    assert pulled.arguments["until_ms"] == until_ms
    assert "101 newcomers in 30 s" in pulled.arguments["because"]
    assert announced(studio) == [{"everybody": False, "newcomers": False, "networks": 1, "factor": 4}]
    elsewhere = Visitor("elsewhere", "8.8.8.8")
    assert not studio.place(elsewhere, 0, 1, 3).allowance.braked
    placed = studio.place(from_range(300), 0, 2, 3)
    assert placed.allowance.braked
    assert placed.allowance.available_at_ms == studio.canvas.now_ms() + 4 * 5_000
    studio.clock.advance(19)
    with refused(TooMany, "cooldown"):
        studio.ask(from_range(300), 0, 2, 3)
    studio.clock.advance(HOLD_MS / 1000)
    studio.brakeman.watch()
    assert [order.arguments["on"] for order in studio.orders.latest("brake", 9)] == [False, True]
    assert announced(studio)[-1] == {"everybody": False, "newcomers": False, "networks": 0, "factor": 4}
    assert studio.place(from_range(300), 0, 2, 3).allowance.braked is False
    figures = {name: value for name, _meaning, value in studio.brakeman.readings()}
    assert figures["mural_canvas_brakes"] == 0
    assert figures["mural_canvas_brakes_pulled_total"] == 1
    assert figures["mural_canvas_braked_total"] == 1
    assert figures["mural_canvas_placements_total"] == studio.canvas.live.seq


def test_a_braked_range_gets_no_more_by_taking_new_identities(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    flood(studio)
    placed = 0
    for number in range(600):  # for a minute, ten new identities a second
        studio.clock.advance(0.1)
        with suppress(TooMany):
            studio.place(from_range(number, start=1_000), 1, 1, number % 32)
            placed += 1
    assert placed == pytest.approx(100 * 60 / 20 + 10, abs=1)
    with refused(TooMany, "rate_limited"):
        studio.ask(from_range(0, start=2_000), 1, 1, 1)


def test_a_brake_outlives_a_restart_and_is_pulled_for_longer_the_next_time(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    flood(studio)
    studio.reopen(cooldown_s=5)
    assert studio.canvas.allowance(from_range(0)).braked
    studio.clock.advance(HOLD_MS / 1000 + 1)
    studio.reopen(cooldown_s=5)
    studio.brakeman.watch()
    assert not studio.canvas.allowance(from_range(0)).braked
    flood(studio, start=1_000)
    (again,) = studio.orders.latest("brake", 1)
    assert again.arguments["until_ms"] == studio.canvas.now_ms() + 2 * HOLD_MS


def test_newcomers_are_told_from_those_who_have_been_here_for_a_while(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    regular, newcomer = Visitor("regular", "192.0.2.1"), Visitor("newcomer", "192.0.2.2")
    studio.place(regular, 0, 0, 1)
    studio.clock.advance(11 * 60)
    studio.place(newcomer, 0, 1, 1)
    studio.clock.advance(60)
    studio.order("brake", on=True, who=NEWCOMERS)
    assert not studio.canvas.allowance(regular).braked
    assert studio.canvas.allowance(newcomer).braked
    assert studio.canvas.allowance(Visitor("stranger", "192.0.2.3")).braked
    studio.clock.advance(10 * 60)
    assert not studio.canvas.allowance(newcomer).braked


def test_nothing_is_braked_without_a_cooldown_or_when_that_is_switched_off_or_at_home(studio: Studio) -> None:
    flood(studio)
    studio.reopen(cooldown_s=5)
    studio.order("autobrake", on=False)
    flood(studio, start=1_000)
    studio.reopen(cooldown_s=5)
    flood(studio, start=2_000)
    studio.order("autobrake", on=True)
    for number in range(200):
        studio.ask(Visitor(f"guest {number}", f"192.168.1.{number}"), 0, 0, 1)
    studio.canvas.flush()
    studio.clock.advance(31)
    studio.brakeman.watch()
    assert studio.orders.latest("brake", 9) == []


def test_what_a_braked_visitor_paid_comes_back_where_the_pixel_could_not_be_committed(studio: Studio) -> None:
    studio.reopen(cooldown_s=5)
    studio.order("brake", on=True)
    visitor = Visitor("ann", "192.0.2.1")
    studio.ask(visitor, 0, 0, 1)
    assert studio.canvas.allowance(visitor).charges == 0
    studio.order("season")
    assert studio.canvas.allowance(visitor).charges == 1
    assert "error" in studio.order("brake", on=True, who="nobody")
