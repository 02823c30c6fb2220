"""Parts that the tests of whole systems share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.redis_server import RedisServer


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    """A running Redis that a test may kill, freeze and bring back."""
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()
