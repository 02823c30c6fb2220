from __future__ import annotations

import sqlite3

import pytest

from mural.geo.gazetteer import Gazetteer, clear_winner
from mural.geo.gazetteer.grid import great_circle_m
from tests.support.places import place_index


@pytest.mark.parametrize(
    ("city", "country", "display_name"),
    [
        ("Pisa", "Italy", "Pisa, Tuscany, Italy"),
        ("Honolulu", "USA", "Honolulu, Hawaii, United States"),
        ("New York", "USA", "New York City, New York, United States"),
        ("Paris", "France", "Paris, Île-de-France, France"),
        ("Paris", "", "Paris, Île-de-France, France"),
        ("London", "UK", "London, England, United Kingdom"),
        ("London", "ca", "London, Ontario, Canada"),
        ("München", "Deutschland", "Munich, Bavaria, Germany"),
        ("Wien", "AUT", "Vienna, Austria"),
        ("Amsterdam", "Holland", "Amsterdam, North Holland, The Netherlands"),
        ("Tokyo", "日本", "Tokyo, Japan"),
        ("Москва", "Россия", "Moscow, Russia"),
        ("Seoul", "Korea, Republic of", "Seoul, South Korea"),
        ("Prague", "Czech Republic", "Prague, Czechia"),
        ("Edinburgh", "Scotland", "Edinburgh, Scotland, United Kingdom"),
        ("Portland", "USA", "Portland, Oregon, United States"),
        ("Portland", "Maine", "Portland, Maine, United States"),
        ("Portland, Maine", "United States", "Portland, Maine, United States"),
        ("Portland", "Maine, USA", "Portland, Maine, United States"),
        ("Atlanta", "Georgia", "Atlanta, Georgia, United States"),
        ("Tbilisi", "Georgia", "Tbilisi, Georgia"),
        ("Newcastle", "U.K.", "Newcastle upon Tyne, England, United Kingdom"),
    ],
)
def test_a_clear_name_is_one_place(gazetteer: Gazetteer, city: str, country: str, display_name: str) -> None:
    winner = clear_winner(gazetteer.resolve(city, country))
    assert winner is not None
    assert winner.display_name == display_name


def test_pisa_is_the_city_not_the_province(gazetteer: Gazetteer) -> None:
    winner = clear_winner(gazetteer.resolve("Pisa", "Italy"))
    assert winner is not None
    assert great_circle_m(winner.latitude, winner.longitude, 43.7230, 10.3966) < 3000  # the leaning tower


def test_namesakes_are_a_question_the_largest_first(gazetteer: Gazetteer) -> None:
    candidates = gazetteer.resolve("Springfield", "USA")
    assert clear_winner(candidates) is None
    assert len(candidates) == 10
    assert [c.weight for c in candidates] == sorted((c.weight for c in candidates), reverse=True)
    assert {c.settlement.region for c in candidates} >= {"Missouri", "Massachusetts", "Illinois"}


def test_quarters_of_a_city_do_not_make_it_ambiguous(gazetteer: Gazetteer) -> None:
    candidates = [c.settlement for c in gazetteer.resolve("Paris", "")]
    assert all(
        great_circle_m(a.latitude, a.longitude, b.latitude, b.longitude) > 10_000
        for a in candidates
        for b in candidates
        if a is not b
    )


@pytest.mark.parametrize(
    ("city", "country"),
    [("Nowhereville", "France"), ("Paris", "Atlantis"), ("Toulous", "France"), ("", ""), ("", "US")],
)
def test_what_is_unknown_is_nothing(gazetteer: Gazetteer, city: str, country: str) -> None:
    assert gazetteer.resolve(city, country) == []
    assert clear_winner([]) is None


def test_every_country_is_known_by_its_names_and_codes(gazetteer: Gazetteer) -> None:
    with sqlite3.connect(place_index()) as index:
        capitals = index.execute(
            "SELECT p.name, c.code, c.name FROM place p JOIN country c ON c.code = p.country"
            " GROUP BY c.code HAVING p.population = MAX(p.population)"
        ).fetchall()
    index.close()
    assert len(capitals) > 230
    for city, code, country in capitals:
        for spelling in (code, code.lower(), country, country.upper()):
            found = gazetteer.resolve(city.replace(",", " "), spelling)
            assert found, (city, spelling)
            assert found[0].settlement.country_code == code
