"""Looking at the board: near and far, its past, and what lies over it."""

from __future__ import annotations

import io
import re
import sys
from functools import partial
from itertools import cycle
from pathlib import Path

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.board import (
    BLACK,
    RED,
    SKY,
    UNLIMITED,
    Fingers,
    choose,
    command,
    digest,
    enter,
    is_painted,
    middle,
    on_page,
    paints_seen,
    place,
    seen_in_the_middle,
    standing,
)
from tests.browser.conftest import PHONE, Visit, until, visitor
from tests.browser.test_pages import APPEARANCES, violations, wear
from tests.support.server import QuickServer, Server

pytestmark = pytest.mark.browser


def test_fingers_drag_and_pinch_on_a_phone(visit: Visit, studio: Server) -> None:
    ann = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(ann, studio)
    fingers = Fingers(ann)
    x, y = middle(ann)
    fingers.put((x, y))
    for step in range(1, 9):
        fingers.move((x - 8 * step, y))
    fingers.lift()
    dragged = standing(ann)
    assert 102 <= dragged["x"] <= 104
    assert dragged["y"] == 100
    fingers.put((x - 30, y), (x + 30, y))
    for step in range(1, 7):
        fingers.move((x - 30 - 5 * step, y), (x + 30 + 5 * step, y))
    fingers.lift()
    pinched = standing(ann)
    assert 1.8 <= pinched["z"] / dragged["z"] <= 2.2
    assert abs(pinched["x"] - dragged["x"]) <= 1
    assert ann.evaluate("[scrollY, visualViewport.scale]") == [0, 1]


def test_a_link_leads_to_the_same_place(visit: Visit, studio: Server) -> None:
    ann, ben = visit(), visit()
    enter(ann, studio, "")
    ann.mouse.move(*middle(ann))
    ann.mouse.wheel(0, -600)
    here = standing(ann)
    ben.goto(ann.url)
    ben.get_by_role("button", name="Nearer").click()
    ben.get_by_role("button", name="Further away").click()
    there = standing(ben)
    assert abs(there["x"] - here["x"]) <= 1
    assert abs(there["z"] / here["z"] - 1) < 0.05


def test_the_past_is_shown_and_cannot_be_painted_on(visit: Visit, studio: Server) -> None:
    assert place(studio, 100, 120, RED).ok
    ann = visit()
    enter(ann, studio, "#x=100&y=120&z=16")
    ann.get_by_role("button", name="How it came about").click()
    slider = ann.get_by_role("slider", name="Moment")
    expect(slider).to_be_focused()
    ann.keyboard.press("Home")
    until(ann, lambda: on_page(ann, "shown", 100, 120) == 0)
    choose(ann, "Sky")
    ann.mouse.click(*middle(ann))
    expect(ann.get_by_text("You are looking at the past")).to_be_visible()
    ann.get_by_role("button", name="Play").click()
    until(ann, lambda: on_page(ann, "shown", 100, 120) == RED)
    ann.get_by_role("button", name="Back to now").click()
    expect(slider).to_be_hidden()
    assert on_page(ann, "shown", 100, 120) == RED


