"""How cards hang on the wall: in columns of their own, however many there are and whatever comes and goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, until
from tests.support.server import Server

pytestmark = pytest.mark.browser

HANG = """async ([id, count, shapes]) => {
    const script = document.querySelector('script[src$="/wall/page.js"]').src;
    const { posterCard } = await import(script.replace("page.js", "cards.js"));
    const facts = await (await fetch(`/api/v1/posters/${id}`)).json();
    const svg = 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"';
    const blank = (width, height) => ({
        dimensions: { width, height, dpi: 72 },
        thumbnail_url: `${svg} width="${width}" height="${height}"/>`,
    });
    const cards = Array.from({ length: count }, (_, n) => {
        const shape = shapes.length ? blank(...shapes[n % shapes.length]) : {};
        return posterCard({ ...facts, ...shape, id: `card-${n}`, city: `Card ${n}` });
    });
    document.querySelector("[data-wall]").append(...cards);
}"""
"""Hangs more cards below those that are there, with the wall's own modules: of some shapes, or all like a poster."""

SHAPES = [(300, 400), (400, 300), (300, 300), (160, 90), (900, 1600)]

BOXES = """() => [...document.querySelectorAll("[data-wall] > *")].map((card) => {
    const { left, top, width, height } = card.getBoundingClientRect();
    return { id: card.dataset.poster, left, top: top + scrollY, width, height };
})"""

PICTURE = re.compile("thumbnail")

Box = dict[str, Any]


@pytest.fixture(autouse=True)
def nothing_on_its_way(server: Server) -> None:
    """Let the posters that other tests asked for hang first."""
    server.wait_until_idle()


@pytest.fixture(params=["en", "ar"])
def wall(visit: Visit, poster: dict[str, Any], request: pytest.FixtureRequest) -> Page:
    """A wall of forty cards and more, that nothing moves on; in English, and in Arabic from right to left."""
    page = hung_full(visit(reduced_motion="reduce", locale=request.param), poster, 40, SHAPES)
    page.wait_for_load_state("networkidle")
    return page


def hung_full(page: Page, poster: dict[str, Any], count: int, shapes: Sequence[tuple[int, int]] = ()) -> Page:
    """Visit the wall and hang more cards there, of these shapes or all like the poster."""
    page.goto("/")
    expect(page.locator(".here:not(.away)")).to_be_visible()
    page.evaluate("document.querySelector('[data-more]').hidden = true")  # what others hung must not follow
    page.evaluate(HANG, [poster["id"], count, [*shapes]])
    until(page, lambda: bool(page.evaluate("document.querySelector('[data-poster=card-0]').style.translate")))
    return page


def boxes(page: Page) -> list[Box]:
    """Tell where the cards hang."""
    found: list[Box] = page.evaluate(BOXES)
    return found


def meet(one: Box, other: Box) -> bool:
    """Tell whether two cards cover one another, by more than a rounding."""
    across = min(one["left"] + one["width"], other["left"] + other["width"]) - max(one["left"], other["left"])
    down = min(one["top"] + one["height"], other["top"] + other["height"]) - max(one["top"], other["top"])
    return across > 1 and down > 1


def hangs_well(page: Page) -> bool:
    """Tell whether all cards are as wide as a column and none covers another."""
    cards = boxes(page)
    tracks = page.evaluate("getComputedStyle(document.querySelector('[data-wall]')).gridTemplateColumns").split()
    widths = {round(card["width"]) for card in cards}
    lefts = {round(card["left"]) for card in cards}
    return (
        widths == {round(float(tracks[0].removesuffix("px")))}
        and len(lefts) == len(tracks)
        and not any(meet(one, other) for one, other in combinations(cards, 2))
    )


def test_no_card_covers_another_whatever_the_window_is(wall: Page) -> None:
    assert hangs_well(wall)
    wall.set_viewport_size(PHONE)
    until(wall, lambda: hangs_well(wall))
    wall.set_viewport_size(DESKTOP)
    until(wall, lambda: hangs_well(wall))


def test_what_comes_and_goes_moves_its_own_column_only(wall: Page) -> None:
    before = {card["id"]: card for card in boxes(wall)}
    gone = before["card-7"]
    wall.evaluate("document.querySelector('[data-poster=card-7]').remove()")
    until(wall, lambda: hangs_well(wall) and len(boxes(wall)) == len(before) - 1)
    for card in boxes(wall):
        was = before[card["id"]]
        below = was["left"] == gone["left"] and was["top"] > gone["top"]
        assert card["left"] == was["left"]
        assert (card["top"] < was["top"]) == below, card


def test_a_poster_takes_the_place_where_it_was_being_made(wall: Page) -> None:
    wall.evaluate("""() => {
        const sheet = document.querySelector("template[data-making-card]").content.firstElementChild.cloneNode(true);
        document.querySelector("[data-wall]").prepend(sheet);
    }""")
    until(wall, lambda: hangs_well(wall))
    making = boxes(wall)[0]
    wall.evaluate("""() => {
        const list = document.querySelector("[data-wall]");
        const poster = document.querySelector("[data-poster=card-0]").cloneNode(true);
        poster.dataset.poster = "fresh";
        poster.removeAttribute("style");
        list.firstElementChild.replaceWith(poster);
    }""")
    until(wall, lambda: hangs_well(wall))
    fresh = boxes(wall)[0]
    assert (fresh["left"], fresh["top"]) == (making["left"], making["top"])


@pytest.mark.parametrize(("motion", "moves"), [("reduce", False), ("no-preference", True)])
def test_cards_are_seen_to_move_unless_less_motion_is_wanted(
    visit: Visit, poster: dict[str, Any], motion: str, moves: bool
) -> None:
    ann = hung_full(visit(reduced_motion=motion), poster, 12)
    moving = ann.evaluate("""async () => {
        const wall = document.querySelector("[data-wall]");
        wall.firstElementChild.remove();
        await new Promise(requestAnimationFrame);
        return wall.getAnimations({ subtree: true }).length;
    }""")
    assert (moving > 0) == moves


def test_pictures_far_away_are_let_go_and_leave_their_places_as_they_are(visit: Visit, poster: dict[str, Any]) -> None:
    ann = hung_full(visit(), poster, 300)
    first = ann.locator("[data-poster]").first.locator("img")
    expect(first).to_have_attribute("src", PICTURE)
    height = ann.evaluate("document.querySelector('[data-wall]').offsetHeight")
    places = boxes(ann)
    ann.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(first).not_to_have_attribute("src", PICTURE)
    expect(ann.locator('[data-poster="card-299"] img')).to_have_attribute("src", PICTURE)
    assert ann.evaluate("document.querySelector('[data-wall]').offsetHeight") == height
    assert boxes(ann) == places
    ann.evaluate("scrollTo(0, 0)")
    expect(first).to_have_attribute("src", PICTURE)
