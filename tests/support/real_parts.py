"""Where the tests find the real programs and data that they use, and what they do when one is absent."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
from contextlib import suppress
from pathlib import Path
from typing import Final, NoReturn

import pytest

from config import Settings, data_dir_of
from infra.environ import read_environ

ROOT: Final = Path(__file__).resolve().parents[2]
PREPARED_DIR: Final = data_dir_of(Settings(read_environ()))
"""The data folder in which set-up prepared fonts and the gazetteer."""
SAMPLE_FILE: Final = ROOT / "data" / "samples" / "helsinki.osm.pbf"
SHARED_DATA: Final = ROOT.parent / "shared" / "data"
"""Real extracts that lie beside the checkout on some machines; the tests that use them are extras."""
LISTENING_PORTS: Final = range(10_000, 32_768)
"""The system gives the ports above to clients as they come, and one that connects may take what was free just now."""


def missing(what: str) -> NoReturn:
    """Skip because a real part is absent; fail instead where the run is strict."""
    if os.environ.get("MURAL_TEST_STRICT"):
        pytest.fail(f"{what} is missing, and this run must not skip it")
    pytest.skip(f"{what} is missing: run `make test`, or install it")


def program(name: str, *places: str) -> str:
    """Find a program, or skip."""
    found = shutil.which(name) or next((place for place in places if Path(place).exists()), None)
    return found or missing(name)


def shared_extract(name: str) -> Path:
    """Find one of the extra extracts, or skip, also in a strict run."""
    file = SHARED_DATA / name
    if not file.exists():
        pytest.skip(f"the extra extract {name} is not on this machine")
    return file


def free_port() -> int:
    """Find a port that nobody listens on, and that no client gets before the server that is to have it starts."""
    while True:
        port = secrets.choice(LISTENING_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
