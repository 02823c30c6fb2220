"""Posters whose map comes from an Overpass server, through the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from tests.support.osm_data import osm_data
from tests.support.outside import Fault
from tests.support.overpass_server import OverpassServer
from tests.support.real_parts import SAMPLE_FILE
from tests.support.server import Server

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def asked_by_all() -> Iterator[OverpassServer]:
    with OverpassServer(osm_data(SAMPLE_FILE)) as server:
        yield server


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, asked_by_all: OverpassServer) -> Iterator[Server]:
    settings = {"OVERPASS_URL": asked_by_all.url, "USER_AGENT_CONTACT": "host@example.org"}
    server = Server(tmp_path_factory.mktemp("overpass") / "data", MAP_SOURCE="overpass", **settings)
    yield server
    server.stop()


@pytest.fixture
def overpass(asked_by_all: OverpassServer) -> OverpassServer:
    """The map server, in good order and not asked yet."""
    asked_by_all.asked.clear()
    asked_by_all.faults.clear()
    asked_by_all.delay_s = 0.0
    return asked_by_all


@pytest.fixture
def mural(installation: Server, overpass: OverpassServer) -> Server:
    """The installation, with no maps from before."""
    rmtree(installation.data_dir / "cache" / "areas", ignore_errors=True)
    return installation


def test_a_poster_is_made_and_another_theme_of_it_asks_nobody_again(mural: Server, overpass: OverpassServer) -> None:
    first = mural.wait_for(mural.submit_new(theme="ocean")["job_id"], "completed", "failed")
    assert first["status"] == "completed", first
    questions = len(overpass.asked)
    assert questions == 1
    assert "host@example.org" in overpass.asked[0].user_agent
    second = mural.wait_for(mural.submit_new(theme="forest")["job_id"], "completed", "failed")
    assert second["status"] == "completed", second
    assert len(overpass.asked) == questions


def test_equal_downloads_of_two_jobs_are_one(mural: Server, overpass: OverpassServer) -> None:
    overpass.delay_s = 0.5
    jobs = [mural.submit_new()["job_id"] for _ in range(3)]
    assert {mural.wait_for(job, "completed", "failed")["status"] for job in jobs} == {"completed"}
    assert len(overpass.asked) == 1
    assert overpass.most_at_once == 1


def test_a_server_that_refuses_us_ends_the_job_with_a_sentence(mural: Server, overpass: OverpassServer) -> None:
    overpass.faults.extend([Fault.FORBIDDEN] * 10)
    job = mural.wait_for(mural.submit_new()["job_id"], "completed", "failed")
    assert (job["status"], job["retry_allowed"]) == ("failed", False)
    assert "map server" in job["error_message"].lower()


def test_a_place_without_streets_ends_with_a_plain_answer(mural: Server) -> None:
    job = mural.wait_for(mural.submit(latitude=0.0, longitude=-30.0)["job_id"], "completed", "failed")
    assert (job["status"], job["error"]) == ("failed", "NoStreets")
    assert "no streets" in job["error_message"].lower()


def test_an_endless_answer_is_cut_off_and_leftovers_go_at_the_next_start(
    asked_by_all: OverpassServer, overpass: OverpassServer, tmp_path: Path
) -> None:
    left = tmp_path / "data" / "cache" / "overpass" / "work"
    left.mkdir(parents=True)
    (left / "answer-0.osm").write_bytes(bytes(1_000_000))
    (left.parent / "turn.lock").touch()
    server = Server(tmp_path / "data", MAP_SOURCE="overpass", OVERPASS_URL=asked_by_all.url, OVERPASS_MAX_MB="20")
    try:
        assert not left.exists(), "what a kill had left"
        overpass.faults.append(Fault.BOMB)
        job = server.wait_for(server.submit()["job_id"], "completed", "failed")
        assert (job["status"], job["retry_allowed"]) == ("failed", False)
        assert "more than 20 MB" in job["error_message"]
        assert not left.exists()
        overpass.faults.append(Fault.ELSEWHERE)
        overpass.elsewhere = "http://10.1.2.3/inside"
        job = server.wait_for(server.submit_new()["job_id"], "completed", "failed")
        assert "10.1.2.3" not in str(job)
        assert "10.1.2.3" in server.log()
    finally:
        server.stop()
