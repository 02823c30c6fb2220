"""Static files under the address of their version, and under older ones."""

from __future__ import annotations

import re

import pytest

from routes.web import assets
from tests.support.api import Visitor


def addresses(page: str) -> list[str]:
    """List the static files that a page names."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


@pytest.mark.parametrize(
    "path", ["/", "/?kiosk=1", "/create", "/gallery", "/themes", "/themes/new", "/about", "/canvas"]
)
def test_all_that_a_page_loads_is_there_and_may_be_kept_for_good(ann: Visitor, path: str) -> None:
    named = addresses(ann.get(path).text)
    assert f"/static/{assets.version()}/js/web/site.js" in named
    for address in named:
        answer = ann.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable", address


@pytest.mark.parametrize(("path", "script"), [("/create", "js/posters/make/page.js"), ("/canvas", "js/board/page.js")])
def test_a_page_fetches_at_once_what_its_scripts_import(ann: Visitor, path: str, script: str) -> None:
    page = ann.get(path).text
    for module in assets.modules_of("js/web/site.js", script):
        assert f'<link rel="modulepreload" href="/static/{assets.version()}/{module}">' in page


@pytest.mark.parametrize("before", ["/static/js/web/site.js", "/static/0123456789ab/js/web/site.js"])
def test_an_address_of_another_version_is_answered_but_not_kept(ann: Visitor, before: str) -> None:
    answer = ann.get(before)
    assert answer.status_code == 200
    assert answer.data == ann.get(f"/static/{assets.version()}/js/web/site.js").data
    assert "immutable" not in answer.headers["Cache-Control"]
    assert "no-cache" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/none.js",
        "/static/js/0123456789ab/site.js",
        "/static/../config.py",
        "/static/0123456789ab/../../config.py",
    ],
)
def test_what_is_no_static_file_is_not_found(ann: Visitor, path: str) -> None:
    assert ann.get(path).status_code == 404
