"""An installation that draws from map files alone proposes only what they show."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from mural.themes import REQUIRED
from tests.support.real_parts import SAMPLE_FILE
from tests.support.server import HELSINKI, Server
from tests.support.waiting import wait_until

NO_MAP = "There is no map here to draw from"


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("extracts") / "data", MAP_SOURCE="extract")
    yield server
    server.stop()


def page(gallery: Server, path: str) -> str:
    answer = requests.get(f"{gallery.base_url}{path}", timeout=60)
    assert answer.status_code == 200
    return answer.text


def test_without_a_map_file_nothing_is_proposed_and_it_is_said(gallery: Server) -> None:
    create, status = page(gallery, "/create"), page(gallery, "/status")
    assert NO_MAP in create
    assert NO_MAP in status
    assert "Helsinki" not in create
    assert "all is well" not in status


def test_the_themes_are_shown_on_the_map_that_ships(gallery: Server) -> None:
    picture = re.search(r'<img src="([^"]+)"', page(gallery, "/themes"))
    assert picture
    answer = requests.get(gallery.base_url + html.unescape(picture[1]), timeout=60)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")


def test_the_colours_of_a_new_theme_are_seen_on_it_too(gallery: Server) -> None:
    assert 'data-city="Helsinki"' in page(gallery, "/themes/new")
    theme = requests.get(f"{gallery.api}/themes/noir", timeout=60).json()
    draft = {key: theme["colors"][key] for key in REQUIRED if key in theme["colors"]}
    draft |= {"name": "Draft", "description": "Not kept yet", "bg": "#204060"}
    answers = [
        requests.post(f"{gallery.api}/preview.png", json=HELSINKI | wish, timeout=60).status_code
        for wish in ({"draft_theme": draft}, {"draft_theme": draft, "latitude": 48.2, "longitude": 16.4}, {})
    ]
    assert answers == [200, 422, 422]


def test_a_map_file_is_proposed_before_anybody_asked_for_it_and_what_is_proposed_can_be_drawn(gallery: Server) -> None:
    shutil.copy(SAMPLE_FILE, Path(gallery.data_dir) / "extracts" / "harbour.osm.pbf")
    # In the moment in which the file becomes known a page may list it and begin with no place yet.
    create = wait_until(lambda: found if "<noscript><img" in (found := page(gallery, "/create")) else "", gallery.log)
    assert NO_MAP not in create
    offered = re.findall(r'<li><a href="/create\?([^"]+)"><bdi>([^<]+)</bdi>', create)
    assert [name for _query, name in offered] == ["Helsinki"]
    query = html.unescape(offered[0][0])
    drawn = requests.get(f"{gallery.api}/preview.png?{query}", timeout=60)
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/png")
    noscript = re.search(r'<noscript><img src="([^"]+)"', create)
    assert noscript
    assert requests.get(gallery.base_url + html.unescape(noscript[1]), timeout=60).status_code == 200
    assert 'data-city="Helsinki"' in page(gallery, "/themes/new")
    assert NO_MAP not in page(gallery, "/status")
