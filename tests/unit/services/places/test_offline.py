"""Which places are said to need no network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from config import Config
from mural.errors import Unavailable
from mural.geo.bbox import BBox
from mural.geo.gazetteer import Settlement
from services.places.offline import SAMPLE, OfflinePlaces, WhatCounts, fitting_distance_m

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


@pytest.mark.parametrize(
    ("mode", "overpass", "sample_there", "offered", "start", "nothing"),
    [
        ("auto", "off", True, ["Helsinki", "Oslo"], "Helsinki", False),
        ("auto", "https://maps.example/api", False, ["Oslo"], "Oslo", False),
        ("extract", "off", True, ["Oslo"], "Oslo", False),
        ("extract", "https://maps.example/api", True, ["Oslo"], "Oslo", False),
        ("sample", "off", True, ["Helsinki"], "Helsinki", False),
        ("sample", "off", False, [], None, True),
        ("overpass", "https://maps.example/api", True, [], "Helsinki", False),
    ],
)
def test_only_what_can_be_drawn_is_offered(
    index: Path, mode: str, overpass: str, sample_there: bool, offered: list[str], start: str | None, nothing: bool
) -> None:
    config = Config.from_env({"MAP_SOURCE": mode, "OVERPASS_URL": overpass})
    counts = WhatCounts.of(config, sample_there=sample_there)
    places = OfflinePlaces(index, lambda *_: [town("Oslo")], counts)
    assert [place.city for place in places.all()] == offered
    first = places.start()
    assert (first.city if first else None) == start
    assert places.nothing_to_draw() is nothing


@pytest.mark.parametrize(
    ("mode", "overpass", "sample_there", "nothing"),
    [
        ("extract", "https://maps.example/api", True, True),
        ("auto", "off", False, True),
        ("auto", "off", True, False),
        ("auto", "https://maps.example/api", False, False),
    ],
)
def test_without_a_map_file_it_is_known_whether_anything_can_be_drawn(
    tmp_path: Path, mode: str, overpass: str, sample_there: bool, nothing: bool
) -> None:
    config = Config.from_env({"MAP_SOURCE": mode, "OVERPASS_URL": overpass})
    places = OfflinePlaces(
        tmp_path / "none.json", lambda *_: [town("Oslo")], WhatCounts.of(config, sample_there=sample_there)
    )
    assert places.nothing_to_draw() is nothing


def test_a_file_that_has_to_be_imported_first_offers_nothing(index: Path) -> None:
    known = json.loads(index.read_text())
    for about in known.values():
        about["stamp"][0] = 5_000_000_000
    index.write_text(json.dumps(known))
    assert OfflinePlaces(index, lambda *_: [town("Oslo")]).all() == [SAMPLE]


def test_a_town_at_the_very_edge_of_a_map_is_not_offered(index: Path) -> None:
    edge = replace(town("Moss"), latitude=59.8001)
    assert OfflinePlaces(index, lambda *_: [edge]).all() == [SAMPLE]


def test_without_the_index_of_places_the_sample_is_there(index: Path) -> None:
    def unavailable(*_: object) -> Sequence[Settlement]:
        raise Unavailable("There is no index of places.")

    assert OfflinePlaces(index, unavailable).all() == [SAMPLE]


def test_the_page_that_is_offered_lies_within_the_map() -> None:
    assert fitting_distance_m(BOX, town("Oslo", 5_000_000)) == 8300  # 0.1 degrees up, three quarters of it across
    assert fitting_distance_m(BOX, town("Hamlet", 500)) < 2000  # a small town fills a small page
    assert fitting_distance_m(BBox(10.19, 59.0, 10.21, 61.0), town("Oslo")) == 500  # never less than there may be


def test_a_map_that_shows_the_middle_of_no_town_is_offered_under_the_nearest_name(index: Path) -> None:
    places = OfflinePlaces(index, lambda *_: [], nearest=lambda _latitude, _longitude: (town("Moss"), 9_000.0))
    _sample, place = places.all()
    assert (place.city, place.latitude, place.longitude) == ("Moss", pytest.approx(59.9), pytest.approx(10.2))
