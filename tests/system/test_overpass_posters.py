"""Posters whose map comes from an Overpass server, through the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.osm_data import OsmData
from tests.support.outside import Fault
from tests.support.overpass_server import OverpassServer
from tests.support.real_parts import SAMPLE_FILE
from tests.support.server import Server

pytestmark = pytest.mark.system


@pytest.fixture
def overpass() -> Iterator[OverpassServer]:
    with OverpassServer(OsmData(SAMPLE_FILE)) as server:
        yield server


@pytest.fixture
def mural(tmp_path: Path, overpass: OverpassServer) -> Iterator[Server]:
    server = Server(
        tmp_path / "data", MAP_SOURCE="overpass", OVERPASS_URL=overpass.url, USER_AGENT_CONTACT="host@example.org"
    )
    yield server
    server.stop()


def test_a_poster_is_made_and_another_theme_of_it_asks_nobody_again(mural: Server, overpass: OverpassServer) -> None:
    first = mural.wait_for(mural.submit(theme="ocean")["job_id"], "completed", "failed")
    assert first["status"] == "completed", first
    questions = len(overpass.asked)
    assert questions == 1
    assert "host@example.org" in overpass.asked[0].user_agent
    second = mural.wait_for(mural.submit(theme="forest")["job_id"], "completed", "failed")
    assert second["status"] == "completed", second
    assert len(overpass.asked) == questions


def test_equal_downloads_of_two_jobs_are_one(mural: Server, overpass: OverpassServer) -> None:
    overpass.delay_s = 0.5
    jobs = [mural.submit(theme=theme)["job_id"] for theme in ("ocean", "forest", "sunset")]
    assert {mural.wait_for(job, "completed", "failed")["status"] for job in jobs} == {"completed"}
    assert len(overpass.asked) == 1
    assert overpass.most_at_once == 1


def test_a_server_that_refuses_us_ends_the_job_with_a_sentence(mural: Server, overpass: OverpassServer) -> None:
    overpass.faults.extend([Fault.FORBIDDEN] * 10)
    job = mural.wait_for(mural.submit()["job_id"], "completed", "failed")
    assert (job["status"], job["retry_allowed"]) == ("failed", False)
    assert "map server" in job["error_message"].lower()


def test_a_place_without_streets_ends_with_a_plain_answer(mural: Server) -> None:
    job = mural.wait_for(mural.submit(latitude=0.0, longitude=-30.0)["job_id"], "completed", "failed")
    assert (job["status"], job["error"]) == ("failed", "NoStreets")
    assert "no streets" in job["error_message"].lower()
