"""Errors of the whole program reach a Sentry, whatever kind of green threads carries them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.sentry_server import sentry_server
from tests.support.server import MODES, QuickServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


@pytest.mark.parametrize("mode", MODES)
def test_a_fault_is_reported(tmp_path: Path, mode: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "backups").symlink_to("/proc")  # where nobody can write a copy of the database
    with sentry_server() as sentry:
        server = QuickServer(tmp_path / "data", SENTRY_DSN=sentry.dsn, ASYNC_MODE=mode)
        wait_until(lambda: "could not be backed up" in server.log())
        server.stop()  # which sends what is left to send
    assert "could not be backed up" in str(sentry.events[0]["logentry"])
    assert sentry.events[0]["release"].startswith("mural@")
