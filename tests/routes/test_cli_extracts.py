from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from config import Config
from mural.geo.bbox import BBox
from mural.geo.extract_index import read_tiles
from mural.geo.layers import Layer
from routes.places.commands import import_extract
from tests.support.real_parts import SAMPLE_FILE


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run `flask import-extract` in a data folder of its own."""
    app = Flask("mural")
    app.cli.add_command(import_extract)
    app.extensions["mural"] = SimpleNamespace(config=Config.from_env({"DATA_DIR": str(tmp_path)}))

    def invoke(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["import-extract", *arguments])

    return invoke


def test_it_indexes_a_map_file_and_says_what_is_in_it(run: Any, tmp_path: Path) -> None:
    result = run(str(SAMPLE_FILE))
    assert result.exit_code == 0, result.output
    index = tmp_path / "extracts" / "helsinki.osm.pbf.tiles"
    assert f"{index}: " in result.output
    assert "features" in result.output
    assert Layer.TRAM in read_tiles(index, BBox(24.94, 60.17, 24.948, 60.173)).lines


def test_a_damaged_file_is_named_and_nothing_is_left(run: Any, tmp_path: Path) -> None:
    half = tmp_path / "half.osm.pbf"
    half.write_bytes(SAMPLE_FILE.read_bytes()[:200_000])
    result = run(str(half))
    assert result.exit_code == 1
    assert "half.osm.pbf cannot be read" in result.output
    assert list((tmp_path / "extracts").iterdir()) == []


def test_what_is_no_map_file_is_refused_with_what_is(run: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    result = run(str(tmp_path / "notes.txt"))
    assert result.exit_code == 1
    assert "notes.txt is not a map file. Allowed: *.pbf" in result.output


def test_a_file_that_is_not_there_is_named(run: Any) -> None:
    result = run("none.osm.pbf")
    assert result.exit_code == 1
    assert "none.osm.pbf" in result.output
