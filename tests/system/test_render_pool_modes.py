"""The render pool under each of the three kinds of threads that a server can run on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.real_parts import ROOT
from tests.support.server import MODES, runs
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


def program(mode: str, folder: Path, *act: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.system.render_pool_program", mode, str(folder), *act],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module", params=MODES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the whole program once a mode; what it measured is printed for people."""
    with program(request.param, tmp_path_factory.mktemp(request.param)) as running:
        out, err = running.communicate()
    assert running.returncode == 0, err
    said: dict[str, Any] = json.loads(out)
    figures = {name: said[name] for name in ("overhead_ms", "lag_ms", "replacing_lag_ms", "cancel_ms")}
    print(f"\nrender pool on {request.param}: {figures}")  # noqa: T201 - a figure to look at, not to test
    return said


@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        ("drawn", "poster.png"),
        ("killed", "RenderCrashed SIGKILL"),
        ("cancelled", "Cancelled"),
        ("crashed", "RenderCrashed SIGSEGV"),
        ("hungry", "OutOfMemory"),
        ("garbage", "RenderCrashed"),
        ("timed_out", "RenderTimeout"),
        ("cancel_again", "Cancelled"),
    ],
)
def test_every_end_of_a_job_is_told_apart(report: dict[str, Any], what: str, outcome: str) -> None:
    assert report[what] == outcome


def test_no_file_descriptor_is_lost(report: dict[str, Any]) -> None:
    assert report["files_after"] == report["files_before"]


def test_stopping_leaves_no_process(report: dict[str, Any]) -> None:
    assert report["left_over"] == []


@pytest.mark.parametrize("mode", MODES)
def test_a_killed_server_leaves_no_process(mode: str, tmp_path: Path) -> None:
    with program(mode, tmp_path, "linger") as running:
        assert running.stdout is not None
        pids = json.loads(running.stdout.readline())["pids"]
        assert len(pids) == 2
        assert all(Path(f"/proc/{pid}").exists() for pid in pids)
        os.kill(running.pid, signal.SIGKILL)
    wait_until(lambda: not any(runs(pid) for pid in pids), lambda: "render processes outlived the server")
