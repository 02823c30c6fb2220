"""A real Chromium, and pages that fail the test when they complain or ask another host for anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.board import UNLIMITED
from tests.support.server import QuickServer, Server

DESKTOP = {"width": 1366, "height": 850}
PHONE = {"width": 390, "height": 844}

SAMPLE_QUERY = "city=Helsinki&country=Finland&latitude=60.1715&longitude=24.9443&distance=500"

Visit = Callable[..., Page]

BOUND_MS = 60_000
"""Only ends a run that is broken: how long something takes on a busy machine is no matter of these tests."""
expect.set_options(timeout=BOUND_MS)


CUT_OFF = ("WebSocket connection to", "An unknown error occurred when fetching the script")
"""What Chromium itself says of a socket, and of a service worker it looks after, while a connection is cut."""


class Watch:
    """Notes what a page complains about and whom it asks."""

    def __init__(self, context: BrowserContext, host: str, ignored: tuple[str, ...]) -> None:
        self._ignored = ("Failed to load resource", *ignored)
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        self._host = host
        context.on("console", lambda message: self._note(message.type, message.text))
        context.on("weberror", lambda fault: self.complaints.append(str(fault.error)))
        context.on("request", lambda request: self._ask(request.url))

    def _note(self, kind: str, text: str) -> None:
        # A refused request, and a cable that is pulled, are the test's own doing; other complaints are the page's.
        if kind == "error" and not text.startswith(self._ignored):
            self.complaints.append(text)

    def _ask(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != self._host:
            self.strangers.append(url)


@contextmanager
def visitor(
    browser: Browser, base_url: str, *, cut: bool = False, ignored: tuple[str, ...] = (), **options: Any
) -> Iterator[Page]:
    """Open a page in a session of its own; at the end it must not have complained or asked a stranger.

    ``cut`` is for a visitor whose connection the test cuts; complaints that begin as ``ignored`` are the browser's own.
    """
    context = browser.new_context(base_url=base_url, viewport=options.pop("viewport", DESKTOP), **options)
    context.set_default_timeout(BOUND_MS)
    watch = Watch(context, "127.0.0.1", (*ignored, *(CUT_OFF if cut else ())))
    page = context.new_page()
    yield page
    context.close()
    assert watch.complaints == []
    assert watch.strangers == []


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for something outside the page; the bound only ends a broken run."""
    for _ in range(BOUND_MS // 50):
        if holds():
            return
        page.wait_for_timeout(50)
    pytest.fail("it never came true")


@pytest.fixture
def visit(chromium: Browser, server: Server) -> Iterator[Visit]:
    """Open pages of the shared server, each for another visitor."""
    with ExitStack() as visitors:

        def open_page(base_url: str | None = None, **options: Any) -> Page:
            return visitors.enter_context(visitor(chromium, base_url or server.base_url, **options))

        yield open_page


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker, as the browser takes it."""
    file = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
    return file.read_text(encoding="utf-8")


@pytest.fixture
def poster(server: Server) -> dict[str, Any]:
    """A poster that hangs on the wall, by somebody else."""
    job = server.wait_for(server.submit(theme="noir")["job_id"], "completed")
    return {"id": job["result"]["poster_id"], **job["result"]}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural in which everybody paints as fast as they like."""
    running = QuickServer(tmp_path_factory.mktemp("studio") / "data", **UNLIMITED)
    yield running
    running.stop()
