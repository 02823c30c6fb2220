"""What the whole program notes about requests: ids, log lines and figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from socketio.exceptions import DisconnectedError

from tests.support.library_client import hang_up
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("observed"), METRICS="1", LOG_FORMAT="json", TRUSTED_PROXIES="1")
    yield running
    running.stop()


def entries(server: Server, **about: object) -> list[dict[str, object]]:
    """Wait for lines about something, and read them."""

    def look() -> list[dict[str, object]]:
        found = map(json.loads, server.log().rpartition("\n")[0].splitlines())
        return [entry for entry in found if about.items() <= entry.items()]

    return wait_until(look, server.log)


def figures(server: Server) -> dict[str, float]:
    """Every sample by its name, labels summed up."""
    text = requests.get(f"{server.base_url}/metrics", timeout=10).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


def test_a_job_can_be_followed_through_log_and_figures(observed: Server) -> None:
    before = figures(observed)
    client = observed.client()
    client.call("gallery:join", {})
    job_id = observed.submit(city="Oulu")["job_id"]
    observed.wait_for(job_id, "completed")
    after = figures(observed)
    client.disconnect()
    assert after["mural_sockets"] == 1
    assert after["mural_jobs_total"] == before["mural_jobs_total"] + 1
    assert after["mural_job_step_seconds_count"] > before.get("mural_job_step_seconds_count", 0)
    assert after["mural_command_seconds_count"] >= 1
    assert after["mural_request_seconds_count"] > before["mural_request_seconds_count"]
    assert after["mural_hub_lag_seconds_count"] > before["mural_hub_lag_seconds_count"]
    assert after["mural_render_processes_idle"] + after["mural_render_processes_busy"] >= 1
    assert after["mural_storage_bytes"] > 0
    assert {"mural_queue_depth", "mural_cache_hits_total", "mural_cache_fallback_active"} <= after.keys()


def test_every_line_is_json_and_every_answer_names_its_line(observed: Server) -> None:
    answer = requests.get(f"{observed.base_url}/none%0a%22forged", timeout=10)
    (line,) = entries(observed, request_id=answer.headers["X-Request-ID"])
    assert str(line["event"]).startswith('GET /none\n"forged 404 in ')


def test_the_lines_about_a_job_and_a_command_say_so(observed: Server) -> None:
    job_id = observed.submit(latitude=-45.0, longitude=-120.0, city="Nowhere")["job_id"]
    observed.wait_for(job_id, "failed")
    assert entries(observed, job_id=job_id, level="warning")
    client = observed.client(reconnection=False)

    def flood() -> list[dict[str, object]]:
        with suppress(DisconnectedError):  # cut off by the server
            for _ in range(400):
                client.emit("gallery:leave", {})
        return [entry for entry in entries(observed) if "flooding" in str(entry["event"])]

    flooding = wait_until(flood)  # on a slow machine a few hundred commands are no flood yet
    assert flooding[0]["command"] == "gallery:leave"
    assert flooding[0]["socket"]
    hang_up(client.client)


def test_the_id_of_a_trusted_proxy_is_kept_when_it_is_well_formed(observed: Server) -> None:
    def named(given: str) -> str:
        answer = requests.get(f"{observed.api}/themes", headers={"X-Request-ID": given}, timeout=10)
        return str(answer.headers["X-Request-ID"])

    assert named("abc-123.def_456") == "abc-123.def_456"
    assert named("no spaces please") != "no spaces please"
    assert named("x" * 65) != "x" * 65


def test_strangers_cannot_choose_the_id_and_find_no_figures(server: Server, tmp_path: Path) -> None:
    answer = requests.get(f"{server.api}/themes", headers={"X-Request-ID": "abc-123.def_456"}, timeout=10)
    assert answer.headers["X-Request-ID"] != "abc-123.def_456"
    assert requests.get(f"{server.base_url}/metrics", timeout=10).status_code == 404


def test_the_start_is_one_line_and_no_warning(server: Server) -> None:
    first = wait_until(server.log).splitlines()[0]
    assert f"Mural is open at http://localhost:{server.port}/" in first
    assert "Deprecat" not in server.log()
