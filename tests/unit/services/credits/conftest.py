from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.db.session import Database
from infra.events.events import RecordingPublisher
from services.credits.service import CreditService
from tests.support.credits import make_credits
from tests.support.posters import HandClock
from tests.support.tables import lay_tables


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    (tmp_path / "data").mkdir()
    lay_tables(database_url)
    opened = Database(database_url, busy_timeout_s=60)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def told() -> RecordingPublisher:
    return RecordingPublisher()


@pytest.fixture
def plans() -> dict[str, str]:
    return {}


@pytest.fixture
def ledger(database: Database, clock: HandClock, told: RecordingPublisher, plans: dict[str, str]) -> CreditService:
    return make_credits(database, clock, told, plans)
