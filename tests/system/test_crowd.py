"""Many people at once, through real HTTP: nothing is made twice, nothing is lost, and everybody has their turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.server import HELSINKI, QuickServer

pytestmark = pytest.mark.system

SESSIONS = 50
EACH = 4


@pytest.fixture(scope="module", params=["eventlet", "threading"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickServer]:
    data_dir: Path = tmp_path_factory.mktemp("crowd")
    limits = {"RATE_LIMIT_POSTERS": "100000 per minute", "MAX_QUEUE": "300"}
    running = QuickServer(data_dir, ASYNC_MODE=request.param, RENDER_WORKERS="1", **limits)
    yield running
    running.stop()


def all_at_once(calls: list[Callable[[], requests.Response]]) -> list[requests.Response]:
    """Make every call from a thread of its own, none before all are ready."""
    together = threading.Barrier(len(calls))

    def call(one: Callable[[], requests.Response]) -> requests.Response:
        together.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def post(server: QuickServer, cookies: dict[str, str], **changes: Any) -> requests.Response:
    return requests.post(f"{server.api}/posters", json=HELSINKI | changes, cookies=cookies, timeout=120)


def test_fifty_equal_wishes_at_once_are_one_drawing(server: QuickServer) -> None:
    with server.holding():
        answers = all_at_once([lambda: post(server, {}, theme="ocean") for _ in range(SESSIONS)])
    assert [answer.status_code for answer in answers] == [202] * SESSIONS
    assert len({answer.json()["job_id"] for answer in answers}) == 1
    job_id = answers[0].json()["job_id"]
    done = server.wait_for(job_id, "completed", "failed")
    assert done["status"] == "completed", done
    again = all_at_once([lambda: post(server, {}, theme="ocean") for _ in range(SESSIONS)])
    assert {answer.status_code for answer in again} == {200}
    assert {answer.json()["result"]["poster_id"] for answer in again} == {done["result"]["poster_id"]}
    assert server.drawn() == [job_id]


def test_two_hundred_wishes_of_fifty_people_all_end_right_and_in_turns(server: QuickServer) -> None:
    known = len(server.drawn())
    people = [requests.get(f"{server.api}/posters", timeout=60).cookies.get_dict() for _ in range(SESSIONS)]
    wishes = [(person, 1000 + SESSIONS * turn + person) for turn in range(EACH) for person in range(SESSIONS)]
    calls = [
        lambda person=person, distance=distance: post(server, people[person], distance=distance)
        for person, distance in wishes
    ]
    with server.holding():
        answers = all_at_once(calls)
    assert {answer.status_code for answer in answers} == {202}
    owners = {answer.json()["job_id"]: wish for answer, wish in zip(answers, wishes, strict=True)}
    assert len(owners) == SESSIONS * EACH
    for job_id, (_person, distance) in owners.items():
        job = server.wait_for(job_id, "completed", "failed")
        assert job["status"] == "completed", job
        poster = requests.get(f"{server.api}/posters/{job['result']['poster_id']}", timeout=60).json()
        assert (poster["distance"], poster["job_id"]) == (distance, job_id)
    for person, cookies in enumerate(people):
        own = requests.get(f"{server.api}/posters", cookies=cookies, timeout=60).json()
        assert {poster["distance"] for poster in own["posters"]} == {
            distance for owner, distance in wishes if owner == person
        }
    assert_in_turns([owners[job_id][0] for job_id in server.drawn()[known:]])


def assert_in_turns(served: list[int]) -> None:
    """Check that nobody is served again before everybody else who waits was."""
    # The first was taken before the others had asked.
    order = served[1:]
    for person in set(order):
        places = [place for place, other in enumerate(order) if other == person]
        for earlier, later in pairwise(places):
            waiting = set(order[earlier + 1 :]) - {person}
            assert waiting & set(order[later:]) <= set(order[earlier + 1 : later]), (person, order)
