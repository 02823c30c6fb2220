"""Every page: readable by everybody, in every appearance, on a phone, without a script, under a prefix."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, SAMPLE_QUERY, Visit, visitor
from tests.support.server import Server

pytestmark = pytest.mark.browser

APPEARANCES = ("light", "dark", "coffee")
ABOUT_COLOURS = ("color-contrast", "link-in-text-block")
PAGES = (
    "/",
    "/create",
    "/canvas",
    "/posters/{poster}",
    "/generate/{job}",
    "/gallery",
    "/themes",
    "/themes/new",
    "/about",
    "/status",
    "/offline",
    "/nowhere",
)


@pytest.fixture
def paths(server: Server, poster: dict[str, Any]) -> list[str]:
    """The addresses of all pages, with something to see on them."""
    failed = server.submit(city="Null Island", country="Nowhere", latitude=0, longitude=0)["job_id"]
    server.wait_for(failed, "failed")
    return [path.format(poster=poster["id"], job=failed) for path in PAGES]


def open_me(page: Page) -> None:
    """Open what is one's own."""
    page.get_by_role("button", name="Me", exact=True).click()


def wear(page: Page, appearance: str, base_url: str) -> None:
    """Choose an appearance before the first visit."""
    page.context.add_cookies([{"name": "appearance", "value": appearance, "url": base_url}])


def test_every_page_is_accessible(visit: Visit, paths: list[str], axe_source: str) -> None:
    ann = visit(reduced_motion="reduce", bypass_csp=True)
    found = []
    for path in paths:
        ann.goto(path)
        found += [(path, "as it comes", *fault) for fault in violations(ann, axe_source)]
        for appearance in APPEARANCES:  # which differ in nothing but colours
            ann.evaluate("appearance => { document.documentElement.dataset.appearance = appearance; }", appearance)
            found += [(path, appearance, *fault) for fault in violations(ann, axe_source, *ABOUT_COLOURS)]
    assert found == []


def violations(page: Page, axe_source: str, *rules: str) -> list[tuple[str, list[str]]]:
    """List what the accessibility checker finds: the rule, of some or of all, and where it is broken."""
    page.evaluate(axe_source)
    options = {"runOnly": {"type": "rule", "values": [*rules]}} if rules else {}
    found = page.evaluate("(options) => axe.run(options).then(({violations}) => violations)", options)
    return [(fault["id"], [node["html"] for node in fault["nodes"]][:3]) for fault in found]


@pytest.mark.parametrize("appearance", APPEARANCES)
def test_what_opens_and_what_passes_is_accessible_too(
    visit: Visit, server: Server, axe_source: str, appearance: str
) -> None:
    ann = visit(reduced_motion="reduce", bypass_csp=True)
    wear(ann, appearance, server.base_url)
    ann.goto(f"/create?{SAMPLE_QUERY}&size=a0&theme=ocean")
    ann.get_by_role("combobox", name="Place").fill("Hels")
    ann.keyboard.press("ArrowDown")
    expect(ann.get_by_role("option").first).to_be_visible()
    assert violations(ann, axe_source) == []
    ann.goto(f"/create?{SAMPLE_QUERY}&size=a5&theme=ocean&title={appearance}")
    with server.drawing_stopped():
        ann.get_by_role("button", name="Make the poster").click()
        ann.wait_for_url("**/generate/*")
        expect(ann.get_by_role("button", name="Stop making it")).to_be_visible()
        assert violations(ann, axe_source) == []
    ann.get_by_role("button", name="Take it down").click()
    expect(ann.get_by_role("dialog")).to_be_visible()
    assert violations(ann, axe_source) == []


def test_no_page_scrolls_sideways_on_a_phone(visit: Visit, paths: list[str]) -> None:
    ann = visit(viewport=PHONE)
    for path in paths:
        ann.goto(path)
        wide = ann.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, path


