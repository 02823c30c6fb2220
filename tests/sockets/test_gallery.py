"""The wall's commands and events, through a real client, on each kind of green thread."""

from __future__ import annotations

import json

import requests

from tests.sockets.test_jobs import events_until
from tests.support.server import QuickServer
from tests.support.waiting import wait_until


def test_a_new_poster_is_told_to_those_who_joined_and_is_in_the_gallery_by_then(any_server: QuickServer) -> None:
    with any_server.client() as client:
        joined = client.call("gallery:join", {})
        assert joined["ok"] is True
        assert joined["outcome"] == "refetch"  # a client with nothing has everything to fetch
        any_server.submit_new(theme="forest")
        _name, added = events_until(client, "gallery:poster_added")[-1]
    assert added["poster"]["theme"] == "forest"
    assert added["seq"] == joined["seq"] + 1
    newest = requests.get(f"{any_server.api}/gallery", timeout=10).json()["posters"][0]
    assert newest["id"] == added["poster"]["id"]
    assert requests.get(f"http://127.0.0.1:{any_server.port}{newest['thumbnail_url']}", timeout=10).status_code == 200


def test_who_was_away_gets_exactly_what_was_missed(any_server: QuickServer) -> None:
    with any_server.client() as client:
        start = client.call("gallery:join", {})
    for theme in ("copper_patina", "terracotta"):
        any_server.wait_for(any_server.submit_new(theme=theme)["job_id"], "completed")
    with any_server.client() as client:
        back = client.call("gallery:join", {"epoch": start["epoch"], "seq": start["seq"]})
        assert back["outcome"] == "replay"
        assert [event["seq"] for event in back["events"]] == [start["seq"] + 1, start["seq"] + 2]
        assert [event["payload"]["poster"]["theme"] for event in back["events"]] == ["copper_patina", "terracotta"]
        again = client.call("gallery:join", {"epoch": back["epoch"], "seq": back["seq"]})
        assert again["outcome"] == "current"
        strange = client.call("gallery:join", {"epoch": "another", "seq": back["seq"]})
        assert strange["outcome"] == "refetch"


def test_an_unlisted_poster_is_not_told_to_the_wall(any_server: QuickServer) -> None:
    with any_server.client() as client:
        before = client.call("gallery:join", {})
        any_server.wait_for(any_server.submit_new(theme="warm_beige", visibility="unlisted")["job_id"], "completed")
        after = client.call("gallery:join", {"epoch": before["epoch"], "seq": before["seq"]})
    assert after["outcome"] == "current"
    shown = requests.get(f"{any_server.api}/gallery", timeout=10).json()["posters"]
    assert "warm_beige" not in {poster["theme"] for poster in shown}


def test_who_comes_back_late_learns_nothing_of_what_was_taken_down(any_server: QuickServer) -> None:
    with any_server.client() as client:
        start = client.call("gallery:join", {})
    owner = requests.Session()
    owner.get(f"{any_server.api}/posters", timeout=10)
    job_id = any_server.submit_new(owner, city="Secretville", theme="copper_patina")["job_id"]
    gone = any_server.wait_for(job_id, "completed")["result"]["poster_id"]
    kept = any_server.wait_for(any_server.submit_new(owner, theme="terracotta")["job_id"], "completed")["result"]
    assert owner.delete(f"{any_server.api}/posters/{gone}", timeout=10).ok
    with any_server.client() as client:
        back = client.call("gallery:join", {"epoch": start["epoch"], "seq": start["seq"]})
        job = client.call("job:subscribe", {"job_id": job_id})
    assert back["outcome"] == "replay"
    assert [event["seq"] for event in back["events"]] == [start["seq"] + number for number in (1, 2, 3)]
    first, second, third = (event["payload"] for event in back["events"])
    assert (first, third) == ({"seq": start["seq"] + 1, "id": gone}, {"seq": start["seq"] + 3, "id": gone})
    assert second["poster"]["id"] == kept["poster_id"]
    assert job["ok"] is True
    for told in (back, job):
        assert "Secretville" not in json.dumps(told)
        assert "copper_patina" not in json.dumps(told)


def test_presence_counts_visitors(any_server: QuickServer) -> None:
    with any_server.client() as ann:
        # Those who have just left may be counted for a while yet.
        wait_until(lambda: ann.call("gallery:join", {})["viewers"] == 1)
        with any_server.client() as ben:
            assert ben.call("gallery:join", {})["viewers"] == 2
            while events_until(ann, "presence:changed")[-1][1]["viewers"] != 2:
                pass
