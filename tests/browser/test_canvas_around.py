"""What hangs around the board: the small one, the grid, and the link to a place."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.board import RED, enter, is_painted, paints_seen, place, standing
from tests.browser.conftest import Visit, until
from tests.support.server import Server

pytestmark = pytest.mark.browser


def test_a_press_on_the_small_board_leads_there(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio)
    small, seen = ann.locator("[data-minimap]"), ann.locator("[data-minimap-frame]")
    expect(small).to_have_attribute("width", "256")  # it is drawn
    box = small.bounding_box()
    assert box is not None
    small.click(position={"x": box["width"] / 4, "y": box["height"] / 2})
    here = standing(ann)
    assert (abs(here["x"] - 64) <= 3, abs(here["y"] - 128) <= 3, here["z"]) == (True, True, 16)
    frame = seen.bounding_box()
    assert frame is not None
    assert abs(frame["x"] + frame["width"] / 2 - box["x"] - box["width"] / 4) <= 3
    ann.get_by_role("button", name="The whole board").click()
    until(ann, lambda: seen.bounding_box() == box)


def test_the_small_board_shows_the_large_one_however_late_that_is_drawn(visit: Visit, studio: Server) -> None:
    assert place(studio, 3, 250, RED).ok
    ann = visit()
    ann.add_init_script("window.requestAnimationFrame = (draw) => setTimeout(() => draw(performance.now()), 3000)")
    enter(ann, studio)
    look = "document.querySelector('[data-minimap]').getContext('2d').getImageData(3, 250, 1, 1).data"
    until(ann, lambda: ann.evaluate(f"[...{look}]") == [0xBE, 0x00, 0x39, 0xFF])


def test_pixels_have_hard_edges_and_a_grid_where_it_is_wished(visit: Visit, studio: Server) -> None:
    assert place(studio, 193, 17, RED).ok
    ann = visit(reduced_motion="reduce")
    enter(ann, studio, "#x=192&y=16&z=24")
    until(ann, lambda: is_painted(ann, 193, 17, RED))
    until(ann, lambda: paints_seen(ann) > 2)  # the red pixel, white ones, and the lines between them
    ann.get_by_label("Grid").uncheck(force=True)
    until(ann, lambda: paints_seen(ann) == 2)
    ann.get_by_label("Grid").check(force=True)
    until(ann, lambda: paints_seen(ann) > 2)
    for _ in range(4):
        ann.get_by_role("button", name="Further away").click()
    until(ann, lambda: paints_seen(ann) == 1)  # white: far away the lines would hide what is between them


def test_the_link_to_a_place_is_copied_or_shown_where_it_cannot_be(visit: Visit, studio: Server) -> None:
    ann = visit(permissions=["clipboard-read", "clipboard-write"])
    enter(ann, studio, "#x=33&y=44&z=9")
    ann.get_by_role("button", name="Link to this place").click()
    expect(ann.get_by_text("The link to this place is copied.")).to_be_visible()
    assert ann.evaluate("navigator.clipboard.readText()") == f"{studio.base_url}/canvas#x=33&y=44&z=9"
    ben = visit()
    ben.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as without TLS
    enter(ben, studio, "#x=33&y=44&z=9")
    ben.get_by_role("button", name="Link to this place").click()
    expect(ben.get_by_text(re.compile(r"/canvas#x=33&y=44&z=9$"))).to_be_visible()
