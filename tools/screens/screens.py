"""The screens there are: where each is found, who looks, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tools.screens.gallery import Gallery

USUAL: Final = ("phone", "laptop", "large")
ALL_WAYS: Final = (*USUAL, "lying", "zoomed")
SAMPLE_QUERY: Final = "city=Helsinki&country=Finland&latitude=60.1715&longitude=24.9443&distance=500"
NO_MAP_QUERY: Final = "city=Ushuaia&country=Argentina&latitude=-54.8&longitude=-68.3"


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a screen is found; ``see`` does what shows it, ``by`` says who looks: ``plain`` is without a script."""

    name: str
    path: Callable[[Gallery], str]
    see: Callable[[Page], None] = lambda _page: None
    by: str = "owner"
    sizes: tuple[str, ...] = USUAL
    while_making: bool = False


def at(path: str) -> Callable[[Gallery], str]:
    """Find a screen at an address that is always the same."""
    return lambda _gallery: path


def open_me(page: Page) -> None:
    """Open what is one's own."""
    page.locator("[popovertarget=me]").click()


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


def measure_paper(page: Page) -> None:
    """Choose paper of one's own size."""
    see_preview(page)
    page.get_by_label("Size", exact=True).select_option("own")
    page.get_by_label("Width").fill("40")
    page.get_by_label("Height").fill("30")
    page.wait_for_url("**size=40x30*")
    see_preview(page)


def measure_what_cannot_be(page: Page) -> None:
    """Ask for paper that nobody can print."""
    see_preview(page)
    page.get_by_label("Size", exact=True).select_option("own")
    page.get_by_label("Width").fill("400")
    page.locator("[data-size-fault]:visible").scroll_into_view_if_needed()


def point_out(page: Page) -> None:
    """Set two marks."""
    see_preview(page)
    page.get_by_role("button", name="Set a mark").click()
    for x, y in ((60, 120), (150, 180)):
        page.get_by_role("application").click(position={"x": x, "y": y})
    page.get_by_label("Label").first.fill("Home")
    see_preview(page)


def look_where_no_map_is(page: Page) -> None:
    """Wait for the sentence on the easel."""
    page.locator("[data-easel]:not(.drawing)").wait_for()
    page.locator("[data-easel-words]:visible").wait_for()


def spoil_a_theme(page: Page) -> None:
    """Make letters and streets as dark as the paper."""
    see_preview(page)
    for colour in ("text", "road_motorway"):
        page.locator(f"#{colour}").fill("#0a0a0a")
    page.locator(".hints li").first.wait_for()


def take_down_one(page: Page) -> None:
    """Ask to take down one of one's posters."""
    page.get_by_role("button", name="Take down").first.click()
    page.get_by_role("dialog").wait_for()


def look_back(page: Page) -> None:
    """Turn the board's past."""
    see_here(page)
    if page.locator("[data-handle]").is_visible():
        page.locator("[data-handle]").click()
    page.get_by_role("button", name="How it came about").click()
    page.locator("[data-history]:visible").wait_for()


def show_one_across(page: Page) -> None:
    """Show a poster that is wider than high, without waiting for its turn."""
    page.evaluate("""() => {
        document.querySelector(".hung.shown").classList.remove("shown");
        const shape = (image) => image.getAttribute("width") / image.getAttribute("height");
        const across = [...document.querySelectorAll(".hung img")].find((image) => shape(image) > 1);
        across.closest(".hung").style.setProperty("--shape", shape(across));
        across.closest(".hung").classList.add("shown");
    }""")
    page.wait_for_timeout(1000)


