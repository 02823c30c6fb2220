"""Every screen as a picture, to be looked at: `python -m tools.screens` (`make screens`).

Starts a Mural of its own, hangs real posters in it, and photographs each screen at every size and in every appearance
into bench/results/screens, with a contact sheet per size and appearance. Names of screens, sizes or appearances as
arguments take only those: `make screens ONLY="create phone dark"`. `whole` takes whole pages, not what a window shows.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.screens.camera import APPEARANCES, FOLDER, SIZES, WHOLE, Camera
from tools.screens.gallery import opened, served, standing_still
from tools.screens.screens import SCREENS
from tools.screens.sheets import sheet


def main() -> None:
    """Take the pictures that were asked for."""
    wanted = set(sys.argv[1:])
    unknown = wanted - {WHOLE, *SIZES, *APPEARANCES, *(screen.name for screen in SCREENS)}
    if unknown:
        sys.exit(f"There is no screen, size or appearance called {', '.join(sorted(unknown))}.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    take_pictures(wanted)
    lay_out_sheets()


def take_pictures(wanted: set[str]) -> None:
    """Photograph screens, those last for which everything must stand still."""
    screens = [screen for screen in SCREENS if screen.name in wanted] or list(SCREENS)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        executable = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        with opened(browser, Path(folder)) as gallery, served(Path(folder) / "empty") as bare:
            camera = Camera(browser, gallery, bare, wanted)
            for screen in screens:
                if not screen.while_making:
                    camera.take(screen)
            moments = [screen for screen in screens if screen.while_making]
            if moments:
                with standing_still(gallery):
                    for screen in moments:
                        camera.take(screen)
        browser.close()


def lay_out_sheets() -> None:
    """Put all pictures of one size and appearance on one sheet."""
    for size in SIZES:
        for appearance in APPEARANCES:
            files = sorted(FOLDER.glob(f"*.{size}.{appearance}.png"))
            if files:
                sheet(files).save(FOLDER / f"sheet-{size}-{appearance}.png")


if __name__ == "__main__":
    main()
