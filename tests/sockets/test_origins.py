"""Whose pages may open a socket, asked as a browser asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.api import Api, running_api
from tests.support.places import place_index

OWN = "http://localhost"
FRIEND = "https://friend.example"
EVIL = "https://evil.example"


def may_connect(api: Api, origin: str, site: str = "", prefix: str = "") -> bool:
    headers = ({"Origin": origin} if origin else {}) | ({"Sec-Fetch-Site": site} if site else {})
    answer = api.visitor().get(f"{prefix}/socket.io/?EIO=4&transport=polling", headers=headers)
    return answer.status_code == 200


@pytest.mark.parametrize(
    ("setting", "friend", "evil"),
    [("", False, False), (f"{FRIEND}, https://third.example", True, False), ("*", True, True)],
)
def test_our_own_pages_programs_and_whoever_is_let_in(
    tmp_path: Path, setting: str, *, friend: bool, evil: bool
) -> None:
    with running_api(tmp_path, place_index(), CORS_ORIGINS=setting) as api:
        assert may_connect(api, OWN)
        assert may_connect(api, "")
        assert not may_connect(api, "https://localhost") or evil
        assert (may_connect(api, FRIEND), may_connect(api, EVIL)) == (friend, evil)


@pytest.mark.parametrize("prefix", ["", "/maps"])
def test_a_strangers_picture_or_script_opens_no_socket(tmp_path: Path, prefix: str) -> None:
    with running_api(tmp_path, place_index(), CORS_ORIGINS=FRIEND, URL_PREFIX=prefix) as api:
        for site in ("cross-site", "same-site"):
            assert not may_connect(api, "", site, prefix)
        assert not may_connect(api, "null", "cross-site", prefix)
        assert not may_connect(api, OWN, "cross-site", prefix)
        for site in ("same-origin", "none"):
            assert may_connect(api, "", site, prefix)
        assert may_connect(api, FRIEND, "cross-site", prefix)


def test_a_socket_is_opened_where_the_proxy_names_the_usual_port(tmp_path: Path) -> None:
    with running_api(tmp_path, place_index(), TRUSTED_PROXIES="1") as api:
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "a.example:443", "Origin": "https://a.example"}
        answer = api.visitor().get("/socket.io/?EIO=4&transport=polling", headers=headers)
        assert answer.status_code == 200
