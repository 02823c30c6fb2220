"""The board where connections are cut, servers killed and websockets not let through."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.board import (
    RED,
    SKY,
    UNLIMITED,
    choose,
    digest,
    enter,
    middle,
    on_page,
    pixel,
    place,
)
from tests.browser.conftest import Visit, until, visitor
from tests.support.cable import cable_to
from tests.support.server import QuickServer, Server

pytestmark = pytest.mark.browser


def test_after_a_cut_the_page_has_the_servers_board(chromium: Browser, studio: Server) -> None:
    with cable_to(studio.port) as cable, visitor(chromium, cable.base_url, cut=True) as ann:
        ann.goto(f"{cable.base_url}/canvas")
        expect(ann.locator("[data-presence]:not(.away)")).to_be_visible()
        cable.pull()
        expect(ann.get_by_text("No connection. This is the board as it was")).to_be_visible()
        for number in range(60):
            assert place(studio, number, 200, number % 32).ok
        cable.plug()
        expect(ann.get_by_text("No connection. This is the board as it was")).to_be_hidden(timeout=20_000)
        until(ann, lambda: on_page(ann, "digest") == digest(studio))


def test_an_undo_whose_answer_is_lost_is_sent_again_and_takes_back_one_pixel(chromium: Browser, studio: Server) -> None:
    with cable_to(studio.port) as cable, visitor(chromium, cable.base_url, cut=True) as ann:
        ann.goto(f"{cable.base_url}/canvas#x=110&y=60&z=16")
        expect(ann.locator("[data-presence]:not(.away, [hidden])")).to_be_attached()
        for paint in ("Red", "Sky"):
            choose(ann, paint)
            ann.mouse.click(*middle(ann))
            expect(ann.locator("[data-announcer]")).to_have_text(f"{paint} placed at 110, 60.")
        cable.lose_answers()
        ann.get_by_role("button", name="Take back the last one").click()
        until(ann, lambda: pixel(studio, 110, 60)["name"] == "Red")
        cable.pull()
        cable.plug()
        expect(ann.locator("[data-announcer]")).to_have_text("Taken back.")
        assert [entry["kind"] for entry in pixel(studio, 110, 60)["history"]] == ["undo", "place", "place"]
        until(ann, lambda: on_page(ann, "digest") == digest(studio))


def test_after_a_kill_of_the_server_the_page_has_its_board_again(chromium: Browser, tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url, cut=True) as ann:
            enter(ann, server)
            assert place(server, 5, 5, RED).ok
            until(ann, lambda: on_page(ann, "pixel", 5, 5) == RED)
            server.kill()
            server.start()
            assert place(server, 6, 6, SKY).ok
            until(ann, lambda: on_page(ann, "digest") == digest(server))
            assert on_page(ann, "pixel", 6, 6) == SKY
    finally:
        server.stop()


def test_where_websockets_are_not_let_through_plain_requests_do(visit: Visit, studio: Server) -> None:
    ann = visit(cut=True)
    ann.add_init_script(  # as a proxy does that knows nothing of them
        "window.WebSocket = class extends WebSocket {"
        " constructor(url, ...more) { super(url.replace('/socket.io/', '/nowhere/'), ...more); } };"
    )
    enter(ann, studio, "#x=50&y=50&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    until(ann, lambda: pixel(studio, 50, 50)["name"] == "Red")
    assert place(studio, 51, 50, SKY).ok
    until(ann, lambda: on_page(ann, "pixel", 51, 50) == SKY)
