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


def test_a_private_job_is_followed_by_its_owner_alone(any_server: QuickServer) -> None:
    owner = requests.Session()
    owner.get(f"{any_server.api}/posters", timeout=10)
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items())
    walk = {"label": "Way to school", "points": [[60.17, 24.94], [60.18, 24.95]]}
    with any_server.client(cookie=cookie) as own, any_server.client() as stranger:
        stranger.call("gallery:join", {})
        with any_server.holding():
            hers = any_server.submit_new(owner, tracks=[walk], theme="plum_wine")["job_id"]
            for job_id in (hers, "0" * 32):
                refused = stranger.call("job:subscribe", {"job_id": job_id})
                assert (refused["ok"], refused["error"]) == (False, "Job not found")
            assert own.call("job:subscribe", {"job_id": hers})["job"]["job_id"] == hers
        heard_by_owner = everything_heard(own, "generation:completed")
        poster_id = heard_by_owner[-1][1]["poster"]["id"]
        assert stranger.call("job:subscribe", {"job_id": hers})["error"] == "Job not found"
        address = f"{any_server.api}/posters/{poster_id}"
        assert requests.get(address, timeout=10).status_code == 404
        assert owner.patch(address, json={"visibility": "public"}, timeout=10).ok
        heard = everything_heard(stranger, "gallery:poster_added")
        assert hers not in json.dumps(heard[:-1])
        assert heard[-1][1]["poster"]["id"] == poster_id
        assert "Way to school" not in json.dumps(heard)
        assert owner.patch(address, json={"visibility": "private"}, timeout=10).ok
        removed = everything_heard(stranger, "gallery:poster_removed")[-1]
        assert removed[1].keys() == {"seq", "id"}
        assert stranger.call("job:subscribe", {"job_id": hers})["error"] == "Job not found"
