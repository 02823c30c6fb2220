"""The screens there are: where each is found, who looks, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tools.screens.gallery import Gallery

SAMPLE_QUERY: Final = "city=Helsinki&country=Finland&latitude=60.1715&longitude=24.9443&distance=500"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a screen is found; ``see`` does what shows it, ``by`` says who looks: ``plain`` is without a script."""

    name: str
    path: Callable[[Gallery], str]
    see: Callable[[Page], None] = lambda _page: None
    by: str = "owner"
    sizes: tuple[str, ...] = ("phone", "laptop", "large")
    while_making: bool = False


def at(path: str) -> Callable[[Gallery], str]:
    """Find a screen at an address that is always the same."""
    return lambda _gallery: path


def see_preview(page: Page) -> None:
    """Wait for the poster on the easel."""
    page.locator("[data-preview]:visible").wait_for()
    page.locator("[data-easel]:not(.drawing)").wait_for()


def type_a_place(page: Page) -> None:
    """Begin to type, so that towns are suggested."""
    see_preview(page)
    page.get_by_role("combobox", name="Place").fill("Valpara")
    page.get_by_role("option").first.wait_for()


def type_no_place(page: Page) -> None:
    """Type what is no town."""
    see_preview(page)
    page.get_by_role("combobox", name="Place").fill("Xyzzyx")
    page.get_by_role("option").first.wait_for()


def send_unclear_place(page: Page) -> None:
    """Send the form with a name that several towns have."""
    page.get_by_role("combobox", name="Place").fill("Springfield")
    page.get_by_role("button", name="Make the poster").click()
    page.get_by_text("Which one do you mean?").wait_for()


def scroll_to_paper(page: Page) -> None:
    """Go where the paper is chosen, as far down as a phone must scroll."""
    see_preview(page)
    page.get_by_label("Size", exact=True).scroll_into_view_if_needed()


def open_dialog(page: Page) -> None:
    """Ask to take a poster down."""
    page.get_by_role("button", name="Take it down").first.click()


def look_closer(page: Page) -> None:
    """Step up to the poster."""
    page.get_by_role("button", name="Look closer").click()
    page.locator(".closer-pane img").first.wait_for()
    for _ in range(4):
        page.keyboard.press("+")


def ask_for_a_poster(page: Page) -> None:
    """Ask for a poster, and get a notice."""
    see_here(page)
    page.get_by_role("combobox", name="Hang a poster of").fill("Porvoo")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make it").click()
    page.locator(".notice:visible").wait_for()


def lose_connection(page: Page) -> None:
    """Pull the cable."""
    see_here(page)
    page.context.set_offline(offline=True)
    page.locator("[data-offline]:visible").wait_for()


def search_in_vain(page: Page) -> None:
    """Look for a theme that there is not."""
    page.get_by_role("searchbox").fill("tartan")


def see_here(page: Page) -> None:
    """Wait for the number of people who are here."""
    page.locator(".here:not(.away)").wait_for()


SCREENS: Final = (
    Screen("wall", at("/"), see_here),
    Screen("wall-empty", at("/"), see_here, by="nobody"),
    Screen("wall-making", at("/"), see_here, while_making=True),
    Screen("wall-notice", at("/"), ask_for_a_poster, by="stranger"),
    Screen("wall-lost", at("/"), lose_connection),
    Screen("wall-arabic", at("/"), see_here, by="arab"),
    Screen("kiosk", at("/?kiosk=1"), sizes=("phone", "laptop", "large", "huge")),
    Screen("kiosk-empty", at("/?kiosk=1"), by="nobody"),
    Screen("kiosk-making", at("/?kiosk=1"), while_making=True),
    Screen("create", at("/create"), see_preview, by="stranger"),
    Screen("create-place", at("/create"), type_a_place),
    Screen("create-no-place", at("/create"), type_no_place),
    Screen("create-unclear", at("/create"), send_unclear_place, by="plain"),
    Screen("create-paper", at(f"/create?{SAMPLE_QUERY}&theme=ocean&size=a3&orientation=landscape"), scroll_to_paper),
    Screen("create-arabic", at("/create"), see_preview, by="arab"),
    Screen("running", lambda gallery: f"/generate/{gallery.watched}", while_making=True),
    Screen("queued", lambda gallery: f"/generate/{gallery.queued}", while_making=True),
    Screen("failed", lambda gallery: f"/generate/{gallery.failed}"),
    Screen("stopped", lambda gallery: f"/generate/{gallery.stopped}"),
    Screen("poster", lambda gallery: f"/posters/{gallery.posters[0]}"),
    Screen("poster-across", lambda gallery: f"/posters/{gallery.posters[2]}"),
    Screen("poster-long", lambda gallery: f"/posters/{gallery.posters[3]}"),
    Screen("poster-close", lambda gallery: f"/posters/{gallery.posters[0]}", look_closer),
    Screen("poster-dialog", lambda gallery: f"/posters/{gallery.posters[0]}", open_dialog),
    Screen("poster-arabic", lambda gallery: f"/posters/{gallery.posters[0]}", by="arab"),
    Screen("mine", at("/gallery")),
    Screen("mine-empty", at("/gallery"), by="stranger"),
    Screen("mine-none", at("/gallery?city=Atlantis")),
    Screen("take-down", lambda gallery: f"/posters/{gallery.posters[0]}/delete"),
    Screen("themes", at("/themes")),
    Screen("themes-none", at("/themes"), search_in_vain),
    Screen("mixer", at("/themes/new?start=noir"), see_preview),
    Screen("about", at("/about")),
    Screen("status", at("/status")),
    Screen("docs", at("/api/v1/docs")),
    Screen("canvas", at("/canvas"), see_here),
    Screen("offline", at("/offline")),
    Screen("not-found", at("/nowhere")),
    Screen("forbidden", lambda gallery: f"/create?job={gallery.failed}", by="stranger"),
)
