from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from mural.errors import Unavailable
from mural.geo.gazetteer import Gazetteer
from mural.geo.gazetteer.build import build_index
from tests.support.places import CITY, shown


def test_a_missing_index_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="has not been built") as caught:
        Gazetteer(tmp_path / "places.db").suggest("paris")
    assert caught.value.facts["hint"] == "python -m mural.geo.gazetteer places.db"


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_damaged_index_is_unavailable_for_every_question(tmp_path: Path, content: bytes) -> None:
    index_file = tmp_path / "places.db"
    index_file.write_bytes(content)
    gazetteer = Gazetteer(index_file)
    for ask in (lambda: gazetteer.suggest("p"), lambda: gazetteer.resolve("p"), lambda: gazetteer.nearest(0, 0)):
        with pytest.raises(Unavailable, match="damaged"):
            ask()


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    index_file = tmp_path / "places.db"
    with sqlite3.connect(index_file) as index:
        index.execute("CREATE TABLE meta (key, value)")
        index.execute("INSERT INTO meta VALUES ('fingerprint', '999/later')")
    index.close()
    with pytest.raises(Unavailable, match="another version"):
        Gazetteer(index_file).suggest("paris")


def test_an_index_that_is_built_later_is_found_without_a_restart(tmp_path: Path) -> None:
    index_file, cities = tmp_path / "places.db", tmp_path / "cities.json"
    cities.write_text(json.dumps({"1": CITY}))
    gazetteer = Gazetteer(index_file)
    with pytest.raises(Unavailable):
        gazetteer.suggest("testv")
    build_index(index_file, cities)
    assert shown(gazetteer.suggest("testv")) == ["Testville, Île-de-France, France"]
