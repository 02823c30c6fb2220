"""A page of another site, in the browser of somebody who has posters here: it takes nothing away from them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import BOUND_MS, until
from tests.support.server import Server

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><title>Evil</title>
<img src="URL/create" id="picture"><link rel="stylesheet" href="URL/themes.css">
<iframe src="URL/gallery"></iframe><script src="URL/socket.io/?EIO=4&transport=polling"></script>
<form method="post" action="URLACTION"><input name="place" value="Helsinki"><input name="theme" value="noir">
<input name="appearance" value="coffee"><input name="language" value="de"></form>
<a href="URL/gallery">Your posters</a>
<script>
  document.title = "loaded";
  const socket = new WebSocket("URL/socket.io/?EIO=4&transport=websocket".replace("http", "ws"));
  socket.onopen = () => (document.title = "opened");
  socket.onerror = () => (document.title = "refused");
</script>
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and tells nobody."""

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@contextmanager
def stranger(folder: Path) -> Iterator[str]:
    """Serve a folder as another site does: by another name, so that the browser takes it for one."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield f"http://localhost:{site.server_address[1]}"
        site.shutdown()


@pytest.fixture
def ann(chromium: Browser, server: Server) -> Iterator[Page]:
    """Somebody who has made a poster here."""
    session = requests.Session()
    session.get(server.base_url, timeout=30)
    server.wait_for(server.submit_new(session, city="Annaburg")["job_id"], "completed")
    context = chromium.new_context(base_url=server.base_url)
    context.set_default_timeout(BOUND_MS)
    page = context.new_page()
    for cookie in session.cookies:
        site = {"url": server.base_url, "httpOnly": True, "sameSite": "Lax"}
        context.add_cookies([{"name": cookie.name, "value": str(cookie.value), **site}])
    yield page
    context.close()


def page_of(server: Server, action: str) -> str:
    """Write the stranger's page, whose form goes to a path of ours."""
    return PAGE.replace("URL", server.base_url).replace("ACTION", action)


def cookies(page: Page, server: Server) -> dict[str, str]:
    return {cookie["name"]: cookie["value"] for cookie in page.context.cookies(server.base_url)}


@pytest.mark.parametrize("action", ["/create", "/appearance", "/language", "/api/v1/posters"])
def test_a_strangers_page_costs_nobody_their_posters(ann: Page, server: Server, tmp_path: Path, action: str) -> None:
    before = cookies(ann, server)
    (tmp_path / "index.html").write_text(page_of(server, action))
    with stranger(tmp_path) as site:
        ann.goto(site)
        expect(ann).to_have_title("refused")
        with ann.expect_navigation() as posted:
            ann.evaluate("document.forms[0].submit()")
        assert posted.value.status in {403, 415}
        assert cookies(ann, server) == before
        ann.goto(site)
        ann.get_by_role("link", name="Your posters").click()
        expect(ann.locator("[data-mine]")).to_contain_text("Annaburg")
    assert cookies(ann, server) == before


def test_who_comes_by_a_link_for_the_first_time_is_somebody_from_then_on(
    chromium: Browser, server: Server, tmp_path: Path
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    (tmp_path / "index.html").write_text(page_of(server, "/create"))
    with stranger(tmp_path) as site:
        page.goto(site)
        expect(page).to_have_title("refused")
        assert cookies(page, server) == {}
        page.get_by_role("link", name="Your posters").click()
        page.wait_for_url("**/gallery")
    first = cookies(page, server)
    assert len(first) == 1
    page.goto(server.base_url)
    page.wait_for_load_state("networkidle")
    assert cookies(page, server) == first
    context.close()


def test_the_last_design_is_offered_after_the_tab_was_closed(ann: Page) -> None:
    ann.goto("/create")
    expect(ann.locator("[data-draft-days]")).to_be_hidden()
    ann.goto("/create?city=Helsinki&country=Finland&latitude=60.1715&longitude=24.9443&distance=500")
    ann.locator("[name=theme]").nth(2).check(force=True)
    until(ann, lambda: bool(ann.evaluate("localStorage.getItem('draft:')")))
    theme = ann.locator("[name=theme]:checked").get_attribute("value")
    later = ann.context.new_page()
    later.goto("/create")
    offer = later.locator("[data-draft-days]")
    expect(offer).to_contain_text("keeps for 365 days after your last visit")
    offer.get_by_role("link", name="Helsinki").click()
    later.wait_for_url("**/create?*")
    expect(later.locator("[name=theme]:checked")).to_have_value(theme or "")
