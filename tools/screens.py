"""Every screen as a picture, to be looked at: `python -m tools.screens` (`make screens`).

Starts a Mural of its own, hangs real posters in it, and photographs each screen at every size and in every appearance
into bench/results/screens, with a contact sheet per size and appearance. Names of screens, sizes or appearances as
arguments take only those: `make screens ONLY="create phone dark"`. `whole` takes whole pages, not what a window shows.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

from bench.scenes import SAMPLE, Scene
from tests.support.real_parts import ROOT, SHARED_DATA
from tests.support.server import Server

FOLDER: Final = ROOT / "bench" / "results" / "screens"
SIZES: Final = {"phone": (390, 844), "laptop": (1366, 850), "large": (1920, 1080), "huge": (3840, 2160)}
APPEARANCES: Final = ("light", "dark", "coffee")
WHOLE: Final = "whole"
SHEET_COLUMNS: Final = 5
SHEET_WIDTH_PX: Final = 460
SHEET_GAP_PX: Final = 8
CAPTION_PX: Final = 24
HALF_WAY: Final = 30
"""Per cent at which the poster that is watched stands still."""

SAMPLE_QUERY: Final = "city=Helsinki&country=Finland&latitude=60.1715&longitude=24.9443&distance=500"

EXTRAS: Final = (
    (
        "manhattan-midtown",
        "New York",
        "United States",
        40.7484,
        -73.9857,
        1000,
        {"theme": "blueprint", "size": "18x24in"},
    ),
    ("porto-centre", "Porto", "Portugal", 41.1405, -8.6073, 1200, {"theme": "terracotta", "size": "square"}),
    ("monaco-riviera", "Monaco", "Monaco", 43.7413, 7.417, 1500, {"theme": "ocean", "orientation": "landscape"}),
    ("cairo-nasr-city", "القاهرة", "مصر", 30.0633, 31.34, 1500, {"theme": "saffron", "size": "a3"}),
    ("volgograd", "Волгоград", "Россия", 48.7195, 44.5112, 1000, {"theme": "polar_night", "size": "a4"}),
    ("rio-ilha-governador", "Rio de Janeiro", "Brazil", -22.806, -43.2, 3000, {"theme": "flamingo", "size": "a2"}),
    ("london-centre", "London", "United Kingdom", 51.5164, -0.1026, 700, {"theme": "kraft", "size": "wallpaper_hd"}),
    ("le-havre", "Le Havre", "France", 49.5015, 0.1162, 1700, {"theme": "linocut", "size": "tabloid"}),
    ("chisinau", "Chișinău", "Moldova", 47.0245, 28.8322, 8000, {"theme": "night_train", "size": "a3"}),
)
"""Posters of extracts that lie beside the checkout on some machines: file, place, distance, wishes."""

ALWAYS: Final[tuple[dict[str, Any], ...]] = (
    {"theme": "noir"},
    {"theme": "autumn", "size": "square"},
    {"theme": "japanese_ink", "orientation": "landscape", "size": "a4"},
    {"theme": "sea_glass", "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "country": "Wales"},
    {"theme": "warm_beige", "size": "wallpaper_phone"},
    {"theme": "neon_cyberpunk", "size": "a4", "city": "San Fernando del Valle de Catamarca", "country": "Argentina"},
    {"theme": "old_atlas", "size": "a3", "rotation": 30},
    {"theme": "pastel_dream", "size": "wallpaper_4k"},
)
"""Posters that every machine can make."""


@dataclass(slots=True)
class Gallery:
    """A Mural with posters in it, and two visitors: who made them, and who has just come."""

    server: Server
    owner: BrowserContext
    stranger: BrowserContext
    posters: list[str] = field(default_factory=list)
    failed: str = ""
    watched: str = ""
    queued: str = ""

    def ask(self, body: dict[str, Any]) -> str:
        """Ask for a poster as its owner does."""
        answer = self.owner.request.post(f"{self.server.api}/posters", data=body)
        if not answer.ok:
            raise RuntimeError(answer.text())
        return str(answer.json()["job_id"])

    def hang(self, body: dict[str, Any]) -> None:
        """Have a poster made."""
        job = self.server.wait_for(self.ask(body), "completed")
        self.posters.append(job["result"]["poster_id"])


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a screen is found; ``see`` does what shows it, ``by`` says who looks."""

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


