"""Fixtures that more than one kind of test uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.real_parts import program
from tests.support.server import Server

MODES = ("eventlet", "gevent", "threading")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that two workers end together."""
    items.sort(key=lambda item: not item.path.is_relative_to(Path(__file__).parent / "system"))


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One running Mural with the default settings, shared by tests that do not disturb it."""
    running = Server(tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.fixture(scope="module", params=MODES)
def any_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural on each kind of green thread in turn."""
    running = Server(tmp_path_factory.mktemp(request.param), ASYNC_MODE=request.param)
    yield running
    running.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A running Mural that a test may kill."""
    running = Server(tmp_path / "data")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    executable = program("chromium", "/usr/bin/chromium")
    with sync_playwright() as playwright:
        # As root, as in a container, Chromium runs without its sandbox only.
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
