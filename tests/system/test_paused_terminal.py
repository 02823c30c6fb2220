"""A log that nobody takes any more, as in a terminal that somebody paused."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from tests.support.server import MODES, QuickServer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

PIPE_BYTES = 64 * 1024


@pytest.mark.parametrize("mode", MODES)
def test_everybody_is_served_while_nobody_reads_the_log(tmp_path: Path, mode: str) -> None:
    pipe = tmp_path / "data.log"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    server = QuickServer(tmp_path / "data", ASYNC_MODE=mode)
    try:
        lines = 0
        while lines * 80 < 2 * PIPE_BYTES:  # a line has more than eighty letters
            assert requests.get(f"{server.api}/none", timeout=60).status_code == 404
            lines += 1
        read = bytearray()

        def caught_up() -> bool:
            with suppress(BlockingIOError):
                read.extend(os.read(reader, PIPE_BYTES))
            return read.count(b"GET /api/v1/none 404") == lines

        wait_until(caught_up)
    finally:
        server.stop()
        os.close(reader)
