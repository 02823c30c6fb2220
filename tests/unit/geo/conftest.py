"""What the tests of maps share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyproj.database
import pytest


@pytest.fixture(scope="session", autouse=True)
def zones_looked_up_once() -> Iterator[None]:
    """Remember which zone of UTM a place is in: a look-up takes a third of a second, and each download needs some."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyproj.database, "query_utm_crs_info", cache(pyproj.database.query_utm_crs_info))
        yield
