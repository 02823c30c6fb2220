"""Commands and events of jobs, through a real client, on each kind of green thread."""

from __future__ import annotations

from typing import Any

from mural.jobs.progress import Step
from tests.support.library_client import SimpleClient
from tests.support.server import QuickServer
from tests.support.waiting import PATIENCE_S


def events_until(client: SimpleClient, *last: str) -> list[tuple[str, dict[str, Any]]]:
    """Receive events up to and including the first of the given names."""
    received: list[tuple[str, dict[str, Any]]] = []
    while not received or received[-1][0] not in last:
        name, payload = client.receive(timeout=PATIENCE_S)
        received.append((name, payload))
    return received


def test_a_subscriber_hears_every_step_in_order_and_then_the_poster(any_server: QuickServer) -> None:
    with any_server.client() as client:
        with any_server.holding():
            submitted = any_server.submit_new()
            acknowledged = client.call("job:subscribe", {"job_id": submitted["job_id"]})
            assert acknowledged["ok"] is True
            assert acknowledged["job"]["status"] in {"pending", "processing"}
            events = []
            while not events or events[-1][1].get("message") != Step.DRAWING:
                events += events_until(client, "generation:progress")
        events += events_until(client, "generation:completed", "generation:failed")
    name, completed = events[-1]
    assert name == "generation:completed", completed
    assert completed["poster"]["city"] == "Helsinki"
    progress = [payload for name, payload in events if name == "generation:progress"]
    figures = [payload["progress"] for payload in progress]
    assert figures == sorted(figures)
    assert max(figures) < 100
    order = [step.value for step in Step]
    seen = [order.index(payload["message"]) for payload in progress if payload["message"] in order]
    assert seen == sorted(seen)
    assert all(payload["request_id"] == submitted["job_id"] for payload in progress)


def test_the_poster_can_be_fetched_when_completion_is_told(any_server: QuickServer) -> None:
    with any_server.client() as client:
        submitted = any_server.submit_new()
        client.call("job:subscribe", {"job_id": submitted["job_id"]})
        _name, completed = events_until(client, "generation:completed", "generation:failed")[-1]
        job = any_server.job(submitted["job_id"])
    assert job["status"] == "completed"
    assert job["result"]["poster_id"] == completed["poster"]["id"]


def test_a_job_that_nobody_knows_is_refused_by_name(any_server: QuickServer) -> None:
    with any_server.client() as client:
        answer = client.call("job:subscribe", {"job_id": "no-such-job"})
    assert (answer["ok"], answer["error"]) == (False, "Job not found")


def test_unknown_and_malformed_commands_are_acknowledged(any_server: QuickServer) -> None:
    with any_server.client() as client:
        assert client.call("job:explode", {})["error"] == "Unknown command"
        for payload in ({}, {"job_id": 7}, {"job_id": "x", "more": 1}, "text", 5, None, ["list"]):
            answer = client.call("job:subscribe", payload)
            assert (answer["ok"], answer["error"]) == (False, "Validation error"), payload
        assert client.call("gallery:join", {"seq": -1})["field"] == "seq"


def test_a_flood_costs_the_flooder_and_nobody_else(any_server: QuickServer) -> None:
    with any_server.client() as flooder, any_server.client() as other:
        refused = sum(not flooder.call("gallery:leave", {}, timeout=30)["ok"] for _ in range(250))
        assert refused > 0
        assert other.call("gallery:leave", {})["ok"] is True
