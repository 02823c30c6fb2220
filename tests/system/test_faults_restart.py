"""A server that is killed and started again while people keep asking for posters: what was accepted is made, once."""

from __future__ import annotations

import itertools
import threading

import pytest
import requests

from tests.support.server import HELSINKI, Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

KILLS = 3
VISITORS = 3
PAUSE_S = 1.0
"""How long a visitor rests after a wish: about as long as a poster takes, so that some wait and all get theirs soon."""


def test_what_was_accepted_under_load_is_made_in_spite_of_kills(own_server: Server) -> None:
    accepted: dict[str, None] = {}
    stop = threading.Event()
    wishes = itertools.count(1)

    def ask() -> None:
        while not stop.is_set():
            wish = HELSINKI | {"city": f"Helsinki {next(wishes)}", "size": "a5", "dpi": 72}
            try:
                answer = requests.post(f"{own_server.api}/posters", json=wish, timeout=10)
            except requests.RequestException:  # it is down: this wish was never accepted
                stop.wait(0.05)
                continue
            assert answer.status_code == requests.codes.accepted, answer.text
            accepted[answer.json()["job_id"]] = None
            stop.wait(PAUSE_S)

    visitors = [threading.Thread(target=ask) for _ in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    for _ in range(KILLS):
        wait_for_another(own_server)
        own_server.kill()
        own_server.start()
    wait_for_another(own_server)
    stop.set()
    for visitor in visitors:
        visitor.join()

    assert len(accepted) > KILLS
    jobs = [own_server.wait_for(job_id, "completed", "failed") for job_id in accepted]
    assert [job for job in jobs if job["status"] == "failed"] == []
    made = [job["result"]["poster_id"] for job in jobs]
    assert len(set(made)) == len(made), "no poster twice"
    assert set(made) <= set(on_the_wall(own_server))
    print(f"{len(accepted)} accepted, {len(made)} made, {KILLS} kills")  # noqa: T201 - what the run was about


def wait_for_another(server: Server) -> None:
    """Wait until one more poster has been made."""

    def made() -> int:
        return int(requests.get(f"{server.api}/stats", timeout=30).json()["total_posters"])

    before = made()
    wait_until(lambda: made() > before, server.log)


def on_the_wall(server: Server) -> list[str]:
    """Walk the whole wall and check that every place on it is taken by one poster."""
    found: list[str] = []
    before: dict[str, int] = {}
    while True:
        page = requests.get(f"{server.api}/gallery", params={"limit": 50, **before}, timeout=30).json()
        found += [poster["id"] for poster in page["posters"]]
        if page.get("next_before") is None:
            assert len(set(found)) == len(found)
            return found
        before = {"before": page["next_before"]}
