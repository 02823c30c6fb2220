"""Installations to copy and to bring back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation


@pytest.fixture
def installation(tmp_path: Path) -> Any:
    made = Installation(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def on_postgres(tmp_path: Path, postgres_url: str) -> Iterator[Installation]:
    made = Installation(tmp_path, postgres_url)
    yield made
    made.stop()
