"""The board, painted on by several visitors at once, by mouse, finger and key."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, Visit, until, visitor
from tests.browser.test_pages import APPEARANCES, violations, wear
from tests.support.cable import cable_to
from tests.support.real_parts import ROOT
from tests.support.server import Server

pytestmark = pytest.mark.browser

RED = 6
SKY = 22
UNLIMITED: dict[str, Any] = {"PIXEL_COOLDOWN": "0", "RATE_LIMIT_PIXELS": "100000 per second"}

NEAR = "#x=100&y=100&z=16"
"""A place from which single pixels can be hit; the middle of the view is in the pixel 100, 100."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural in which everybody paints as fast as they like."""
    running = Server(tmp_path_factory.mktemp("studio"), **UNLIMITED)
    yield running
    running.stop()


def enter(page: Page, server: Server, place: str = NEAR) -> None:
    """Open the board and wait until the page follows it."""
    page.goto(f"{server.base_url}/canvas{place}")
    expect(page.locator("[data-presence]:not(.away, [hidden])")).to_be_attached()


def on_page(page: Page, words: str, *values: int) -> Any:
    """Ask the page's own copy of the board."""
    return page.evaluate(
        "async ([words, values]) => {"
        " const { board, log } = await import(new URL('static/js/canvas.js', document.baseURI));"
        " const cell = values.length ? values[1] * board.width + values[0] : 0;"
        " const asks = { pixel: () => board.pixels[cell], shown: () => board.shown(cell), seq: () => log.seq,"
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


def test_two_visitors_see_each_others_pixels(visit: Visit, studio: Server) -> None:
    ann, ben = visit(), visit()
    enter(ann, studio)
    enter(ben, studio)
    expect(ben.get_by_text("2 people are here")).to_be_visible()
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    until(ben, lambda: on_page(ben, "pixel", 100, 100) == RED)
    choose(ben, "Sky")
    ben.mouse.click(*middle(ben))
    until(ann, lambda: on_page(ann, "pixel", 100, 100) == SKY)
    assert pixel(studio, 100, 100)["name"] == "Sky"


def test_a_pixel_says_who_placed_it(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=30&y=31&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    caption = ann.locator("[data-caption]")
    expect(caption).to_contain_text("Red")
    expect(caption).to_contain_text("30, 31")
    expect(caption).to_contain_text("By you, just now")
    ben = visit()
    enter(ben, studio, "#x=30&y=31&z=16")
    ben.mouse.move(*middle(ben))
    expect(ben.locator("[data-caption]")).to_contain_text(re.compile("By visitor [0-9a-f]{4}, just now"))


def test_everything_can_be_painted_with_the_keyboard_alone(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=60&y=60&z=16")
    keys = ann.keyboard
    ann.locator(".skip").focus()
    while ann.evaluate("!document.activeElement.matches('[data-stage]')"):
        keys.press("Tab")
    for key in ("ArrowRight", "Shift+ArrowDown", "7"):
        keys.press(key)
    expect(ann.get_by_role("radio", name="Red", exact=True)).to_be_checked()
    expect(ann.locator("[data-announcer]")).to_have_text("Red in hand.")
    keys.press("Enter")
    expect(ann.locator("[data-announcer]")).to_have_text("Red placed at 61, 70.")
    assert pixel(studio, 61, 70)["name"] == "Red"
    keys.press("Control+z")
    expect(ann.locator("[data-announcer]")).to_have_text("Taken back.")
    until(ann, lambda: on_page(ann, "pixel", 61, 70) == 0)
    assert pixel(studio, 61, 70)["name"] == "White"


def test_a_pixel_placed_too_soon_is_taken_back_with_the_reason(visit: Visit, server: Server) -> None:
    ann = visit()
    enter(ann, server, "#x=20&y=20&z=16")
    choose(ann, "Red")
    # The charge goes in another window of the same visitor, so that this page does not know.
    session = requests.Session()
    session.cookies.update({cookie["name"]: cookie["value"] for cookie in ann.context.cookies()})
    ann.evaluate(  # every colour that the pixel is seen in, frame by frame
        "async () => { const { board } = await import(new URL('static/js/canvas.js', document.baseURI));"
        " window.seen = []; const look = () => {"
        "   const now = board.shown(20 * 256 + 20); if (seen.at(-1) !== now) seen.push(now);"
        "   requestAnimationFrame(look); };"
        " look(); }"
    )
    assert place(server, 1, 1, SKY, session).ok
    ann.mouse.click(*middle(ann))
    expect(ann.get_by_role("status").filter(has_text=re.compile(r"ready in \d s"))).to_be_visible()
    until(ann, lambda: ann.evaluate("seen") == [0, RED, 0])
    expect(ann.locator("[data-ring]")).to_have_class(re.compile("empty"))
    expect(ann.get_by_text("A pixel is ready").first).to_be_visible(timeout=10_000)
    ann.mouse.click(*middle(ann))
    until(ann, lambda: on_page(ann, "pixel", 20, 20) == RED)


def test_the_last_pixel_can_be_taken_back_for_a_while(visit: Visit, studio: Server) -> None:
    ann = visit()
    enter(ann, studio, "#x=40&y=40&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    ann.get_by_role("button", name="Take back the last one").click()
    until(ann, lambda: pixel(studio, 40, 40)["name"] == "White")
    expect(ann.locator("[data-undo]")).to_be_disabled()


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
    page.wait_for_timeout(400)  # the address follows once the hand rests
    return {name: float(value) for name, value in re.findall(r"([xyz])=([\d.]+)", page.url)}


def test_fingers_drag_and_pinch_on_a_phone(visit: Visit, studio: Server) -> None:
    ann = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(ann, studio)
    fingers = Fingers(ann)
    x, y = middle(ann)
    fingers.put((x, y))
    for step in range(1, 9):
        fingers.move((x - 8 * step, y))
    fingers.lift()
    dragged = standing(ann)
    assert 102 <= dragged["x"] <= 104
    assert dragged["y"] == 100
    fingers.put((x - 30, y), (x + 30, y))
    for step in range(1, 7):
        fingers.move((x - 30 - 5 * step, y), (x + 30 + 5 * step, y))
    fingers.lift()
    pinched = standing(ann)
    assert 1.8 <= pinched["z"] / dragged["z"] <= 2.2
    assert abs(pinched["x"] - dragged["x"]) <= 1
    assert ann.evaluate("[scrollY, visualViewport.scale]") == [0, 1]


def test_a_finger_points_and_the_button_paints(visit: Visit, studio: Server) -> None:
    ann = visit(viewport=PHONE, has_touch=True, is_mobile=True)
    enter(ann, studio, "#x=80&y=80&z=16")
    stage = ann.locator("[data-stage]")
    expect(stage).to_be_in_viewport(ratio=0.99)
    choose(ann, "Red")
    ann.touchscreen.tap(*middle(ann))
    expect(ann.locator("[data-caption]")).to_contain_text("80, 80")
    assert pixel(studio, 80, 80)["name"] == "White"
    ann.get_by_role("button", name="Place Red").tap()
    until(ann, lambda: pixel(studio, 80, 80)["name"] == "Red")
    before = standing(ann)["z"]
    x, y = middle(ann)
    fingers = Fingers(ann)
    for _ in range(2):
        fingers.put((x + 60, y + 60))
        fingers.lift()
    assert standing(ann)["z"] > 1.5 * before


def test_after_a_cut_the_page_has_the_servers_board(chromium: Browser, studio: Server) -> None:
    with cable_to(studio.port) as cable, visitor(chromium, cable.base_url, cut=True) as ann:
        ann.goto(f"{cable.base_url}/canvas")
        expect(ann.locator("[data-presence]:not(.away)")).to_be_visible()
        cable.pull()
        expect(ann.get_by_text("No connection. This is the board as it was")).to_be_visible()
        for number in range(60):
            assert place(studio, number, 200, number % 32).ok
        cable.plug()
        expect(ann.get_by_text("No connection. This is the board as it was")).to_be_hidden(timeout=20_000)
        until(ann, lambda: on_page(ann, "digest") == digest(studio))


def test_after_a_kill_of_the_server_the_page_has_its_board_again(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url, cut=True) as ann:
            enter(ann, server)
            assert place(server, 5, 5, RED).ok
            until(ann, lambda: on_page(ann, "pixel", 5, 5) == RED)
            server.kill()
            server.start()
            assert place(server, 6, 6, SKY).ok
            until(ann, lambda: on_page(ann, "digest") == digest(server))
            assert on_page(ann, "pixel", 6, 6) == SKY
    finally:
        server.stop()


def test_where_websockets_are_not_let_through_plain_requests_do(visit: Visit, studio: Server) -> None:
    ann = visit(cut=True)
    ann.add_init_script(  # as a proxy does that knows nothing of them
        "window.WebSocket = class extends WebSocket {"
        " constructor(url, ...more) { super(url.replace('/socket.io/', '/nowhere/'), ...more); } };"
    )
    enter(ann, studio, "#x=50&y=50&z=16")
    choose(ann, "Red")
    ann.mouse.click(*middle(ann))
    until(ann, lambda: pixel(studio, 50, 50)["name"] == "Red")
    assert place(studio, 51, 50, SKY).ok
    until(ann, lambda: on_page(ann, "pixel", 51, 50) == SKY)


def test_a_link_leads_to_the_same_place(visit: Visit, studio: Server) -> None:
    ann, ben = visit(), visit()
    enter(ann, studio, "")
    ann.mouse.move(*middle(ann))
    ann.mouse.wheel(0, -600)
    here = standing(ann)
    ben.goto(ann.url)
    ben.get_by_role("button", name="Nearer").click()
    ben.get_by_role("button", name="Further away").click()
    there = standing(ben)
    assert abs(there["x"] - here["x"]) <= 1
    assert abs(there["z"] / here["z"] - 1) < 0.05


def test_the_past_is_shown_and_cannot_be_painted_on(visit: Visit, studio: Server) -> None:
    assert place(studio, 100, 120, RED).ok
    ann = visit()
    enter(ann, studio, "#x=100&y=120&z=16")
    ann.get_by_role("button", name="How it came about").click()
    slider = ann.get_by_role("slider", name="Moment")
    expect(slider).to_be_focused()
    ann.keyboard.press("Home")
    until(ann, lambda: on_page(ann, "shown", 100, 120) == 0)
    choose(ann, "Sky")
    ann.mouse.click(*middle(ann))
    expect(ann.get_by_text("You are looking at the past")).to_be_visible()
    ann.get_by_role("button", name="Play").click()
    until(ann, lambda: on_page(ann, "shown", 100, 120) == RED)
    ann.get_by_role("button", name="Back to now").click()
    expect(slider).to_be_hidden()
    assert on_page(ann, "shown", 100, 120) == RED


def seen_in_the_middle(page: Page) -> list[int]:
    """Read the colour that is drawn in the middle of the view."""
    colour: list[int] = page.evaluate(
        "() => { const stage = document.querySelector('[data-stage]');"
        " return [...stage.getContext('2d').getImageData(stage.width / 2 + 2, stage.height / 2 + 2, 1, 1).data]; }"
    )
    return colour


def test_a_template_is_laid_over_the_board_and_stays_on_the_device(visit: Visit, studio: Server) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (0, 0, 255)).save(picture, "png")
    ann = visit()
    enter(ann, studio, "#x=10&y=10&z=16")
    sent: list[str] = []
    ann.on("request", lambda request: sent.append(request.method) if request.method != "GET" else None)
    ann.get_by_text("Lay a picture over it").click()
    ann.get_by_label("Picture").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    )
    ann.get_by_label("How strong").fill("100")
    until(ann, lambda: seen_in_the_middle(ann) == [0, 0, 255, 255])
    ann.get_by_role("button", name="Take it away").click()
    until(ann, lambda: seen_in_the_middle(ann) == [255, 255, 255, 255])
    assert sent == []
    assert on_page(ann, "pixel", 10, 10) == 0


def test_where_it_is_busy_is_shown(visit: Visit, studio: Server) -> None:
    assert place(studio, 150, 150, RED).ok
    ann = visit()
    enter(ann, studio, "#x=150&y=150&z=16")
    plain = seen_in_the_middle(ann)
    ann.get_by_label("Where it is busy").check(force=True)
    until(ann, lambda: seen_in_the_middle(ann) != plain)


def test_others_pixels_glow_unless_less_motion_is_wished(visit: Visit, studio: Server) -> None:
    glowed = []
    for wish in ("no-preference", "reduce"):
        ann = visit(reduced_motion=wish)
        enter(ann, studio, "#x=170&y=170&z=16")
        ann.evaluate(  # frames are drawn on and on only while something moves
            "() => { window.strokes = 0;"
            " const { prototype } = CanvasRenderingContext2D; const draw = prototype.strokeRect;"
            " prototype.strokeRect = function (...rect) { window.strokes++; return draw.apply(this, rect); }; }"
        )
        colour = RED if wish == "reduce" else SKY
        assert place(studio, 170, 170, colour).ok
        until(ann, partial(is_painted, ann, 170, 170, colour))
        ann.wait_for_timeout(200)
        glowed.append(ann.evaluate("strokes > 0"))
    assert glowed == [True, False]


def command(server: Server, *words: str) -> None:
    """Run `flask mural canvas` beside the server."""
    environ = {"PATH": os.environ["PATH"], "DATA_DIR": str(server.data_dir), "OVERPASS_URL": "off", **UNLIMITED}
    subprocess.run(
        [sys.executable, "-m", "flask", "mural", "canvas", *words],
        cwd=ROOT,
        env=environ,
        check=True,
        capture_output=True,
    )


def test_a_closed_board_says_so(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url) as ann:
            enter(ann, server)
            command(server, "readonly", "on")
            choose(ann, "Red")
            ann.mouse.click(*middle(ann))
            expect(ann.get_by_text("The board is closed at the moment. Look around")).to_be_visible()
            expect(ann.get_by_role("button", name="Place Red")).to_be_disabled()
            assert on_page(ann, "shown", 100, 100) == 0
    finally:
        server.stop()


@pytest.mark.parametrize("appearance", APPEARANCES)
@pytest.mark.parametrize("screen", [None, PHONE], ids=["desktop", "phone"])
def test_the_board_is_accessible(
    visit: Visit, studio: Server, axe_source: str, appearance: str, screen: dict[str, int] | None
) -> None:
    ann = visit(reduced_motion="reduce", bypass_csp=True, **({"viewport": screen} if screen else {}))
    wear(ann, appearance, studio.base_url)
    enter(ann, studio)
    if screen:
        ann.get_by_role("button", name="More about the board").click()
    choose(ann, "Red")
    ann.get_by_text("Lay a picture over it").click()
    assert violations(ann, axe_source) == []
    ann.get_by_role("button", name="How it came about").click()
    expect(ann.get_by_role("slider", name="Moment")).to_be_focused()
    ann.locator("[data-stage]").focus()
    ann.keyboard.press("ArrowRight")
    assert violations(ann, axe_source) == []
    assert ann.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_without_a_script_the_board_is_a_picture(visit: Visit, studio: Server) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto(f"{studio.base_url}/canvas")
    picture = ann.get_by_alt_text("The board as it is now")
    expect(picture).to_be_visible()
    expect(ann.locator("noscript p")).to_contain_text("a browser with JavaScript is needed")
    expect(ann.get_by_role("button", name="Choose a paint")).to_be_hidden()
    sent = requests.get(f"{studio.base_url}{picture.get_attribute('src')}", timeout=30)
    assert Image.open(io.BytesIO(sent.content)).size == (1024, 1024)


def test_the_largest_board_is_dragged_and_zoomed(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path / "data", CANVAS_WIDTH="4096", CANVAS_HEIGHT="4096", **UNLIMITED)
    try:
        with visitor(chromium, server.base_url) as ann:
            enter(ann, server, "")
            x, y = middle(ann)
            ann.mouse.move(x, y)
            ann.mouse.wheel(0, -1500)
            ann.mouse.down()
            for step in range(240):
                ann.mouse.move(x + 200 * ((step % 40) / 20 - 1), y + step % 7)
                if step % 8 == 0:
                    assert place(server, step, step, RED).ok
            ann.mouse.up()
            frames = ann.locator("[data-stage]").get_attribute("data-frames")
            assert re.fullmatch(r"p50 [\d.]+ p95 [\d.]+ max [\d.]+", frames or "")
            sys.stdout.write(f"\n4096 x 4096, dragged while others paint: ms of script a frame, {frames}\n")
            until(ann, lambda: on_page(ann, "digest") == digest(server))
    finally:
        server.stop()
