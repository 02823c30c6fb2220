"""Whose pages may open a socket, asked as a browser asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.api import Api, running_api
from tests.support.places import place_index

OWN = "http://localhost"
FRIEND = "https://friend.example"
EVIL = "https://evil.example"


def may_connect(api: Api, origin: str) -> bool:
    headers = {"Origin": origin} if origin else {}
    answer = api.visitor().get("/socket.io/?EIO=4&transport=polling", headers=headers)
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