def scroll_to_paper(page: Page) -> None:
    """Go where the paper is chosen, as far down as a phone must scroll."""
    see_preview(page)
    page.get_by_label("Size", exact=True).scroll_into_view_if_needed()


def open_dialog(page: Page) -> None:
    """Ask to take a poster down."""
    page.get_by_role("button", name="Take it down").first.click()


def see_here(page: Page) -> None:
    """Wait for the number of people who are here."""
    page.locator(".here:not(.away)").wait_for()


SCREENS: Final = (
    Screen("wall", at("/"), see_here),
    Screen("wall-empty", at("/"), see_here, by="nobody"),
    Screen("wall-making", at("/"), see_here, while_making=True),
    Screen("wall-arabic", at("/"), see_here, by="arab"),
    Screen("kiosk", at("/?kiosk=1"), sizes=("phone", "laptop", "large", "huge")),
    Screen("kiosk-empty", at("/?kiosk=1"), by="nobody"),
    Screen("kiosk-making", at("/?kiosk=1"), while_making=True),
    Screen("create", at("/create"), see_preview, by="stranger"),
    Screen("create-place", at("/create"), type_a_place),
    Screen("create-paper", at(f"/create?{SAMPLE_QUERY}&theme=ocean&size=a3&orientation=landscape"), scroll_to_paper),
    Screen("create-arabic", at("/create"), see_preview, by="arab"),
    Screen("running", lambda gallery: f"/generate/{gallery.watched}", while_making=True),
    Screen("queued", lambda gallery: f"/generate/{gallery.queued}", while_making=True),
    Screen("failed", lambda gallery: f"/generate/{gallery.failed}"),
    Screen("poster", lambda gallery: f"/posters/{gallery.posters[0]}"),
    Screen("poster-across", lambda gallery: f"/posters/{gallery.posters[2]}"),
    Screen("poster-long", lambda gallery: f"/posters/{gallery.posters[3]}"),
    Screen("poster-dialog", lambda gallery: f"/posters/{gallery.posters[0]}", open_dialog),
    Screen("poster-arabic", lambda gallery: f"/posters/{gallery.posters[0]}", by="arab"),
    Screen("mine", at("/gallery")),
    Screen("mine-empty", at("/gallery"), by="stranger"),
    Screen("themes", at("/themes")),
    Screen("mixer", at("/themes/new?start=noir"), see_preview),
    Screen("about", at("/about")),
    Screen("status", at("/status")),
    Screen("docs", at("/api/v1/docs")),
    Screen("canvas", at("/canvas"), see_here),
    Screen("offline", at("/offline")),
    Screen("not-found", at("/nowhere")),
)


