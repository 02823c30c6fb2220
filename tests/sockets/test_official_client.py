"""The official JavaScript client against the running server."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.real_parts import ROOT, missing, program
from tests.support.server import Server

PROGRAM = Path(__file__).with_name("official_client.mjs")


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_the_official_client_joins_subscribes_and_is_answered(any_server: Server, transport: str) -> None:
    if not (ROOT / "node_modules" / "socket.io-client").exists():
        missing("socket.io-client")
    theme = {"websocket": "riso_coral", "polling": "saffron"}[transport]
    any_server.wait_for(any_server.submit(size="a2", theme="noir")["job_id"], "processing", "completed")
    job_id = any_server.submit(theme=theme)["job_id"]
    command = [program("node"), str(PROGRAM), any_server.base_url, job_id, transport]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
    assert answer.returncode == 0, answer.stderr
    said = json.loads(answer.stdout)
    assert said["transport"] == transport
    assert said["established"]["user_id"]
    assert said["joined"]["outcome"] == "refetch"
    assert said["subscribed"]["job"]["job_id"] == job_id
    assert said["unknown"]["error"] == "Unknown command"
    assert [said[name]["error"] for name in ("malformed", "strange")] == ["Validation error"] * 2
    assert said["left"] == {"ok": True}
    if said["completed"]:
        assert said["completed"]["request_id"] == job_id
        assert said["added"]["poster"]["id"]
