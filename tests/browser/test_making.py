"""From the workbench to the poster, and what can be done with it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SAMPLE_QUERY, Visit, until
from tests.support.server import Server

pytestmark = pytest.mark.browser


def make_sample(page: Page, theme: str) -> None:
    """Make the sample poster in a theme, and stay on the page where it ends."""
    page.goto(f"/create?{SAMPLE_QUERY}&theme={theme}")
    page.get_by_role("button", name="Make the poster").click()
    expect(page.get_by_role("link", name=re.compile("^Download"))).to_be_visible()


def test_a_poster_made_on_the_workbench_hangs_on_the_wall(visit: Visit) -> None:
    ann = visit()
    ann.goto("/create")
    preview = ann.get_by_alt_text(re.compile("^Preview: Helsinki"))
    expect(preview).to_be_visible()
    first = preview.get_attribute("src")
    ann.get_by_role("radio", name="Blueprint", exact=True).check(force=True)
    expect(preview).not_to_have_attribute("src", first or "")
    expect(ann).to_have_url(re.compile("theme=blueprint"))
    ann.get_by_role("button", name="Make the poster").click()
    ann.wait_for_url("**/generate/*")
    expect(ann.get_by_role("heading", name="Helsinki", exact=True)).to_be_visible()
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Download PNG").click()
    assert re.fullmatch(r"helsinki_blueprint_\d{8}_\d{6}\.png", download.value.suggested_filename)
    ann.get_by_role("link", name="The wall").click()
    expect(ann.get_by_role("link", name="Helsinki, Finland, Blueprint")).to_be_visible()


def test_the_state_of_the_workbench_is_in_its_address(visit: Visit) -> None:
    ann = visit()
    ann.goto("/create")
    ann.get_by_label("Size", exact=True).select_option("a3")
    ann.get_by_label("Buildings").uncheck(force=True)
    ann.get_by_label("Title", exact=True).fill("Home & away")
    expect(ann).to_have_url(re.compile("title=Home"))
    ann.reload()
    expect(ann.get_by_label("Size", exact=True)).to_have_value("a3")
    expect(ann.get_by_label("Buildings")).not_to_be_checked()
    expect(ann.get_by_label("Title", exact=True)).to_have_value("Home & away")


def test_dragging_the_poster_moves_the_place(visit: Visit) -> None:
    ann = visit()
    ann.goto("/create")
    easel = ann.get_by_role("application")
    box = easel.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ann.mouse.move(x, y)
    ann.mouse.down()
    ann.mouse.move(x - 60, y + 60, steps=4)
    ann.mouse.up()
    expect(ann).not_to_have_url(re.compile("latitude=60.1715"))
    moved = dict(part.split("=") for part in ann.url.partition("?")[2].split("&"))
    assert float(moved["latitude"]) > 60.1715  # pulled down: what is further north comes into view
    assert float(moved["longitude"]) > 24.9443


def test_everything_can_be_done_with_the_keyboard_alone(visit: Visit) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    keys = ann.keyboard
    ann.get_by_role("application").focus()
    keys.press("ArrowRight")
    expect(ann).not_to_have_url(re.compile("longitude=24.9443"))
    keys.press("ArrowLeft")
    keys.press("Tab")
    expect(ann.get_by_role("button", name="Undo")).to_be_focused()
    keys.press("Tab")
    expect(ann.get_by_role("button", name="Copy the link")).to_be_focused()
    keys.press("Tab")
    expect(ann.get_by_role("combobox", name="Place")).to_be_focused()
    keys.type("Reykjav")
    expect(ann.get_by_role("option").first).to_contain_text("Reykjavík")
    keys.press("ArrowDown")
    expect(ann.get_by_role("combobox", name="Place")).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    keys.press("Enter")
    expect(ann.get_by_role("combobox", name="Place")).to_have_value("Reykjavík, Iceland")
    keys.press("Tab")
    expect(ann.get_by_role("link", name="Helsinki")).to_be_focused()
    keys.press("Tab")
    distance = ann.get_by_role("slider", name="From the centre to the edge")
    expect(distance).to_be_focused()
    keys.press("Home")
    expect(distance).to_have_attribute("aria-valuetext", "500 m")
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(ann.get_by_text("Turned by 5°")).to_be_visible()
    keys.press("Tab")
    keys.press("ArrowRight")
    expect(ann.get_by_role("radio", name="Northern Lights", exact=True)).to_be_checked()
    ann.get_by_role("button", name="Make the poster").focus()
    keys.press("Enter")
    ann.wait_for_url("**/generate/*")


def test_a_job_can_be_stopped_and_says_so_after_a_reload(visit: Visit, server: Server) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=plum_wine&size=a0")
    with server.drawing_stopped():
        ann.get_by_role("button", name="Make the poster").click()
        ann.wait_for_url("**/generate/*")
        ann.get_by_role("button", name="Stop making it").click()
    expect(ann.get_by_role("heading", name="Stopped")).to_be_visible()
    ann.reload()
    expect(ann.get_by_role("heading", name="Stopped")).to_be_visible()


NOTED = """
    window.told = [];
    window.Notification = class extends Notification {
        static get permission() { return "granted"; }
        constructor(words, ...more) {
            super(words, ...more);
            told.push(words);
        }
    };
