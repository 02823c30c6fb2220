"""What figures depend on: the machine, what runs on it already, and the versions of what is measured."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bench.effort import MODE
from mural import __version__
from tests.support.real_parts import ROOT

MEASURED: Final = ("eventlet", "gevent", "python-socketio", "matplotlib", "osmium", "osmnx", "sqlalchemy")


def describe() -> list[str]:
    """Say when, on what and with what a benchmark runs; to be asked before it begins, for the load."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = " ".join(f"{name} {version(name)}" for name in MEASURED)
    return [
        f"date      {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {MODE} run",
        f"machine   {_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB, Linux {platform.release()}",
        f"load      {load} before the run (1, 5 and 15 minutes)",
        f"versions  Mural {__version__} {_said('git', 'describe', '--always', '--dirty')}",
        f"          Python {platform.python_version()}, Node {_said('node', '--version')}",
        f"          {versions}",
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "(none)"
