"""What browsers and the caches before them may keep, and what search engines may list."""

from __future__ import annotations

from pathlib import Path

import pytest

from mural.pyramid import Pyramid, tile_name
from services.posters.urls import Urls
from services.posters.views import addressed
from tests.support.api import HELSINKI, V1, Api, Visitor

KINDS = ("download", "thumbnail", "preview", "tile")
KEPT = "public, max-age=31536000, s-maxage=300"
ASKED_FOR = "public, no-cache"
OWN = "private, no-cache"
NOBODY = "0" * 32


@pytest.fixture(scope="module")
def maker(api: Api) -> Visitor:
    return api.visitor()


@pytest.fixture(scope="module")
def hung(api: Api, maker: Visitor) -> dict:
    return api.made(maker, theme="ocean")


@pytest.fixture(scope="module")
def unlisted(api: Api, maker: Visitor) -> dict:
    return api.made(maker, theme="ocean", visibility="unlisted")


@pytest.fixture(scope="module")
def preview(api: Api, maker: Visitor) -> dict:
    return api.made(maker, theme="ocean", preview_mode=True)


def cut(api: Api, poster: dict) -> Path:
    """Put a tile where the process that cuts them does."""
    size = poster["dimensions"]
    level = Pyramid(size["width"], size["height"]).min_level
    tile = api.services.config.data_dir / "cache" / "tiles" / poster["id"] / tile_name(level, 0, 0)
    tile.parent.mkdir(parents=True, exist_ok=True)
    tile.write_bytes(b"tile")
    return tile


def address(api: Api, poster: dict, kind: str) -> str:
    """Give the address of a file as an answer tells it."""
    if kind != "tile":
        return str(poster[f"{kind}_url"])
    tile = cut(api, poster)
    told = api.visitor().get(f"{V1}/posters/{poster['id']}/tiles").get_json()
    assert tile.stem == "0_0"
    return str(told["tile_url"]).replace("{level}", str(told["min_level"])).replace("{column}_{row}", "0_0")


@pytest.mark.parametrize("kind", KINDS)
def test_caches_keep_a_hung_poster_for_good_under_the_address_that_is_told(api: Api, hung: dict, kind: str) -> None:
    told = address(api, hung, kind)
    assert "?v=" in told
    answer = api.visitor().get(told)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, KEPT)
    assert "Set-Cookie" not in answer.headers
    assert "X-Robots-Tag" not in answer.headers
    again = api.visitor().get(told, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, KEPT)
    head = api.visitor().head(told)
    assert (head.status_code, head.headers["Cache-Control"]) == (200, KEPT)


@pytest.mark.parametrize("version", ["", "?v=", "?v=0", "?v=999999", "?v=-1", "?v=1x", "?v=None"])
@pytest.mark.parametrize("kind", KINDS)
def test_caches_ask_each_time_under_any_other_address(api: Api, hung: dict, kind: str, version: str) -> None:
    bare = address(api, hung, kind).partition("?")[0]
    answer = api.visitor().get(bare + version)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, ASKED_FOR)
    again = api.visitor().get(bare + version, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, ASKED_FOR)


@pytest.mark.parametrize("version", ["", "?v=1", "?v=None", "?v="])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("which", ["unlisted", "preview"])
def test_nobody_keeps_what_does_not_hang_for_others(
    api: Api, which: str, kind: str, version: str, request: pytest.FixtureRequest
) -> None:
    poster = request.getfixturevalue(which)
    told = address(api, poster, kind)
    assert "?" not in told
    answer = api.visitor().get(told + version)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, OWN)
    assert answer.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("kind", KINDS)
def test_a_poster_that_came_down_is_gone_under_every_address(api: Api, kind: str) -> None:
    owner = api.visitor()
    poster = api.made(owner, theme="autumn", distance=600 + KINDS.index(kind))
    told = address(api, poster, kind)
    etag = api.visitor().get(told).headers["ETag"]
    owner.delete(f"{V1}/posters/{poster['id']}")
    for asked in (told, told.partition("?")[0], told.partition("?")[0] + "?v=0"):
        answer = api.visitor().get(asked, headers={"If-None-Match": etag})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (404, OWN), asked


