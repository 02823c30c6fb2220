from __future__ import annotations

import pytest

from mural.geo.gazetteer import Gazetteer
from tests.support.places import place_index


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer(place_index())
