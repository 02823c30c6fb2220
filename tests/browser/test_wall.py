"""The wall, seen by several visitors at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import PHONE, SAMPLE_QUERY, Visit, until
from tests.support.cable import cable_to
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def nothing_on_its_way(server: Server) -> None:
    """Let the posters that other tests asked for hang first."""
    server.wait_until_idle()


def hung(page: Page, poster_id: str) -> Any:
    """Find a poster's card."""
    return page.locator(f'[data-poster="{poster_id}"]')


def result_of(server: Server, **changes: Any) -> str:
    """Have a poster made, and name it."""
    job = server.wait_for(server.submit(**{"dpi": 72} | changes)["job_id"], "completed")
    return str(job["result"]["poster_id"])


def test_another_visitor_sees_a_poster_being_made_and_hung_without_reloading(visit: Visit, server: Server) -> None:
    ben = visit()
    ben.goto("/")
    expect(ben.locator("[data-presence]")).to_be_visible()
    ben.evaluate("window.stayed = true")
    # What passes quickly is noted as it passes: the shares of the sheet that were filled.
    ben.evaluate("""() => {
        window.filled = [];
        new MutationObserver(() => {
            const card = document.querySelector("[data-making]");
            if (card) window.filled.push(Number(card.style.getPropertyValue("--done")));
        }).observe(document.querySelector("[data-wall]"), {childList: true, subtree: true, attributes: true});
    }""")
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=oxblood&size=a2")
    ann.get_by_role("button", name="Make the poster").click()
    ann.wait_for_url("**/generate/*")
    making = ben.locator("[data-making]")
    expect(making).to_be_visible()
    expect(making).to_contain_text("Helsinki")
    job_id = making.get_attribute("data-making")
    expect(ben.locator(f'[data-poster][data-job="{job_id}"]')).to_be_visible()
    expect(making).to_have_count(0)
    filled = ben.evaluate("window.filled")
    assert filled == sorted(filled)
    assert len(set(filled)) >= 2
    assert ben.evaluate("window.stayed")


def test_who_was_cut_off_misses_nothing_and_sees_nothing_twice(visit: Visit, server: Server) -> None:
    with cable_to(server.port) as cable:
        ben = visit(cable.base_url, cut=True)
        attempts: list[WebSocket] = []
        ben.on("websocket", lambda websocket: attempts.append(websocket))  # noqa: PLW0108 - a builtin is not taken
        ben.goto("/")
        expect(ben.locator(".here:not(.away)")).to_be_visible()
        before = hung_ids(ben)
        cable.pull()
        expect(ben.locator(".here.away")).to_be_visible()
        missed = [result_of(server, theme=theme) for theme in ("emerald", "saffron", "ocean")]
        until(ben, lambda: len(attempts) > 2)  # the first is the one that was cut
        assert hung_ids(ben) == before
        cable.plug()
        expect(hung(ben, missed[-1])).to_be_visible()
        assert hung_ids(ben) == [*reversed(missed), *before]


def test_what_came_down_while_somebody_was_cut_off_is_never_told_and_nothing_of_it_kept(
    visit: Visit, server: Server
) -> None:
    owner = requests.Session()
    owner.get(f"{server.api}/posters", timeout=30)
    with cable_to(server.port) as cable:
        ben = visit(cable.base_url, cut=True)
        heard: list[str] = []
        ben.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
        ben.goto("/")
        expect(ben.locator(".here:not(.away)")).to_be_visible()
        before = hung_ids(ben)
        ben.evaluate("navigator.serviceWorker.ready.then(() => true)")  # none comes where its installing is cut off
        cable.pull()
        expect(ben.locator(".here.away")).to_be_visible()
        job = server.wait_for(server.submit(owner, dpi=72, city="Secretville")["job_id"], "completed")
        kept = result_of(server, theme="saffron", distance=640)
        assert owner.delete(f"{server.api}/posters/{job['result']['poster_id']}", timeout=30).ok
        cable.plug()
        expect(hung(ben, kept)).to_be_visible()
        assert hung_ids(ben) == [kept, *before]
        assert "Secretville" not in "".join(heard)
        stored = ben.evaluate("""async () => {
            const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
            const requests = await Promise.all(opened.map((one) => one.keys()));
            return requests.flat().map((request) => new URL(request.url).pathname);
        }""")
        assert "/offline" in stored
        assert [path for path in stored if path.startswith(("/api/", "/posters/"))] == []


def hung_ids(page: Page) -> list[str]:
    """List the posters on the page in their order."""
    ids: list[str] = page.locator("[data-poster]").evaluate_all("cards => cards.map(card => card.dataset.poster)")
    return ids


def test_a_reader_further_down_is_not_moved(visit: Visit, server: Server, poster: dict[str, Any]) -> None:
    ben = visit(viewport=PHONE)
    ben.goto("/")
    expect(ben.locator(".here:not(.away)")).to_be_visible()
    ben.evaluate("document.querySelector('main').style.minHeight = '4000px'; scrollTo(0, 900)")
    assert ben.evaluate("scrollY") == 900
    before = hung_ids(ben)
    top = hung(ben, poster["id"]).bounding_box()
    fresh = result_of(server, theme="terracotta", size="square")
    pill = ben.get_by_role("button", name="1 new")
    expect(pill).to_be_visible()
    assert hung_ids(ben) == before
    assert hung(ben, poster["id"]).bounding_box() == top
    pill.click()
    expect(hung(ben, fresh)).to_be_visible()
    expect(pill).to_be_hidden()


