"""Whose pages may open a socket, asked of the whole program as a browser asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.support.server import Server

pytestmark = pytest.mark.system

EVIL = "https://evil.example"
FRIEND = "https://friend.example"


def may_connect(server: Server, origin: str) -> bool:
    headers = {"Origin": origin} if origin else {}
    params = {"EIO": "4", "transport": "polling"}
    answer = requests.get(f"{server.base_url}/socket.io/", params=params, headers=headers, timeout=10)
    return answer.status_code == requests.codes.ok


def own(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_our_own_pages_and_programs_only(server: Server) -> None:
    assert may_connect(server, own(server))
    assert may_connect(server, "")
    assert not may_connect(server, EVIL)
    assert not may_connect(server, f"https://127.0.0.1:{server.port}")


@pytest.mark.parametrize(("setting", "evil"), [(f"{FRIEND}, https://third.example", False), ("*", True)])
def test_others_beside_our_own(tmp_path: Path, setting: str, *, evil: bool) -> None:
    server = Server(tmp_path / "data", CORS_ORIGINS=setting)
    answers = [may_connect(server, origin) for origin in (own(server), FRIEND, EVIL)]
    server.stop()
    assert answers == [True, True, evil]