def test_a_poster_that_hangs_again_has_new_addresses(api: Api) -> None:
    owner = api.visitor()
    poster = api.made(owner, theme="sunset")
    owner.delete(f"{V1}/posters/{poster['id']}")
    again = owner.post(f"{V1}/posters/{poster['id']}/restore").get_json()
    for kind in ("download", "thumbnail", "preview"):
        old, new = poster[f"{kind}_url"], again[f"{kind}_url"]
        assert old != new
        assert owner.get(old).headers["Cache-Control"] == ASKED_FOR
        assert owner.get(new).headers["Cache-Control"] == KEPT


def test_every_answer_about_a_poster_tells_its_addresses_with_the_version(api: Api, maker: Visitor, hung: dict) -> None:
    job = maker.get(f"{V1}/jobs/{hung['job_id']}").get_json()
    wall = next(one for one in maker.get(f"{V1}/gallery").get_json()["posters"] if one["id"] == hung["id"])
    mine = next(one for one in maker.get(f"{V1}/posters").get_json()["posters"] if one["id"] == hung["id"])
    equal = maker.submit(theme="ocean")
    [event] = [
        addressed(event.payload["poster"], Urls())
        for event in api.listener.named("gallery:poster_added")
        if event.payload["poster"]["id"] == hung["id"]
    ]
    for answer in (job["result"], wall, mine, equal["result"], event):
        for kind in ("download_url", "thumbnail_url", "preview_url"):
            assert answer[kind] == hung[kind]
    page = maker.get(f"/posters/{hung['id']}").text
    assert f'<meta property="og:image" content="{hung["preview_url"]}">' in page
    assert hung["thumbnail_url"] in maker.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/about",
        "/themes",
        "/create",
        "/gallery",
        "/nothing-here",
        f"{V1}/gallery",
        f"{V1}/posters",
        f"{V1}/posters/{NOBODY}",
        f"{V1}/posters/{NOBODY}/thumbnail",
        f"{V1}/jobs/{NOBODY}",
        f"{V1}/themes",
        f"{V1}/themes/noir",
        f"{V1}/themes/own_gone",
        f"{V1}/stats",
        f"{V1}/preview.png?city=Helsinki",
        f"{V1}/download-of-nothing",
    ],
)
def test_what_does_not_say_otherwise_is_kept_for_nobody_else(ann: Visitor, path: str) -> None:
    assert ann.get(path).headers["Cache-Control"] == OWN


@pytest.mark.parametrize("which", ["unlisted", "preview"])
def test_search_engines_are_asked_to_leave_out_what_is_for_those_with_the_link(
    api: Api, which: str, request: pytest.FixtureRequest
) -> None:
    poster = request.getfixturevalue(which)
    stranger = api.visitor()
    for path in (f"/posters/{poster['id']}", f"/generate/{poster['job_id']}", f"/create?like={poster['id']}"):
        page = stranger.get(path)
        assert (page.status_code, page.headers.get("X-Robots-Tag")) == (200, "noindex"), path
        assert '<meta name="robots" content="noindex">' in page.text, path
    for path in (f"{V1}/posters/{poster['id']}", f"{V1}/jobs/{poster['job_id']}"):
        assert stranger.get(path).headers["X-Robots-Tag"] == "noindex", path


def test_pages_of_ones_own_are_not_listed_and_those_for_everybody_are(api: Api, maker: Visitor, hung: dict) -> None:
    hidden = ("/gallery", f"/posters/{hung['id']}/delete", f"/generate/{hung['job_id']}", "/gallery?page=2")
    for path in hidden:
        assert maker.get(path).headers.get("X-Robots-Tag") == "noindex", path
    for path in ("/", f"/posters/{hung['id']}", "/create", "/about", "/themes", "/canvas"):
        page = maker.get(path)
        assert "X-Robots-Tag" not in page.headers, path
        assert 'name="robots"' not in page.text, path


def test_a_job_on_its_way_is_neither_kept_nor_listed(api: Api, ann: Visitor) -> None:
    with api.holding():
        job = ann.post(f"{V1}/posters", json=HELSINKI | {"theme": "noir", "distance": 4321}).get_json()
        for path in (job["status_url"], f"/generate/{job['job_id']}"):
            answer = ann.get(path)
            assert (answer.headers["Cache-Control"], answer.headers["X-Robots-Tag"]) == (OWN, "noindex")
