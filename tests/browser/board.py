"""Hands and eyes of the tests that paint on the board."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Any

import requests
from playwright.sync_api import Page, expect

from tests.support.flask_command import run_flask
from tests.support.server import Server

BLACK = 4
RED = 6
SKY = 22
UNLIMITED: dict[str, Any] = {"PIXEL_COOLDOWN": "0", "RATE_LIMIT_PIXELS": "100000 per second"}

PAGES_OWN = "document.querySelector('script[src$=\"/board/page.js\"]').src"
"""Where the page's own copy of the board comes from: under another address it would be another copy."""

NEAR = "#x=100&y=100&z=16"
"""A place from which single pixels can be hit; the middle of the view is in the pixel 100, 100."""


def enter(page: Page, server: Server, place: str = NEAR) -> None:
    """Open the board and wait until the page follows it."""
    page.goto(f"{server.base_url}/canvas{place}")
    expect(page.locator("[data-presence]:not(.away, [hidden])")).to_be_attached()


def on_page(page: Page, words: str, *values: int) -> Any:
    """Ask the page's own copy of the board."""
    return page.evaluate(
        "async ([words, values]) => {"
        f" const {{ board, log }} = await import({PAGES_OWN});"
        " const cell = values.length ? values[1] * board.width + values[0] : 0;"
        " const asks = { pixel: () => board.pixels[cell], shown: () => board.shown(cell), seq: () => log.seq,"
        "   width: () => board.width,"
        "   digest: async () => [...new Uint8Array(await crypto.subtle.digest('SHA-256', board.pixels))].join(' ') };"
        " return asks[words](); }",
        [words, values],
    )


def is_painted(page: Page, x: int, y: int, color: int) -> bool:
    """Tell whether a pixel has come to the page."""
    return bool(on_page(page, "pixel", x, y) == color)


def digest(server: Server) -> str:
    """Hash the server's board as the page hashes its copy."""
    board = requests.get(f"{server.api}/canvas/board", headers={"Cache-Control": "no-cache"}, timeout=30).content
    return " ".join(str(byte) for byte in sha256(board).digest())


def place(server: Server, x: int, y: int, color: int, session: requests.Session | None = None) -> requests.Response:
    """Place a pixel as a program does."""
    body = {"x": x, "y": y, "color": color}
    return (session or requests).post(f"{server.api}/canvas/pixels", json=body, timeout=30)


def pixel(server: Server, x: int, y: int) -> dict[str, Any]:
    """Ask the server about a pixel."""
    body: dict[str, Any] = requests.get(f"{server.api}/canvas/pixel", params={"x": x, "y": y}, timeout=30).json()
    return body


def middle(page: Page) -> tuple[float, float]:
    """Find the middle of the view, a little into the pixel that is there."""
    box = page.locator("[data-stage]").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2 + 2, box["y"] + box["height"] / 2 + 2


def choose(page: Page, name: str) -> None:
    """Take a paint."""
    page.get_by_role("radio", name=name, exact=True).check(force=True)


class Fingers:
    """Fingers on the screen of a phone."""

    def __init__(self, page: Page) -> None:
        self._cdp = page.context.new_cdp_session(page)

    def put(self, *points: tuple[float, float]) -> None:
        """Put them on the screen."""
        self._send("touchStart", points)

    def move(self, *points: tuple[float, float]) -> None:
        """Move them there."""
        self._send("touchMove", points)

    def lift(self) -> None:
        """Lift them all."""
        self._send("touchEnd", ())

    def _send(self, kind: str, points: tuple[tuple[float, float], ...]) -> None:
        places = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(points)]
        self._cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})


def standing(page: Page) -> dict[str, float]:
    """Read from the address where the visitor stands."""
    # The address follows once the hand has rested for 300 ms of the page's own time.
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")
    return {name: float(value) for name, value in re.findall(r"([xyz])=([\d.]+)", page.url)}


def seen_in_the_middle(page: Page) -> list[int]:
    """Read the colour that is drawn in the middle of the view."""
    colour: list[int] = page.evaluate(
        "() => { const stage = document.querySelector('[data-stage]');"
        " return [...stage.getContext('2d').getImageData(stage.width / 2 + 2, stage.height / 2 + 2, 1, 1).data]; }"
    )
    return colour


def paints_seen(page: Page) -> int:
    """Count the different colours a little beside the middle of the view, where the frame of the cursor is."""
    count: int = page.evaluate(
        "() => { const stage = document.querySelector('[data-stage]');"
        " const seen = stage.getContext('2d').getImageData(stage.width / 2 + 15, stage.height / 2 + 15, 30, 30).data;"
        " return new Set(new Uint32Array(seen.buffer)).size; }"
    )
    return count


def command(server: Server, *words: str) -> None:
    """Run `flask mural canvas` beside the server."""
    run_flask(server.data_dir, "mural", "canvas", *words, **UNLIMITED)
