"""Fixtures that more than one kind of test uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.postgres import postgres_server
from tests.support.real_parts import program
from tests.support.server import MODES, QuickServer, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LONGEST_FIRST = ("system", "browser", "sockets")
"""The folders whose files take long: the short ones after them let two workers end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders whose files take long."""

    def turn(item: pytest.Item) -> int:
        folder = item.path.relative_to(Path(__file__).parent).parts[0]
        return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=turn)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running Mural with the default settings, shared by tests that do not disturb it."""
    running = Server(tmp_path_factory.mktemp("server") / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def quick_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], QuickServer]]:
    """Running Murals that draw in no time, one for each kind of green thread, shared as the other is."""
    running: dict[str, QuickServer] = {}

    def on(mode: str) -> QuickServer:
        if mode not in running:
            running[mode] = QuickServer(tmp_path_factory.mktemp(mode) / "data", ASYNC_MODE=mode)
        return running[mode]

    yield on
    for server in running.values():
        server.stop()


@pytest.fixture(scope="module", params=MODES)
def any_server(request: pytest.FixtureRequest, quick_servers: Callable[[str], QuickServer]) -> QuickServer:
    """A running Mural that draws in no time, on each kind of green thread in turn; nothing is on its way there."""
    running = quick_servers(request.param)
    running.wait_until_idle()
    return running


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural that the tests of a file may kill and start again."""
    running = Server(tmp_path_factory.mktemp("own") / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of the first database of a PostgreSQL server."""
    with postgres_server() as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests: where it can be had the Chromium without windows, which burns a quarter."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # most tests do without it

    executable = program("chromium-headless-shell", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        # As root, as in a container, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