def test_a_template_is_laid_over_the_board_and_stays_on_the_device(visit: Visit, studio: Server) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (0, 0, 255)).save(picture, "png")
    ann = visit()
    enter(ann, studio, "#x=10&y=10&z=16")
    sent: list[str] = []
    ann.on("request", lambda request: sent.append(request.method) if request.method != "GET" else None)
    ann.get_by_text("Lay a picture over it").click()
    ann.get_by_label("Picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    ann.get_by_label("How strong").fill("100")
    until(ann, lambda: seen_in_the_middle(ann) == [0, 0, 255, 255])
    ann.get_by_role("button", name="Take it away").click()
    until(ann, lambda: seen_in_the_middle(ann) == [255, 255, 255, 255])
    assert sent == []
    assert on_page(ann, "pixel", 10, 10) == 0


def test_where_it_is_busy_is_shown(visit: Visit, studio: Server) -> None:
    assert place(studio, 150, 150, RED).ok
    ann = visit()
    enter(ann, studio, "#x=150&y=150&z=16")
    plain = seen_in_the_middle(ann)
    ann.get_by_label("Where it is busy").check(force=True)
    until(ann, lambda: seen_in_the_middle(ann) != plain)


def has_glowed(page: Page, server: Server, colour: int) -> bool:
    """Paint something, and tell whether anything has glowed so far."""
    assert place(server, 170, 170, colour).ok
    return bool(page.evaluate("strokes > 0"))


def test_others_pixels_glow_unless_less_motion_is_wished(visit: Visit, studio: Server) -> None:
    glowed = []
    for wish in ("no-preference", "reduce"):
        ann = visit(reduced_motion=wish)
        enter(ann, studio, "#x=170&y=170&z=16")
        ann.evaluate(  # frames are drawn on and on only while something moves
            "() => { window.strokes = 0;"
            " const { prototype } = CanvasRenderingContext2D; const draw = prototype.strokeRect;"
            " prototype.strokeRect = function (...rect) { window.strokes++; return draw.apply(this, rect); }; }"
        )
        colours = cycle((RED, SKY))
        if wish == "reduce":
            assert place(studio, 170, 170, BLACK).ok
            until(ann, partial(is_painted, ann, 170, 170, BLACK))
            ann.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        else:  # a glow is short: where the machine is too busy to draw it, there is another
            until(ann, lambda page=ann, next_colours=colours: has_glowed(page, studio, next(next_colours)))
        glowed.append(ann.evaluate("strokes > 0"))
    assert glowed == [True, False]


def test_without_a_script_the_board_is_a_picture(visit: Visit, studio: Server) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto(f"{studio.base_url}/canvas")
    picture = ann.get_by_alt_text("The board as it is now")
    expect(picture).to_be_visible()
    expect(ann.locator("noscript p")).to_contain_text("a browser with JavaScript is needed")
    expect(ann.get_by_role("button", name="Choose a paint")).to_be_hidden()
    sent = requests.get(f"{studio.base_url}{picture.get_attribute('src')}", timeout=30)
    assert Image.open(io.BytesIO(sent.content)).size == (1024, 1024)


def test_the_largest_board_is_dragged_and_zoomed(chromium: Browser, tmp_path: Path) -> None:
    server = QuickServer(tmp_path / "data", CANVAS_WIDTH="4096", CANVAS_HEIGHT="4096", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url) as ann:
            enter(ann, server, "")
            x, y = middle(ann)
            ann.mouse.move(x, y)
            ann.mouse.wheel(0, -1500)
            ann.mouse.down()
            for step in range(240):
                ann.mouse.move(x + 200 * ((step % 40) / 20 - 1), y + step % 7)
                if step % 8 == 0:
                    assert place(server, step, step, RED).ok
            ann.mouse.up()
            frames = ann.locator("[data-stage]").get_attribute("data-frames")
            assert re.fullmatch(r"p50 [\d.]+ p95 [\d.]+ max [\d.]+", frames or "")
            sys.stdout.write(f"\n4096 x 4096, dragged while others paint: ms of script a frame, {frames}\n")
            until(ann, lambda: on_page(ann, "digest") == digest(server))
    finally:
        server.stop()


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("screen", [None, PHONE], ids=["desktop", "phone"])
def test_the_board_is_accessible(
    visit: Visit, studio: Server, axe_source: str, appearance: str, screen: dict[str, int] | None
) -> None:
    ann = visit(reduced_motion="reduce", bypass_csp=True, **({"viewport": screen} if screen else {}))
    wear(ann, appearance, studio.base_url)
    enter(ann, studio)
    if screen:
        ann.get_by_role("button", name="More about the board").click()
    choose(ann, "Red")
    ann.get_by_text("Lay a picture over it").click()
    assert violations(ann, axe_source) == []
    ann.get_by_role("button", name="How it came about").click()
    expect(ann.get_by_role("slider", name="Moment")).to_be_focused()
    ann.locator("[data-stage]").focus()
    ann.keyboard.press("ArrowRight")
    assert violations(ann, axe_source) == []
    assert ann.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_seasons_of_another_size_and_other_paints_are_shown_as_they_were(chromium: Browser, tmp_path: Path) -> None:
    small = UNLIMITED | {"CANVAS_WIDTH": "64", "CANVAS_HEIGHT": "32", "CANVAS_PALETTE": "mural16"}
    before = QuickServer(tmp_path / "data", **small)
    try:
        assert place(before, 10, 20, 5).ok
    finally:
        before.stop()
    server = QuickServer(tmp_path / "data", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url) as ann:
            enter(ann, server)
            ann.get_by_role("button", name="How it came about").click()
            seasons = ann.get_by_role("combobox", name="Season")
            expect(seasons.locator("option")).to_have_count(2)
            seasons.select_option(index=1)
            until(ann, lambda: on_page(ann, "width") == 64)
            assert on_page(ann, "shown", 10, 20) == 5
            expect(ann.get_by_role("link", name="Save as a film")).to_be_hidden()
            ann.get_by_role("slider", name="Moment").focus()
            ann.keyboard.press("Home")
            until(ann, lambda: on_page(ann, "shown", 10, 20) == 0)
            ann.get_by_role("button", name="Back to now").click()
            assert on_page(ann, "width") == 256
            until(ann, lambda: on_page(ann, "digest") == digest(server))
    finally:
        server.stop()


def test_what_is_protected_is_hatched(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=230&y=230&z=4")
    until(ann, lambda: paints_seen(ann) == 1)
    command(studio, "protect", "215,215,245,245")
    try:
        choose(ann, "Red")
        ann.locator("[data-stage]").focus()
        ann.keyboard.press("ArrowRight")
        ann.keyboard.press("Enter")
        expect(ann.get_by_text("This part of the board is protected.").first).to_be_visible()
        until(ann, lambda: paints_seen(ann) > 1)
        assert on_page(ann, "shown", 230, 230) == 0
    finally:
        command(studio, "protect", "215,215,245,245", "--lift")


def test_who_is_braked_is_told_as_long_as_it_lasts(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio)
    braked = ann.get_by_text("you wait longer for your next pixel")
    expect(braked).to_be_hidden()
    command(studio, "brake", "on")
    try:
        expect(braked).to_be_visible()
    finally:
        command(studio, "brake", "off")
    expect(braked).to_be_hidden()
