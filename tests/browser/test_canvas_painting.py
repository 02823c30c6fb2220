"""Painting on the board, by mouse, finger and key, several visitors at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, expect

from tests.browser.board import (
    PAGES_OWN,
    RED,
    SKY,
    UNLIMITED,
    Fingers,
    choose,
    command,
    enter,
    middle,
    on_page,
    pixel,
    place,
    standing,
)
from tests.browser.conftest import PHONE, Visit, until, visitor
from tests.support.server import QuickServer, Server

pytestmark = pytest.mark.browser


def test_two_visitors_see_each_others_pixels(visit: Visit, studio: Server) -> None:
    ann, ben = visit(), visit()
    enter(ann, studio)
    enter(ben, studio)
    expect(ben.get_by_text("2 people are here")).to_be_visible()
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    until(ben, lambda: on_page(ben, "pixel", 100, 100) == RED)
    choose(ben, "Sky")
    ben.mouse.click(*middle(ben))
    until(ann, lambda: on_page(ann, "pixel", 100, 100) == SKY)
    assert pixel(studio, 100, 100)["name"] == "Sky"


def test_a_pixel_says_who_placed_it(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=30&y=31&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    caption = ann.locator("[data-caption]")
    expect(caption).to_contain_text("Red")
    expect(caption).to_contain_text("30, 31")
    expect(caption).to_contain_text("By you, just now")
    ben = visit()
    enter(ben, studio, "#x=30&y=31&z=16")
    ben.mouse.move(*middle(ben))
    expect(ben.locator("[data-caption]")).to_contain_text(re.compile("By visitor [0-9a-f]{4}, just now"))


def test_everything_can_be_painted_with_the_keyboard_alone(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=60&y=60&z=16")
    keys = ann.keyboard
    ann.locator(".skip").focus()
    while ann.evaluate("!document.activeElement.matches('[data-stage]')"):
        keys.press("Tab")
    for key in ("ArrowRight", "Shift+ArrowDown", "7"):
        keys.press(key)
    expect(ann.get_by_role("radio", name="Red", exact=True)).to_be_checked()
    expect(ann.locator("[data-announcer]")).to_have_text("Red in hand.")
    keys.press("Enter")
    expect(ann.locator("[data-announcer]")).to_have_text("Red placed at 61, 70.")
    assert pixel(studio, 61, 70)["name"] == "Red"
    keys.press("Control+z")
    expect(ann.locator("[data-announcer]")).to_have_text("Taken back.")
    until(ann, lambda: on_page(ann, "pixel", 61, 70) == 0)
    assert pixel(studio, 61, 70)["name"] == "White"


def test_a_pixel_placed_too_soon_is_taken_back_with_the_reason(visit: Visit, server: Server) -> None:
    ann = visit()
    enter(ann, server, "#x=20&y=20&z=16")
    choose(ann, "Red")
    # The charge goes in another window of the same visitor, so that this page does not know.
    session = requests.Session()
    session.cookies.update({cookie["name"]: cookie["value"] for cookie in ann.context.cookies()})
    ann.evaluate(  # every colour that the pixel is seen in, frame by frame
        f"async () => {{ const {{ board }} = await import({PAGES_OWN});"
        " window.seen = []; const look = () => {"
        "   const now = board.shown(20 * 256 + 20); if (seen.at(-1) !== now) seen.push(now);"
        "   requestAnimationFrame(look); };"
        " look(); }"
    )
    assert place(server, 1, 1, SKY, session).ok
    ann.mouse.click(*middle(ann))
    expect(ann.get_by_role("status").filter(has_text=re.compile(r"ready in \d s"))).to_be_visible()
    until(ann, lambda: ann.evaluate("seen") == [0, RED, 0])
    expect(ann.locator("[data-ring]")).to_have_class(re.compile("empty"))
    expect(ann.get_by_text("A pixel is ready").first).to_be_visible(timeout=10_000)
    ann.mouse.click(*middle(ann))
    until(ann, lambda: on_page(ann, "pixel", 20, 20) == RED)


WRONG_CLOCK = """
(hours) => {
  const clock = Date;
  window.wrongMs = hours * 3_600_000;
  window.Date = class extends clock {
    constructor(...moment) { super(...(moment.length ? moment : [clock.now() + wrongMs])); }
    static now() { return clock.now() + wrongMs; }
  };
}
"""
"""Makes a page believe in another time, as on a machine whose clock is wrong; `wrongMs` may change meanwhile."""


@pytest.mark.parametrize("hours", [-7, 7])
def test_on_a_machine_whose_clock_is_wrong_everything_goes_by_the_servers(
    visit: Visit, server: Server, hours: int
) -> None:
    ann = visit()
    ann.add_init_script(f"({WRONG_CLOCK})({hours})")
    x = 100 + hours
    enter(ann, server, f"#x={x}&y=50&z=16")
    ann.evaluate(  # every number that the empty ring shows: the seconds until the next pixel
        "() => { window.waits = []; const ring = document.querySelector('[data-ring]');"
        " const count = ring.querySelector('[data-count]');"
        " const note = () => ring.matches('.empty') && waits.push(Number(count.textContent));"
        " new MutationObserver(note).observe(ring, { attributes: true, childList: true, subtree: true }); }"
    )
    caption, ring = ann.locator("[data-caption]"), ann.locator("[data-ring]")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    expect(caption).to_contain_text("By you, just now")
    ann.evaluate("wrongMs = -wrongMs")  # somebody sets the clock
    expect(ring).not_to_have_class(re.compile("empty"))
    choose(ann, "Sky")
    ann.mouse.click(*middle(ann))
    until(ann, lambda: pixel(server, x, 50)["name"] == "Sky")
    expect(caption).to_contain_text("By you, just now, over 1 older")
    assert 1 <= ann.evaluate("Math.max(...waits)") <= 6, "five seconds, and what the way to the server takes"


def test_the_last_pixel_can_be_taken_back_for_a_while(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=40&y=40&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    ann.get_by_role("button", name="Take back the last one").click()
    until(ann, lambda: pixel(studio, 40, 40)["name"] == "White")
    expect(ann.locator("[data-undo]")).to_be_disabled()


def test_a_finger_points_and_the_button_paints(visit: Visit, studio: Server) -> None:
    ann = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(ann, studio, "#x=80&y=80&z=16")
    stage = ann.locator("[data-stage]")
    expect(stage).to_be_in_viewport(ratio=0.99)
    choose(ann, "Red")
    ann.touchscreen.tap(*middle(ann))
    expect(ann.locator("[data-caption]")).to_contain_text("80, 80")
    assert pixel(studio, 80, 80)["name"] == "White"
    ann.get_by_role("button", name="Place Red").tap()
    until(ann, lambda: pixel(studio, 80, 80)["name"] == "Red")
    before = standing(ann)["z"]
    x, y = middle(ann)
    fingers = Fingers(ann)
    for _ in range(2):
        fingers.put((x + 60, y + 60))
        fingers.lift()
    assert standing(ann)["z"] > 1.5 * before


def test_a_closed_board_says_so(chromium: Browser, tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url) as ann:
            enter(ann, server)
            command(server, "readonly", "on")
            choose(ann, "Red")
            ann.mouse.click(*middle(ann))
            expect(ann.get_by_text("The board is closed at the moment. Look around")).to_be_visible()
            expect(ann.get_by_role("button", name="Place Red")).to_be_disabled()
            assert on_page(ann, "shown", 100, 100) == 0
    finally:
        server.stop()