"""
"""Allows to notify, which a Chromium without windows never does, and notes what is notified."""

LOOKING_ELSEWHERE = "Object.defineProperty(document, 'hidden', { get: () => true });"


@pytest.mark.parametrize("elsewhere", [True, False])
def test_who_allowed_it_and_looks_elsewhere_is_told_of_the_end(visit: Visit, elsewhere: bool) -> None:
    ann = visit()
    ann.add_init_script(NOTED + (LOOKING_ELSEWHERE if elsewhere else ""))
    ann.goto(f"/create?{SAMPLE_QUERY}&theme={'oxblood' if elsewhere else 'gilt'}&size=a5&rotation=15")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("link", name=re.compile("^Download"))).to_be_visible()
    expect(ann).to_have_title("Finished: Helsinki — Mural")
    assert ann.evaluate("told") == (["Finished: Helsinki — Mural"] if elsewhere else [])


def test_nobody_is_asked_for_a_permission_unasked(visit: Visit, server: Server) -> None:
    asked = "window.asked = 0; Notification.requestPermission = async () => { window.asked += 1; return 'denied'; };"
    undecided = "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"
    ann = visit()
    ann.add_init_script(asked + undecided)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=kraft&size=a5")
    with server.drawing_stopped():
        ann.get_by_role("button", name="Make the poster").click()
        ann.wait_for_url("**/generate/*")
        tell = ann.get_by_role("button", name="Tell me when it is done")
        expect(tell).to_be_visible()
        assert ann.evaluate("asked") == 0
        tell.click()
        expect(tell).to_be_hidden()
        assert ann.evaluate("asked") == 1


def test_the_link_of_a_design_is_copied_as_it_is_this_moment(visit: Visit) -> None:
    ann = visit(permissions=["clipboard-read", "clipboard-write"])
    ann.goto(f"/create?{SAMPLE_QUERY}")
    ann.get_by_label("Title", exact=True).fill("Home")
    ann.get_by_role("button", name="Copy the link").click()
    expect(ann.get_by_text("The link is copied.")).to_be_visible()
    link = ann.evaluate("navigator.clipboard.readText()")
    ben = visit()
    ben.goto(link)
    expect(ben.get_by_label("Title", exact=True)).to_have_value("Home")


def test_a_failed_job_says_why(visit: Visit, server: Server) -> None:
    nowhere = server.submit(city="Null Island", country="Nowhere", latitude=0, longitude=0)
    ann = visit()
    ann.goto(f"/generate/{nowhere['job_id']}")
    expect(ann.get_by_role("heading", name="This one did not work out")).to_be_visible()
    expect(ann.get_by_text("No local map file covers this place")).to_be_visible()


def test_another_theme_is_one_click_away(visit: Visit, poster: dict[str, Any]) -> None:
    ann = visit()
    ann.goto(f"/posters/{poster['id']}")
    ann.get_by_role("button", name="Graphite").click()
    expect(ann.locator(".label.large")).to_contain_text("Graphite")


def test_only_the_owner_can_take_a_poster_down(visit: Visit) -> None:
    ann, ben = visit(), visit()
    make_sample(ann, "salt_flats")
    ann.get_by_role("link", name="The wall").click()
    ann.get_by_role("link", name="Helsinki, Finland, Salt Flats").click()
    ben.goto(ann.url)
    expect(ben.get_by_role("button", name="Take it down")).to_have_count(0)
    ann.get_by_role("button", name="Take it down").click()
    ann.get_by_role("dialog").get_by_role("button", name="Keep it").click()
    expect(ann.get_by_role("dialog")).to_be_hidden()
    ann.get_by_role("button", name="Take it down").click()
    ann.get_by_role("dialog").get_by_role("button", name="Take it down").click()
    ann.wait_for_url("**/gallery")
    ben.reload()
    expect(ben.get_by_role("heading", name="Nothing hangs here")).to_be_visible()


def test_a_poster_taken_down_by_mistake_can_be_hung_back(visit: Visit) -> None:
    ann = visit()
    make_sample(ann, "sea_glass")
    ann.goto("/gallery")
    card = ann.get_by_role("listitem").filter(has_text="Sea Glass")
    card.get_by_role("button", name="Take down Helsinki").click()
    ann.get_by_role("dialog").get_by_role("button", name="Take it down").click()
    expect(card).to_be_hidden()
    ann.get_by_role("button", name="Hang it back").click()
    expect(card).to_be_visible()
    ann.reload()
    expect(card).to_be_visible()


def test_a_poster_taken_down_is_gone_at_once_and_the_next_page_still_offers_it_back(visit: Visit) -> None:
    ann = visit()
    make_sample(ann, "lavender_field")
    ann.goto("/gallery")
    card = ann.get_by_role("listitem").filter(has_text="Lavender Field")
    link = card.get_by_role("link").get_attribute("href") or ""
    card.get_by_role("button", name="Take down Helsinki").click()
    ann.get_by_role("dialog").get_by_role("button", name="Take it down").click()
    until(ann, lambda: ann.request.get(link).status == 404)
    ann.goto("/gallery")
    expect(ann.get_by_role("heading", name="You have not made a poster yet")).to_be_visible()
    ann.get_by_role("button", name="Hang it back").click()
    expect(card).to_be_visible()


def test_the_same_poster_as_another_file_does_not_hang_twice(visit: Visit) -> None:
    ann = visit()
    make_sample(ann, "graphite")
    ann.get_by_role("button", name="JPEG", exact=True).click()
    expect(ann.get_by_role("link", name="Download JPEG")).to_be_visible()
    ann.get_by_role("link", name="The wall").click()
    expect(ann.get_by_role("link", name="Helsinki, Finland, Graphite")).to_have_count(1)


def test_a_large_poster_is_looked_at_closely_with_the_keys_alone(visit: Visit, poster: dict[str, Any]) -> None:
    ann = visit()
    ann.goto(f"/posters/{poster['id']}")
    ann.get_by_role("button", name="Look closer").press("Enter")
    pane = ann.get_by_role("application")
    expect(pane).to_be_focused()
    tiles = pane.locator("img")
    loaded = "images => images.length > 0 && images.every((image) => image.complete && image.naturalWidth > 0)"
    until(ann, lambda: bool(tiles.evaluate_all(loaded)))
    for _ in range(6):
        ann.keyboard.press("+")
    ann.keyboard.press("ArrowRight")
    finest = pane.locator('img[src*="/13/"]')
    expect(finest.first).to_be_visible()
    until(ann, lambda: bool(tiles.evaluate_all(loaded)))
    assert tiles.count() < 40  # only what is in sight
    ann.keyboard.press("Escape")
    expect(ann.get_by_role("button", name="Look closer")).to_be_focused()