def read_while_posters_come(page: Page) -> None:
    """Read further down while posters come."""
    see_here(page)
    page.mouse.wheel(0, 700)
    page.wait_for_function("scrollY > 300")
    place = {"city": "Helsinki", "country": "Finland", "latitude": 60.1715, "longitude": 24.9443, "distance": 500}
    hung = page.locator("[data-poster]").count()
    for theme in ("gilt", "denim"):
        page.request.post("/api/v1/posters", data={**place, "theme": theme, "size": "a5", "dpi": 72, "rotation": hung})
    page.locator("[data-pill]", has_text="2").wait_for()


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
    page.locator(".notice:visible").first.wait_for()


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
    Screen("wall", at("/"), see_here, sizes=(*ALL_WAYS, "huge")),
    Screen("wall-empty", at("/"), see_here, by="nobody"),
    Screen("wall-making", at("/"), see_here, while_making=True),
    Screen("wall-notice", at("/"), ask_for_a_poster, by="stranger"),
    Screen("wall-lost", at("/"), lose_connection),
    Screen("wall-german", at("/"), see_here, by="german"),
    Screen("wall-arabic", at("/"), see_here, by="arab"),
    Screen("me", at("/"), open_me),
    Screen("me-german", at("/"), open_me, by="german"),
    Screen("me-arabic", at("/"), open_me, by="arab"),
    Screen("kiosk", at("/?kiosk=1"), sizes=("phone", "laptop", "large", "huge")),
    Screen("kiosk-across", at("/?kiosk=1"), show_one_across, sizes=("phone", "large", "huge")),
    Screen("kiosk-empty", at("/?kiosk=1"), by="nobody", sizes=("phone", "large", "huge")),
    Screen("kiosk-making", at("/?kiosk=1"), while_making=True, sizes=("phone", "large", "huge")),
    Screen("create", at("/create"), see_preview, by="stranger", sizes=ALL_WAYS),
    Screen("create-place", at("/create"), type_a_place),
    Screen("create-no-place", at("/create"), type_no_place),
    Screen("create-unclear", at("/create"), send_unclear_place, by="plain"),
    Screen("create-paper", at(f"/create?{SAMPLE_QUERY}&theme=ocean&size=a3&orientation=landscape"), scroll_to_paper),
    Screen("create-own-size", at(f"/create?{SAMPLE_QUERY}"), measure_paper),
    Screen("create-no-such-size", at(f"/create?{SAMPLE_QUERY}"), measure_what_cannot_be),
    Screen("create-marks", at(f"/create?{SAMPLE_QUERY}&theme=kraft"), point_out),
    Screen("create-no-map", at(f"/create?{NO_MAP_QUERY}"), look_where_no_map_is),
    Screen("create-plain", at(f"/create?{SAMPLE_QUERY}&size=40x30cm"), by="plain"),
    Screen("create-german", at("/create"), see_preview, by="german"),
    Screen("create-spanish", at(f"/create?{SAMPLE_QUERY}&size=40x30cm"), see_preview, by="spaniard"),
    Screen("create-arabic", at("/create"), see_preview, by="arab"),
    Screen("running", lambda gallery: f"/generate/{gallery.watched}", while_making=True),
    Screen("queued", lambda gallery: f"/generate/{gallery.queued}", while_making=True),
    Screen("failed", lambda gallery: f"/generate/{gallery.failed}"),
    Screen("stopped", lambda gallery: f"/generate/{gallery.stopped}"),
    Screen("poster", lambda gallery: f"/posters/{gallery.posters[0]}", sizes=ALL_WAYS),
    Screen("poster-across", lambda gallery: f"/posters/{gallery.posters[2]}"),
    Screen("poster-long", lambda gallery: f"/posters/{gallery.posters[3]}"),
    Screen("poster-close", lambda gallery: f"/posters/{gallery.posters[0]}", look_closer),
    Screen("poster-dialog", lambda gallery: f"/posters/{gallery.posters[0]}", open_dialog),
    Screen("poster-arabic", lambda gallery: f"/posters/{gallery.posters[0]}", by="arab"),
    Screen("mine", at("/gallery")),
    Screen("mine-empty", at("/gallery"), by="stranger"),
    Screen("mine-dialog", at("/gallery"), take_down_one),
    Screen("mine-down", lambda gallery: f"/gallery?down={gallery.posters[0]}"),
    Screen("mine-none", at("/gallery?city=Atlantis")),
    Screen("take-down", lambda gallery: f"/posters/{gallery.posters[0]}/delete"),
    Screen("themes", at("/themes")),
    Screen("themes-none", at("/themes"), search_in_vain),
    Screen("mixer", at("/themes/new?start=noir"), see_preview),
    Screen("mixer-faults", at("/themes/new?start=noir"), spoil_a_theme),
    Screen("about", at("/about")),
    Screen("status", at("/status")),
    Screen("docs", at("/api/v1/docs")),
    Screen("canvas", at("/canvas"), see_here, sizes=(*ALL_WAYS, "huge")),
    Screen("canvas-past", at("/canvas"), look_back),
    Screen("offline", at("/offline")),
    Screen("not-found", at("/nowhere")),
    Screen("forbidden", lambda gallery: f"/create?job={gallery.failed}", by="stranger"),
    # The last one: it hangs posters, which all that come after it would show.
    Screen("wall-new", at("/"), read_while_posters_come, by="stranger", sizes=("phone", "laptop")),
)
