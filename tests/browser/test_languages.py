"""The pages in other languages: chosen, whole, and mirrored where they run from right to left."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routes.web.languages import LANGUAGES, SOURCE, language
from tests.browser.conftest import PHONE, SAMPLE_QUERY, Visit
from tests.browser.test_pages import violations
from tests.support.server import Server
from tools.words import words_of_the_sources

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    f"/create?{SAMPLE_QUERY}",
    "/posters/{poster}",
    "/gallery",
    "/canvas",
    "/themes",
    "/themes/new",
    "/about",
    "/status",
    "/offline",
    "/nowhere",
)

SENTENCES = """() => {
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) {
            if (!node.parentElement.closest("script, code, template")) said.push(node.data);
        } else {
            for (const name of ["aria-label", "placeholder", "title", "alt"]) said.push(node.getAttribute(name) ?? "");
        }
    }
    return said.map((words) => words.trim()).filter(Boolean);
}"""


def speak(page: Page, code: str, base_url: str) -> None:
    """Choose a language before the first visit."""
    page.context.add_cookies([{"name": "language", "value": code, "url": base_url}])


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != SOURCE])
def test_no_sentence_is_left_in_english(visit: Visit, server: Server, poster: dict[str, Any], code: str) -> None:
    english = {message.id for message in words_of_the_sources() if isinstance(message.id, str)}
    same = {words for words in english if language(code).translations.gettext(words) == words}
    # The names of themes and places are their makers' own.
    names = {"Graphite", "Oxblood", "Gilt", "Coffee", "Ocean", "Forest", "Noir"}
    ann = visit(locale=code)
    speak(ann, code, server.base_url)
    for path in PAGES:
        ann.goto(path.format(poster=poster["id"]))
        ann.wait_for_load_state("networkidle")
        left = set(ann.evaluate(SENTENCES)) & english - same - names
        assert left == set(), path


def test_the_browser_s_language_is_spoken_until_another_is_chosen(visit: Visit) -> None:
    ann = visit(locale="de-AT")
    ann.goto("/about?a=b")
    expect(ann.locator("html")).to_have_attribute("lang", "de")
    ann.get_by_role("button", name="Ich", exact=True).click()
    ann.get_by_role("button", name="Español").click()
    expect(ann.get_by_role("heading", level=1)).to_have_text("Acerca de esta galería")
    assert ann.url.endswith("/about?a=b")
    ann.goto("/themes")
    expect(ann.locator("html")).to_have_attribute("lang", "es")


@pytest.mark.parametrize("size", [None, PHONE], ids=["desktop", "phone"])
def test_arabic_pages_are_mirrored_and_nothing_sticks_out(
    visit: Visit, server: Server, poster: dict[str, Any], axe_source: str, size: dict[str, int] | None
) -> None:
    ann = visit(locale="ar", bypass_csp=True, reduced_motion="reduce", **({"viewport": size} if size else {}))
    for path in PAGES:
        ann.goto(path.format(poster=poster["id"]))
        assert ann.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert ann.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        mark = ann.locator(".wordmark").bounding_box()
        assert mark is not None
        assert mark["x"] + mark["width"] > ann.evaluate("innerWidth * 0.9"), "the name of the house comes first"
        assert violations(ann, axe_source) == [], path
    if not size:
        ann.goto(f"/create?{SAMPLE_QUERY}")
        easel, place = ann.locator("[data-easel]").bounding_box(), ann.locator("#place").bounding_box()
        assert easel is not None
        assert place is not None
        assert easel["x"] > place["x"]


def test_numbers_of_people_are_said_as_arabic_says_them(visit: Visit) -> None:
    ann, ben = visit(locale="ar"), visit(locale="ar")
    ann.goto("/")
    ben.goto("/")
    expect(ann.locator("[data-presence-words]")).to_contain_text("هنا")
