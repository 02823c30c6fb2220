"""The REST interface that the tests of its views ask; what they make in it does not disturb other tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api import Api, Visitor, running_api
from tests.support.places import place_index


@pytest.fixture(scope="session")
def gazetteer() -> Path:
    return place_index()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, gazetteer: Path) -> Iterator[Api]:
    with running_api(tmp_path_factory.mktemp("api"), gazetteer) as running:
        yield running


@pytest.fixture
def fresh_api(tmp_path: Path, gazetteer: Path) -> Iterator[Api]:
    """An installation in which nothing was made yet."""
    with running_api(tmp_path, gazetteer) as running:
        yield running


@pytest.fixture
def ann(api: Api) -> Visitor:
    return api.visitor()


@pytest.fixture
def ben(api: Api) -> Visitor:
    return api.visitor()
