"""Takes screens at every size and in every appearance."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final

from playwright.sync_api import Browser, Error

from tests.support.real_parts import ROOT
from tests.support.server import Server
from tools.screens.gallery import Gallery
from tools.screens.screens import Screen

FOLDER: Final = ROOT / "bench" / "results" / "screens"
SIZES: Final = {
    "phone": (390, 844),
    "lying": (844, 390),
    "laptop": (1366, 850),
    "zoomed": (683, 425),
    "large": (1920, 1080),
    "huge": (3840, 2160),
}
"""Windows in CSS pixels: a phone in the hand and on its side, a laptop and the same at 200 %, screens on a wall."""
FINE: Final = frozenset({"phone", "lying", "zoomed"})
"""Those that have two pixels for each."""
LANGUAGES: Final = {"arab": "ar", "german": "de", "spaniard": "es"}
"""Who reads which language."""
APPEARANCES: Final = ("light", "dark", "coffee")
WHOLE: Final = "whole"


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
        cookies = self._gallery.owner.cookies() if screen.by in {"owner", *LANGUAGES} else []
        for size in screen.sizes:
            if size in self._sizes:
                for appearance in self._appearances:
                    self._take(screen, server, cookies, size, appearance)

    def _take(self, screen: Screen, server: Server, cookies: list[Any], size: str, appearance: str) -> None:
        width, height = SIZES[size]
        context = self._browser.new_context(
            base_url=server.base_url,
            viewport={"width": width, "height": height},
            device_scale_factor=2 if size in FINE else 1,
            java_script_enabled=screen.by != "plain",
        )
        settings = {"appearance": appearance, "language": LANGUAGES.get(screen.by, "en")}
        context.add_cookies(cookies)
        context.add_cookies([{"name": name, "value": word, "url": server.base_url} for name, word in settings.items()])
        page = context.new_page()
        name = f"{screen.name}.{size}.{appearance}"
        try:
            page.goto(screen.path(self._gallery), wait_until="load")
            screen.see(page)
        except Error as error:
            print(f"{name} shows something else: {error.message}")
        with suppress(Error):  # pictures far down the page are not loaded
            page.wait_for_function("[...document.images].every((image) => image.complete)", timeout=8000)
        page.wait_for_timeout(500)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=self._whole)
        context.close()