def test_the_sentence_makes_a_poster(visit: Visit, poster: dict[str, Any]) -> None:
    ann = visit()
    ann.goto("/")
    ann.get_by_role("combobox", name="Hang a poster of").press_sequentially("Springf")
    options = ann.get_by_role("option")
    expect(options.first).to_contain_text("Springfield")
    assert options.count() > 1
    ann.get_by_role("combobox", name="Hang a poster of").press("Enter")
    ann.get_by_label("in", exact=True).select_option("forest")
    ann.get_by_role("button", name="Make it").click()
    expect(ann.get_by_role("status").filter(has_text="Springfield is on its way")).to_be_visible()


def test_a_theme_of_somebody_else_colours_its_posters(visit: Visit, server: Server) -> None:
    colours = requests.get(f"{server.api}/themes/noir", timeout=30).json()["colors"] | {"bg": "#123456"}
    ben, ann = visit(), requests.Session()
    ben.goto("/")
    expect(ben.locator(".here:not(.away)")).to_be_visible()
    body = {"name": "Deep end", "description": "Under water.", **colours}
    theme = ann.post(f"{server.api}/themes", json=body, timeout=30).json()["id"]
    fresh = result_of(server, theme=theme)
    paper = hung(ben, fresh).locator("a")
    expect(paper).to_have_css("background-color", "rgb(18, 52, 86)")
    expect(hung(ben, fresh)).to_contain_text("Deep end")
    for path in ("/", f"/posters/{fresh}"):
        ben.goto(path)
        sheet = ben.locator(f"a.theme-{theme}").first
        expect(sheet).to_have_css("background-color", "rgb(18, 52, 86)")


def test_an_unclear_place_is_asked_about(visit: Visit) -> None:
    ann = visit()
    ann.goto("/")
    field = ann.get_by_role("combobox", name="Hang a poster of")
    field.fill("Springfield")
    ann.get_by_role("button", name="Make it").click()
    expect(ann.get_by_role("listbox")).to_be_visible()
    expect(field).to_be_focused()


def test_the_towns_that_are_suggested_fit_on_a_phone(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.goto("/")
    ann.get_by_role("combobox", name="Hang a poster of").fill("Springf")
    expect(ann.get_by_role("option").first).to_be_visible()
    box = ann.get_by_role("listbox").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]


def test_older_posters_come_as_one_scrolls(visit: Visit, server: Server) -> None:
    hanging = requests.get(f"{server.api}/gallery?limit=26", timeout=30).json()["posters"]
    jobs = [server.submit_new(dpi=72)["job_id"] for _ in range(26 - len(hanging))]
    for job_id in jobs:
        server.wait_for(job_id, "completed")
    ann = visit()
    ann.goto("/")
    ann.locator("[data-more]").scroll_into_view_if_needed()
    expect(ann.locator("[data-poster]").nth(24)).to_be_attached()
    ids = hung_ids(ann)
    assert len(ids) == len(set(ids))


def test_the_kiosk_shows_posters_only_and_a_new_one_at_once(
    visit: Visit, server: Server, poster: dict[str, Any]
) -> None:
    screen = visit()
    screen.goto("/?kiosk=1")
    expect(screen.locator(".hung.shown")).to_have_count(1)
    expect(screen.get_by_role("navigation").first).to_be_hidden()
    fresh = result_of(server, theme="lichen")
    expect(screen.locator(f'.shown[data-poster="{fresh}"]')).to_be_visible()


@pytest.mark.parametrize(("size", "shape"), [("12x16in", 0.75), ("40x25cm", 1.6), ("10x20cm", 0.5)])
def test_the_kiosk_shows_a_poster_whole_and_as_fine_as_the_screen(
    visit: Visit, server: Server, size: str, shape: float
) -> None:
    screen = visit(viewport={"width": 2560, "height": 1440})
    screen.goto("/?kiosk=1")
    card = hung(screen, result_of(server, theme="contrast_zones", size=size, dpi=200))
    picture = card.locator("img")
    expect(picture).to_have_attribute("src", re.compile(r"/download\?v=\d+$"))
    box, label = picture.bounding_box(), card.locator(".label").bounding_box()
    assert box is not None
    assert label is not None
    assert box["width"] / box["height"] == pytest.approx(shape, rel=0.01)
    assert max(box["width"] / 2560, box["height"] / 1440) > 0.6
    assert label["x"] > box["x"] + box["width"]
    assert label["y"] + label["height"] == pytest.approx(box["y"] + box["height"], abs=2)
    result_of(server, theme="contrast_zones", size=size)
    expect(picture).to_have_attribute("src", re.compile(r"/preview\?v=\d+$"))


def test_the_kiosk_shows_what_is_being_made_and_an_empty_wall_where_to_begin(
    visit: Visit, server: Server, poster: dict[str, Any]
) -> None:
    screen = visit()
    screen.goto("/?kiosk=1")
    with server.drawing_stopped():
        job_id = server.submit(theme="sodium_lights", dpi=72)["job_id"]
        making = screen.locator(f'[data-making="{job_id}"] .sheet')
        expect(making).to_be_in_viewport(ratio=0.99)
    expect(screen.locator(f'.shown[data-job="{job_id}"]')).to_be_visible()
    screen.evaluate("document.querySelector('[data-wall]').replaceChildren()")
    address = server.base_url.removeprefix("http://")
    expect(screen.get_by_text(f"Make the first one at \u2066{address}\u2069")).to_be_in_viewport()