def test_the_poster_stays_in_view_while_the_controls_scroll_on_a_phone(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.goto("/create")
    ann.get_by_label("Size", exact=True).scroll_into_view_if_needed()
    expect(ann.get_by_role("application")).to_be_in_viewport(ratio=0.99)
    expect(ann.get_by_role("button", name="Make the poster")).to_be_in_viewport(ratio=0.99)


def test_the_strip_of_themes_begins_at_the_chosen_one_on_a_phone(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=transit")
    expect(ann.get_by_alt_text(re.compile("^Preview: "))).to_be_visible()
    chip = ann.locator(".chip:has(:checked)").bounding_box()
    assert chip is not None
    assert chip["x"] >= 0
    assert chip["x"] + chip["width"] <= PHONE["width"]


def test_a_low_window_leaves_the_controls_to_be_reached(visit: Visit) -> None:
    ann = visit(viewport={"width": 683, "height": 425})  # a laptop's at 200 per cent
    ann.goto("/create")
    for name in ("Size", "Fineness", "Letters"):
        ann.get_by_label(name, exact=True).click(trial=True)


def test_all_controls_of_the_workbench_are_seen_at_a_glance(visit: Visit) -> None:
    ann = visit()
    ann.goto("/create")
    expect(ann.get_by_alt_text(re.compile("^Preview: "))).to_be_visible()
    for heading in ann.locator(".controls h2:visible").all():
        expect(heading).to_be_in_viewport(ratio=0.99)
    expect(ann.get_by_role("button", name="Make the poster")).to_be_in_viewport(ratio=0.99)


def test_every_room_is_under_the_thumb_on_a_phone(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    for path, here in (("/", "Wall"), ("/canvas", "Board"), ("/create", "Make"), ("/themes", "Themes")):
        ann.goto(path)
        rooms = ann.get_by_role("navigation", name="Main")
        for room in ("Wall", "Board", "Make", "Themes"):
            expect(rooms.get_by_role("link", name=room)).to_be_in_viewport(ratio=0.99)
        expect(rooms.get_by_role("link", name=here)).to_have_attribute("aria-current", "page")
        expect(rooms.get_by_role("button", name="Me")).to_be_in_viewport(ratio=0.99)


def test_on_a_phone_nothing_that_one_presses_lies_under_the_bar(visit: Visit) -> None:
    ann = visit(viewport=PHONE)
    ann.goto("/create")
    ann.get_by_role("button", name="Make the poster").click(trial=True)
    ann.goto("/canvas")
    ann.locator(".paintbox label:visible").last.click(trial=True)
    ann.goto("/about")
    ann.get_by_role("contentinfo").get_by_role("link").last.click(trial=True)


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_what_is_one_s_own_opens_at_the_avatar_and_closes_by_key_or_elsewhere(
    visit: Visit, size: dict[str, int] | None
) -> None:
    ann = visit(viewport=size) if size else visit()
    ann.goto("/")
    own = ann.get_by_role("link", name="My posters")
    avatar = ann.get_by_role("button", name="Me", exact=True)
    expect(own).to_be_hidden()
    avatar.press("Enter")
    expect(own).to_be_in_viewport(ratio=0.99)
    ann.keyboard.press("Tab")
    expect(own).to_be_focused()
    ann.keyboard.press("Escape")
    expect(own).to_be_hidden()
    expect(avatar).to_be_focused()
    avatar.click()
    expect(own).to_be_visible()
    ann.mouse.click(10, 200)
    expect(own).to_be_hidden()
    avatar.click()
    own.click()
    expect(ann.get_by_role("heading", name="My posters")).to_be_visible()


def test_no_page_breaks_the_content_security_policy(visit: Visit, paths: list[str]) -> None:
    ann = visit()
    ann.add_init_script(
        "window.broken = []; addEventListener('securitypolicyviolation', (e) => broken.push(e.violatedDirective))"
    )
    for path in paths:
        response = ann.goto(path)
        assert response is not None
        policy = response.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert ann.evaluate("broken") == [], path


def test_the_appearance_is_chosen_at_once_and_kept(visit: Visit) -> None:
    ann = visit()
    ann.goto("/about")
    wall = "getComputedStyle(document.body).backgroundColor"
    light = ann.evaluate(wall)
    open_me(ann)
    ann.get_by_role("button", name="Coffee").click()
    coffee = ann.evaluate(wall)
    assert coffee != light
    expect(ann.get_by_role("button", name="Coffee")).to_have_attribute("aria-pressed", "true")
    ann.goto("/themes")
    assert ann.evaluate(wall) == coffee
    assert 'data-appearance="coffee"' in ann.request.get("/").text()  # the server knows, so nothing flashes


def test_the_system_decides_until_somebody_chooses(visit: Visit) -> None:
    wall = "getComputedStyle(document.body).backgroundColor"
    grounds = []
    for scheme in ("light", "dark"):
        ann = visit(color_scheme=scheme)
        ann.goto("/about")
        grounds.append(ann.evaluate(wall))
    assert grounds[0] != grounds[1]


def test_without_a_script_the_wall_the_poster_and_its_file_are_there(visit: Visit, server: Server) -> None:
    job = server.wait_for(server.submit_new()["job_id"], "completed")  # the newest hangs in sight
    ann = visit(java_script_enabled=False)
    ann.goto("/")
    ann.locator(f'[data-poster="{job["result"]["poster_id"]}"] a').click()
    expect(ann.get_by_role("heading", name="Helsinki")).to_be_visible()
    with ann.expect_download() as download:
        ann.get_by_role("link", name="Download PNG").click()
    assert download.value.suggested_filename.endswith(".png")


def test_without_a_script_the_form_makes_a_poster(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=ivory_keys")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.locator(".label.large")).to_contain_text("Ivory Keys")


def test_without_a_script_a_poster_is_taken_down_and_hung_back(visit: Visit) -> None:
    ann, ben = visit(java_script_enabled=False), visit(java_script_enabled=False)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=celadon")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.locator(".label.large")).to_contain_text("Celadon")
    ann.goto("/gallery")
    ann.get_by_role("button", name="Take down Helsinki").click()
    question = ann.url.partition("?")[0]
    ann.get_by_role("link", name="Keep it").click()
    poster = ann.url
    assert question == f"{poster}/delete"
    answer = ben.goto(question)
    assert answer is not None
    assert answer.status == 403
    ann.get_by_role("button", name="Take it down").click()
    ann.get_by_role("button", name="Take it down").click()
    expect(ann.get_by_role("heading", name="You have not made a poster yet")).to_be_visible()
    assert (gone := ben.goto(poster)) is not None
    assert gone.status == 404
    ann.get_by_role("button", name="Hang it back").click()
    assert ann.url == poster
    expect(ann.get_by_role("heading", name="Helsinki")).to_be_visible()


def test_without_a_script_an_unclear_place_is_asked_about(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto("/create")
    ann.get_by_role("combobox", name="Place").fill("Springfield")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("group", name="Which one do you mean?")).to_be_visible()
    ann.get_by_role("radio", name="Springfield, Illinois").check(force=True)
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann).to_have_url(re.compile("/generate/"))
    expect(ann.get_by_role("heading", name="Springfield")).to_be_visible()


def test_without_a_script_the_appearance_is_chosen_by_way_of_the_server(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto("/themes?a=b")
    open_me(ann)
    ann.get_by_role("button", name="Dark").click()
    expect(ann.locator("html")).to_have_attribute("data-appearance", "dark")
    assert ann.url.endswith("/themes?a=b")


def test_everything_works_under_a_prefix(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data", URL_PREFIX="/art/mural")
    try:
        with visitor(chromium, server.base_url) as ann:
            ann.goto(f"{server.base_url}/create?{SAMPLE_QUERY}")
            ann.get_by_role("button", name="Make the poster").click()
            ann.wait_for_url("**/art/mural/generate/*")
            expect(ann.locator(".label.large")).to_contain_text("Helsinki")
            open_me(ann)
            ann.get_by_role("button", name="Dark").click()
            ann.get_by_role("link", name="The wall").click()
            expect(ann.locator("[data-poster]")).to_have_count(1)
            expect(ann.locator("html")).to_have_attribute("data-appearance", "dark")
            expect(ann.locator(".here:not(.away)")).to_be_visible()
    finally:
        server.stop()


def test_a_reader_without_a_connection_gets_the_offline_page(visit: Visit) -> None:
    ann = visit(cut=True)
    ann.goto("/about")
    ann.evaluate("navigator.serviceWorker.ready.then(() => true)")
    ann.context.set_offline(offline=True)
    ann.goto("/status")
    expect(ann.get_by_role("heading", name="The doors are shut for a moment")).to_be_visible()


def test_a_theme_is_mixed_on_a_real_map_kept_and_changed(visit: Visit) -> None:
    ann, ben = visit(), visit()
    ann.goto("/themes/new?start=noir")
    preview = ann.locator("[data-preview]")
    expect(preview).to_be_visible()
    first = preview.get_attribute("src")
    ann.get_by_label("Letters", exact=True).fill("#0d0d0d")
    expect(ann.get_by_text("The text is hard to read")).not_to_have_count(0)
    expect(preview).not_to_have_attribute("src", first or "")
    ann.get_by_label("Letters", exact=True).fill("#fff0d0")
    expect(ann.get_by_text("Letters are easy to read")).to_be_visible()
    drawn = preview.get_attribute("src")
    ann.get_by_label("Printed on").select_option("Linen")
    expect(preview).not_to_have_attribute("src", drawn or "")
    ann.get_by_label("The map fades").select_option("At the head")
    ann.get_by_label("Typeface").select_option("Bitter")
    ann.get_by_label("Name", exact=True).fill("Night tram")
    ann.get_by_role("button", name="Keep this theme").click()
    ann.wait_for_url("**/themes#own_*")
    card = ann.get_by_role("listitem").filter(has_text="Night tram")
    expect(card.get_by_text("Your own")).to_be_visible()
    ann.get_by_role("radio", name="My own").check(force=True)
    expect(ann.locator(".hung:visible")).to_have_count(1)
    shared = card.get_by_role("link").first.get_attribute("href") or ""
    ben.goto(shared)  # whoever has the link may use it
    expect(ben.get_by_role("radio", name="Night tram")).to_be_checked()
    card.get_by_text("Colours").click()
    card.get_by_role("link", name="Change it").click()
    expect(ann.get_by_label("Letters", exact=True)).to_have_value("#fff0d0")
    expect(ann.get_by_label("Printed on")).to_have_value("linen")
    expect(ann.get_by_label("The map fades")).to_have_value("head")
    expect(ann.get_by_label("Typeface")).to_have_value("bitter")
    ann.get_by_label("Begin with the colours of").select_option("Transit")
    expect(ann.get_by_label("Printed on")).to_have_value("none")
    expect(ann.get_by_label("The map fades")).to_have_value("none")
    ann.get_by_role("button", name="Delete it").click()
    ann.wait_for_url("**/themes")
    expect(ann.get_by_text("Night tram")).to_have_count(0)