def main() -> None:
    """Take the pictures that were asked for."""
    wanted = set(sys.argv[1:])
    unknown = wanted - {WHOLE, *SIZES, *APPEARANCES, *(screen.name for screen in SCREENS)}
    if unknown:
        sys.exit(f"There is no screen, size or appearance called {', '.join(sorted(unknown))}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    screens = [screen for screen in SCREENS if screen.name in wanted] or list(SCREENS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        with opened(browser, Path(folder)) as gallery, served(Path(folder) / "empty") as bare:
            camera = Camera(browser, gallery, bare, wanted)
            for screen in screens:
                if not screen.while_making:
                    camera.take(screen)
            if any(screen.while_making for screen in screens):
                with standing_still(gallery):
                    for screen in screens:
                        if screen.while_making:
                            camera.take(screen)
        browser.close()
    contact_sheets()


@contextmanager
def served(data_dir: Path) -> Iterator[Server]:
    """Run a Mural for the time of the pictures."""
    server = Server(data_dir, SESSION_QUEUE="100", RATE_LIMIT_PREVIEWS="10000 per minute")
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def opened(browser: Browser, folder: Path) -> Iterator[Gallery]:
    """Open a gallery and hang its posters."""
    scenes = [
        (Scene(SHARED_DATA / f"{name}.osm.pbf", city, country, latitude, longitude, distance), wishes)
        for name, city, country, latitude, longitude, distance, wishes in EXTRAS
        if (SHARED_DATA / f"{name}.osm.pbf").exists()
    ]
    for scene, _wishes in scenes:
        scene.lend_to(folder / "full")
    with served(folder / "full") as server:
        gallery = Gallery(server, browser.new_context(), browser.new_context())
        for context in (gallery.owner, gallery.stranger):
            context.request.get(server.base_url)
        for body in [SAMPLE.body(**wishes) for wishes in ALWAYS] + [scene.body(**wishes) for scene, wishes in scenes]:
            gallery.hang(body | {"dpi": 150})
        failed = gallery.ask(SAMPLE.body(city="Null Island", country="Nowhere", latitude=0, longitude=0))
        gallery.failed = str(server.wait_for(failed, "failed")["job_id"])
        yield gallery


@contextmanager
def standing_still(gallery: Gallery) -> Iterator[None]:
    """Stop the render process in the middle of a poster, with others waiting behind it."""
    gallery.watched = gallery.ask(SAMPLE.body(theme="sunset", size="a0", dpi=300))
    for theme in ("gilt", "denim"):
        gallery.queued = gallery.ask(SAMPLE.body(theme=theme, city="Reykjavík", country="Iceland"))
    while gallery.server.job(gallery.watched)["progress"] < HALF_WAY:
        time.sleep(0.01)
    with gallery.server.drawing_stopped():
        yield
    requests.post(f"{gallery.server.api}/jobs/{gallery.watched}/cancel", timeout=30)


class Camera:
    """Takes a screen at each size and in each appearance that was asked for."""

    def __init__(self, browser: Browser, gallery: Gallery, bare: Server, wanted: set[str]) -> None:
        self._browser = browser
        self._gallery = gallery
        self._bare = bare
        self._sizes = wanted & set(SIZES) or set(SIZES)
        self._appearances = [name for name in APPEARANCES if name in wanted] or list(APPEARANCES)
        self._whole = WHOLE in wanted

    def take(self, screen: Screen) -> None:
        """Photograph a screen."""
        server = self._bare if screen.by == "nobody" else self._gallery.server
        cookies = self._gallery.owner.cookies() if screen.by in {"owner", "arab"} else []
        for size in screen.sizes:
            if size in self._sizes:
                for appearance in self._appearances:
                    self._take(screen, server, cookies, size, appearance)

    def _take(self, screen: Screen, server: Server, cookies: list[Any], size: str, appearance: str) -> None:
        width, height = SIZES[size]
        context = self._browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=2 if size == "phone" else 1
        )
        settings = {"appearance": appearance} | ({"language": "ar"} if screen.by == "arab" else {})
        context.add_cookies(cookies)
        context.add_cookies([{"name": name, "value": word, "url": server.base_url} for name, word in settings.items()])
        page = context.new_page()
        page.goto(server.base_url + screen.path(self._gallery), wait_until="load")
        screen.see(page)
        with suppress(Error):  # pictures far down the page are not loaded
            page.wait_for_function("[...document.images].every((image) => image.complete)", timeout=8000)
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{screen.name}.{size}.{appearance}.png", full_page=self._whole)
        context.close()


def contact_sheets() -> None:
    """Put all pictures of one size and appearance on one sheet."""
    for size in SIZES:
        for appearance in APPEARANCES:
            files = sorted(FOLDER.glob(f"*.{size}.{appearance}.png"))
            if files:
                sheet(files).save(FOLDER / f"sheet-{size}-{appearance}.png")


def sheet(files: list[Path]) -> Image.Image:
    """Draw small copies in rows, each with its name."""
    copies = [_small(file) for file in files]
    height = max(copy.height for copy in copies) + CAPTION_PX
    width = SHEET_WIDTH_PX + SHEET_GAP_PX
    rows = -(-len(files) // SHEET_COLUMNS)
    whole = Image.new("RGB", (SHEET_COLUMNS * width, rows * height), "#888888")
    draw = ImageDraw.Draw(whole)
    for index, (file, copy) in enumerate(zip(files, copies, strict=True)):
        row, column = divmod(index, SHEET_COLUMNS)
        whole.paste(copy, (column * width, row * height + CAPTION_PX))
        draw.text((column * width, row * height + 4), file.name, fill="#ffffff")
    return whole


def _small(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        height = round(picture.height * SHEET_WIDTH_PX / picture.width)
        return picture.convert("RGB").resize((SHEET_WIDTH_PX, height), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
