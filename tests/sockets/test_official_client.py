"""The official JavaScript client against the running server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.real_parts import ROOT, missing, program
from tests.support.server import QuickServer

PROGRAM = Path(__file__).with_name("official_client.mjs")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_official_client_joins_subscribes_and_is_answered(any_server: QuickServer, transport: str) -> None:
    if not (ROOT / "node_modules" / "socket.io-client").exists():
        missing("socket.io-client")
    with any_server.holding():
        job_id = any_server.submit_new()["job_id"]
        command = [program("node"), str(PROGRAM), any_server.base_url, job_id, transport]
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert running.stdout is not None
        listening = running.stdout.readline()
    answer, errors = running.communicate()
    assert (listening, running.returncode) == ("listening\n", 0), errors
    said = json.loads(answer)
    assert said["transport"] == transport
    assert said["established"]["user_id"]
    assert said["joined"]["outcome"] == "refetch"
    assert said["subscribed"]["job"]["job_id"] == job_id
    assert said["unknown"]["error"] == "Unknown command"
    assert [said[name]["error"] for name in ("malformed", "strange")] == ["Validation error"] * 2
    assert said["left"] == {"ok": True}
    assert said["completed"]["request_id"] == job_id
    assert said["added"]["poster"]["id"] == said["completed"]["poster"]["id"]
