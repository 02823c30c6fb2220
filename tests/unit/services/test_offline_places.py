"""Which places are said to need no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from mural.errors import Unavailable
from mural.geo.bbox import BBox
from mural.geo.gazetteer import Settlement
from services.offline_places import SAMPLE, OfflinePlaces, fitting_distance_m

BOX = BBox(10.0, 59.8, 10.4, 60.0)


def town(name: str, population: int = 1_000_000) -> Settlement:
    return Settlement(
        geonameid=1,
        name=name,
        region="",
        country="Norway",
        country_code="NO",
        latitude=59.9,
        longitude=10.2,
        population=population,
    )


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index that knows a map, one that is gone, and one that is broken."""
    here, broken = tmp_path / "oslo.osm.pbf", tmp_path / "broken.osm.pbf"
    here.touch()
    broken.touch()
    known = {
        str(here): {"stamp": [1, 2], "bbox": BOX, "source": None, "error": None},
        str(tmp_path / "gone.osm.pbf"): {"stamp": [1, 2], "bbox": [0, 0, 1, 1], "source": None, "error": None},
        str(broken): {"stamp": [1, 2], "bbox": None, "source": None, "error": "It is broken."},
    }
    file = tmp_path / "extracts.json"
    file.write_text(json.dumps(known))
    return file


def test_a_map_is_named_after_its_largest_town(index: Path) -> None:
    asked = []

    def largest_within(bbox: BBox, limit: int) -> Sequence[Settlement]:
        asked.append((bbox, limit))
        return [town("Oslo")]

    places = OfflinePlaces(index, largest_within)
    assert [place.city for place in places.all()] == ["Helsinki", "Oslo"]
    places.all()
    assert asked == [(BOX, 1)]  # looked up once


def test_without_any_map_the_sample_is_there(tmp_path: Path) -> None:
    assert OfflinePlaces(tmp_path / "none.json", lambda *_: [town("Oslo")]).all() == [SAMPLE]


def test_without_the_index_of_places_the_sample_is_there(index: Path) -> None:
    def unavailable(*_: object) -> Sequence[Settlement]:
        raise Unavailable("There is no index of places.")

    assert OfflinePlaces(index, unavailable).all() == [SAMPLE]


def test_the_page_that_is_offered_lies_within_the_map() -> None:
    assert fitting_distance_m(BOX, town("Oslo", 5_000_000)) == 8300  # 0.1 degrees up, three quarters of it across
    assert fitting_distance_m(BOX, town("Hamlet", 500)) < 2000  # a small town fills a small page
    assert fitting_distance_m(BBox(10.19, 59.0, 10.21, 61.0), town("Oslo")) == 500  # never less than there may be
