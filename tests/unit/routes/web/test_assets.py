"""The static files: what a page needs of them, and under which address."""

from __future__ import annotations

import re

from routes.web import assets


def test_the_modules_of_a_script_are_those_of_all_depths_and_each_once() -> None:
    found = assets.modules_of("js/site.js", "js/wall.js")
    assert {"js/lib/dom.js", "js/gallery/wall.js", "vendor/socket.io.esm.min.js"} <= set(found)
    assert len(found) == len(set(found))
    assert not {"js/site.js", "js/wall.js"} & set(found)
    assert all((assets.FOLDER / name).is_file() for name in found)


def test_what_is_imported_on_demand_is_not_fetched_before() -> None:
    assert not [name for name in assets.modules_of("js/create.js") if "leaflet" in name]


def test_the_version_names_the_content() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", assets.version())
