"""What docs/events.md says about events and acknowledgements is what a running server sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from infra.events.events import Command, Name, names_of
from services.event_catalogue import ACKNOWLEDGEMENTS, EVENTS, Told
from tests.support.library_client import SimpleClient
from tests.support.server import Server

NOT_HERE = {
    Name.CONNECTION_ERROR,
    Name.SYSTEM_MAINTENANCE,
    Name.SYSTEM_CREDITS_LOW,
    Name.CANVAS_RESYNC,
    Name.CANVAS_BRAKES,
    Name.GENERATION_FAILED,
}
"""They need a flood, a stop, a slow client, a crowd, a broken map, an account: test_jobs.py and others see to it."""

KNOWN = {told.name: told for told in (*EVENTS, *ACKNOWLEDGEMENTS)}


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural in which nobody has to wait between two pixels."""
    running = Server(tmp_path_factory.mktemp("painted"), PIXEL_COOLDOWN="0")
    yield running
    running.stop()


def assert_as_told(told: Told, payload: dict[str, Any]) -> None:
    """Check that the fields are the ones that the catalogue has."""
    assert told.required <= payload.keys() <= told.known, (told.name, sorted(payload))


def acknowledged(client: SimpleClient, command: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Send a command, and check its acknowledgement."""
    answer: dict[str, Any] = client.call(command, payload, timeout=60)
    assert answer.pop("ok") is True, answer
    assert_as_told(KNOWN[command], answer)
    return answer


def test_the_catalogue_has_every_event_and_command_once() -> None:
    assert len(KNOWN) == len(EVENTS) + len(ACKNOWLEDGEMENTS)
    assert {told.name for told in EVENTS} == names_of(Name)
    assert {told.name for told in ACKNOWLEDGEMENTS} == names_of(Command)


def test_acknowledgements_carry_what_is_written(painted: Server) -> None:
    job_id = painted.submit()["job_id"]
    with painted.client() as client:
        acknowledged(client, Command.JOB_SUBSCRIBE, {"job_id": job_id})
        acknowledged(client, Command.JOB_UNSUBSCRIBE, {"job_id": job_id})
        wall = acknowledged(client, Command.GALLERY_JOIN, {})
        painted.wait_for(job_id, "completed")
        position = {"epoch": wall["epoch"], "seq": wall["seq"]}
        assert acknowledged(client, Command.GALLERY_JOIN, position)["outcome"] in {"current", "replay"}
        acknowledged(client, Command.GALLERY_LEAVE, {})
        board = acknowledged(client, Command.CANVAS_JOIN, {})
        acknowledged(client, Command.CANVAS_PLACE, {"x": 3, "y": 4, "color": 5})
        missed = acknowledged(client, Command.CANVAS_JOIN, {"epoch": board["epoch"], "seq": board["seq"]})
        assert isinstance(missed["pixels"], bytes)
        acknowledged(client, Command.CANVAS_INSPECT, {"x": 3, "y": 4})
        acknowledged(client, Command.CANVAS_UNDO, {})
        acknowledged(client, Command.CANVAS_LEAVE, {})


@pytest.mark.parametrize("way", ["websocket", "polling"])
def test_events_carry_what_is_written(painted: Server, way: str) -> None:
    visitor = requests.Session()
    visitor.get(f"{painted.api}/posters", timeout=30)
    wanted = names_of(Name) - NOT_HERE
    heard: set[str] = set()
    with SimpleClient() as client:
        client.connect(painted.base_url, transports=[way])
        acknowledged(client, Command.GALLERY_JOIN, {})
        acknowledged(client, Command.CANVAS_JOIN, {})
        made = painted.submit(visitor, rotation=7 if way == "polling" else 8)["job_id"]
        acknowledged(client, Command.JOB_SUBSCRIBE, {"job_id": made})
        poster_id = painted.wait_for(made, "completed")["result"]["poster_id"]
        assert visitor.delete(f"{painted.api}/posters/{poster_id}", timeout=30).ok
        cancelled = painted.submit(visitor, size="a1", rotation=9)["job_id"]
        acknowledged(client, Command.JOB_SUBSCRIBE, {"job_id": cancelled})
        acknowledged(client, Command.CANVAS_PLACE, {"x": 1, "y": 1, "color": 2})
        while heard < wanted:
            name, *payload = client.receive(timeout=60)
            heard.add(name)
            if heard >= {Name.GALLERY_MAKING, Name.GENERATION_PROGRESS}:  # what is cancelled at once is not told of
                visitor.post(f"{painted.api}/jobs/{cancelled}/cancel", timeout=30)
            if isinstance(payload[0], dict):
                assert_as_told(KNOWN[name], payload[0])
            else:
                assert not KNOWN[name].fields, name
    assert heard <= names_of(Name)
