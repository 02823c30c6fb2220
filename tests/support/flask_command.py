"""The `flask` command, run as a person runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.real_parts import ROOT
from tests.support.server import environment


def run_flask(data_dir: Path, *arguments: str, **settings: str) -> str:
    """Run a command on a data folder, and give what it says; it must succeed."""
    ended = subprocess.run(
        [sys.executable, "-m", "flask", *arguments],
        cwd=ROOT,
        env=environment(data_dir, 8000, **settings) | {"FLASK_APP": "app_factory:from_environment"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
