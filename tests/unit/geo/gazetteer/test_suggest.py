from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mural.geo.gazetteer import Gazetteer
from mural.geo.gazetteer.names import normalise
from tests.support.places import first, place_index, work_of


@pytest.mark.parametrize(
    ("typed", "name", "country_code"),
    [
        ("lon", "London", "GB"),
        ("mun", "Munich", "DE"),
        ("new yo", "New York City", "US"),
        ("münch", "Munich", "DE"),
        ("wien", "Vienna", "AT"),
        ("roma", "Rome", "IT"),
        ("København", "Copenhagen", "DK"),
        ("мос", "Moscow", "RU"),
        ("東京", "Tokyo", "JP"),
        ("서울", "Seoul", "KR"),
        ("القا", "Cairo", "EG"),
        ("दिल्ली", "Delhi", "IN"),
        ("กรุงเทพ", "Bangkok", "TH"),
        ("Αθήνα", "Athens", "GR"),
        ("  PARIS ", "Paris", "FR"),
        ("saint-den", "Saint-Denis", "RE"),
    ],
)
def test_any_script_and_spelling_finds_the_city(gazetteer: Gazetteer, typed: str, name: str, country_code: str) -> None:
    place = first(gazetteer, typed)
    assert (place.name, place.country_code) == (name, country_code)


@pytest.mark.parametrize(
    ("typed", "display_name"),
    [
        ("Paris, US", "Paris, Texas, United States"),
        ("paris, tex", "Paris, Texas, United States"),
        ("Paris texas", "Paris, Texas, United States"),
        ("springfield, il", "Springfield, Illinois, United States"),
        ("springfield il", "Springfield, Illinois, United States"),
        ("Springfield, Illinois, USA", "Springfield, Illinois, United States"),
        ("London, Canada", "London, Ontario, Canada"),
        ("san jose, costa", "San José, Costa Rica"),
        ("s, us", "San Antonio, Texas, United States"),
        ("LA, Ohio", "Lakewood, Ohio, United States"),
    ],
)
def test_a_country_or_state_narrows(gazetteer: Gazetteer, typed: str, display_name: str) -> None:
    assert first(gazetteer, typed).display_name == display_name


def test_a_trailing_comma_changes_nothing(gazetteer: Gazetteer) -> None:
    assert gazetteer.suggest("pisa,") == gazetteer.suggest("pisa")


@pytest.mark.parametrize(
    ("typed", "name"), [("helsnki", "Helsinki"), ("lodnon", "London"), ("berrlin", "Berlin"), ("мосвка", "Moscow")]
)
def test_one_slip_of_the_finger_is_forgiven(gazetteer: Gazetteer, typed: str, name: str) -> None:
    assert first(gazetteer, typed).name == name


def test_a_slip_is_looked_for_only_when_nothing_begins_so(gazetteer: Gazetteer) -> None:
    assert all(normalise(place.name).startswith("lodi") for place in gazetteer.suggest("lodi", 3))


@pytest.mark.parametrize("typed", ["bong, us", "sunt, us", "şaḩn, us", "mar, u", "s, us", "wo", "阿", "sch", "eh"])
def test_no_beginning_is_much_work(gazetteer: Gazetteer, typed: str) -> None:
    assert work_of(gazetteer, lambda: gazetteer.suggest(typed)) < 150


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_the_limit_is_kept(gazetteer: Gazetteer, limit: int) -> None:
    found = gazetteer.suggest("san", limit)
    assert len(found) == limit
    assert len(set(found)) == limit


@pytest.mark.parametrize(("limit", "given"), [(0, 1), (-7, 1), (10**9, 50)])
def test_a_limit_off_the_scale_is_brought_back(gazetteer: Gazetteer, limit: int, given: int) -> None:
    assert len(gazetteer.suggest("san", limit)) == given


def test_every_large_city_comes_up_within_three_letters(gazetteer: Gazetteer) -> None:
    with sqlite3.connect(place_index()) as index:
        largest = index.execute("SELECT id, name FROM place ORDER BY population DESC LIMIT 300").fetchall()
    index.close()
    missed = [
        name
        for ident, name in largest
        if ident not in {place.geonameid for place in gazetteer.suggest(normalise(name)[:3], 20)}
    ]
    assert len(missed) <= len(largest) * 0.05, missed


@pytest.mark.parametrize(
    "hostile",
    [
        "",
        " ",
        ",",
        ",,,,",
        "%",
        "_",
        "*",
        "'",
        '"; DROP TABLE place; --',
        "\0",
        "\ud800",
        "\u202e",
        "x" * 100_000,
        "\U0010ffff",
        "a," * 5000,
        "a, " + "b" * 5000,
        "🗺️",
        "\x1b[31m",
        "(" * 1000,
        "s, " * 60,
    ],
)
def test_hostile_input_is_only_a_name_that_nobody_has(gazetteer: Gazetteer, hostile: str) -> None:
    assert isinstance(gazetteer.suggest(hostile), list)
    assert isinstance(gazetteer.resolve(hostile, hostile), list)
    assert first(gazetteer, "paris").name == "Paris"


@given(st.text(alphabet=st.characters(), max_size=30))
@settings(max_examples=400, deadline=None)
def test_no_text_at_all_breaks_it(gazetteer: Gazetteer, text: str) -> None:
    for place in gazetteer.suggest(text, 3):
        assert place.country


def test_what_a_program_gets(gazetteer: Gazetteer) -> None:
    assert first(gazetteer, "Pisa, Italy").to_json() == {
        "name": "Pisa",
        "region": "Tuscany",
        "country": "Italy",
        "country_code": "IT",
        "latitude": pytest.approx(43.7085, abs=0.01),
        "longitude": pytest.approx(10.4036, abs=0.01),
        "population": pytest.approx(100_000, rel=0.3),
        "distance": 5000,
        "display_name": "Pisa, Tuscany, Italy",
    }


def test_a_city_state_is_not_named_twice(gazetteer: Gazetteer) -> None:
    assert first(gazetteer, "singapore").display_name == "Singapore"
    assert first(gazetteer, "zürich").display_name == "Zürich, Switzerland"
