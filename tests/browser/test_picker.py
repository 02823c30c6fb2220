"""The map to pick from, where the installation has a tile server: the page is dragged and turned on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import SAMPLE_QUERY, until, visitor
from tests.support.real_parts import free_port
from tests.support.server import Server

pytestmark = pytest.mark.browser

TILE_SERVER = f"http://127.0.0.1:{free_port()}/"


@pytest.fixture(scope="module")
def tiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural with a tile server of its own, though no tile ever comes from it."""
    running = Server(tmp_path_factory.mktemp("tiled"), TILE_URL=f"{TILE_SERVER}{{z}}/{{x}}/{{y}}.png")
    yield running
    running.stop()


@pytest.fixture
def ann(chromium: Browser, tiled: Server) -> Iterator[Page]:
    """A visitor at the workbench with the map unfolded."""
    with visitor(chromium, tiled.base_url) as page:
        page.goto(f"/create?{SAMPLE_QUERY}")
        expect(page).to_have_url(re.compile("theme="))
        page.get_by_text("Drag the page over a map").click()
        expect(page.locator(".picker-page")).to_be_visible()
        page.locator("[data-picker]").scroll_into_view_if_needed()
        yield page


def address(page: Page) -> dict[str, str]:
    """Read the design in the address of the page."""
    return dict(parse_qsl(urlsplit(page.url).query))


def pull(page: Page, thing: Locator, right: float, down: float) -> None:
    """Drag something by its middle."""
    box = thing.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()


def test_the_page_follows_the_hand_and_keeps_its_name_nearby(ann: Page) -> None:
    before = address(ann)
    pull(ann, ann.locator(".picker-page"), 40, 0)
    until(ann, lambda: address(ann)["longitude"] != before["longitude"])
    after = address(ann)
    assert float(after["longitude"]) > float(before["longitude"])
    assert float(after["latitude"]) == pytest.approx(float(before["latitude"]), abs=1e-4)
    assert after["city"] == "Helsinki"


def test_the_handle_turns_the_page_and_the_slider_with_it(ann: Page) -> None:
    pull(ann, ann.locator(".picker-handle"), 150, 60)
    until(ann, lambda: "rotation" in address(ann))
    expect(ann.get_by_label("Turned clockwise, in degrees")).to_have_value(address(ann)["rotation"])
    ann.get_by_role("button", name="Undo").click()
    until(ann, lambda: "rotation" not in address(ann))


def test_the_page_takes_the_shape_of_paper_of_ones_own_size(ann: Page) -> None:
    ann.get_by_label("Size", exact=True).select_option("own")
    ann.get_by_label("Width").fill("60")
    ann.get_by_label("Height").fill("20")

    def shape() -> float:
        box = ann.locator(".picker-page").bounding_box()
        return box["width"] / box["height"] if box else 0

    until(ann, lambda: shape() == pytest.approx(3, rel=0.05))


def test_a_click_far_away_goes_there_and_names_the_town(ann: Page) -> None:
    picker = ann.locator("[data-picker]")
    for _ in range(4):
        ann.get_by_role("button", name="Zoom out").click()
        expect(picker.locator(".leaflet-zoom-anim")).to_have_count(0)
    box = picker.bounding_box()
    assert box is not None
    picker.click(position={"x": box["width"] - 40, "y": 60})
    until(ann, lambda: address(ann)["city"] != "Helsinki")
    expect(ann.get_by_role("combobox", name="Place")).to_have_value(
        f"{address(ann)['city']}, {address(ann)['country']}"
    )


def test_only_the_tile_server_is_asked_and_only_once_the_map_is_unfolded(chromium: Browser, tiled: Server) -> None:
    with visitor(chromium, tiled.base_url) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/create?{SAMPLE_QUERY}")
        expect(page).to_have_url(re.compile("theme="))
        assert not [url for url in asked if "leaflet.js" in url or url.startswith(TILE_SERVER)]
        page.get_by_text("Drag the page over a map").click()
        until(page, lambda: any(url.startswith(TILE_SERVER) for url in asked))
