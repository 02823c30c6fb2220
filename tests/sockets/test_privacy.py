"""What a stranger who joins the wall is told, event by event."""

from __future__ import annotations

import json
from typing import Any

import requests

from tests.support.library_client import SimpleClient
from tests.support.server import QuickServer


def everything_heard(client: SimpleClient, until: str) -> list[tuple[str, Any]]:
    """Receive all events up to the one that mentions a text."""
    heard: list[tuple[str, Any]] = []
    while not heard or until not in json.dumps(heard[-1]):
        heard.append(tuple(client.receive(timeout=120)))
    return heard


def test_a_stranger_hears_of_public_posters_and_of_nothing_else(any_server: QuickServer) -> None:
    owner = requests.Session()
    owner.get(f"{any_server.api}/posters", timeout=10)
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    with any_server.client(cookie=cookie) as own, any_server.client() as stranger:
        owner_id = own.receive(timeout=10)[1]["user_id"]
        stranger_id = stranger.receive(timeout=10)[1]["user_id"]
        assert owner_id != stranger_id
        stranger.call("gallery:join", {})
        hidden = any_server.submit_new(owner, theme="plum_wine", visibility="unlisted")["job_id"]
        secret = any_server.wait_for(hidden, "completed")["result"]["poster_id"]
        shown = any_server.submit_new(owner, theme="porcelain")["job_id"]
        public = any_server.wait_for(shown, "completed")["result"]["poster_id"]
        assert owner.delete(f"{any_server.api}/posters/{public}", timeout=10).ok
        heard = everything_heard(stranger, "gallery:poster_removed")
        own_heard = everything_heard(own, public)
    names = {name for name, _payload in heard}
    assert "gallery:poster_added" in names
    assert names <= {"gallery:making", "gallery:poster_added", "gallery:poster_removed", "presence:changed"}
    told = json.dumps(heard)
    for private in (owner_id, hidden, secret, "plum_wine", "unlisted", "owner", "user_id"):
        assert private not in told
    assert secret in json.dumps(own_heard), "the owner does hear of it"
