"""The static files: what a page needs of them, and under which address."""

from __future__ import annotations

import re

from routes.web import assets


def test_the_modules_of_a_script_are_those_of_all_depths_and_each_once() -> None:
    found = assets.modules_of("js/web/site.js", "js/wall/page.js")
    assert {"js/web/dom.js", "js/wall/wall.js", "vendor/socket.io.esm.min.js"} <= set(found)
    assert len(found) == len(set(found))
    assert not {"js/web/site.js", "js/wall/page.js"} & set(found)
    assert all((assets.FOLDER / name).is_file() for name in found)


def test_what_is_imported_on_demand_is_not_fetched_before() -> None:
    assert not [name for name in assets.modules_of("js/posters/make/page.js") if "leaflet" in name]


def test_the_version_names_the_content() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", assets.version())
