from __future__ import annotations

import json
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from mural.fonts import FAMILIES, INDEX_FILE, LAST_RESORT, FontIndex
from mural.render.fonts import INSTANCES_DIR
from mural.render.prepare_fonts import LICENCES_DIR, SCOPE, all_families, main, prepare


def write_font(path: Path, text: str) -> None:
    """Write a variable font of a weight axis in which every letter is the same box."""
    names = [".notdef", *(f"u{ord(char):04x}" for char in text)]
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((0, 500), (500, 500), (500, 0)):
        pen.lineTo(corner)
    pen.closePath()
    box = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):04x}" for char in text})
    builder.setupGlyf(dict.fromkeys(names, box))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wght", 100, 400, 900, "Weight")], [])
    builder.setupGvar({name: [] for name in names})
    builder.font.flavor = "woff2"
    builder.save(path)


@pytest.fixture(scope="module")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages like the real ones, of a few letters each."""
    folder = tmp_path_factory.mktemp("node_modules")
    for family in all_families():
        files = folder / SCOPE / family / "files"
        files.mkdir(parents=True)
        (files.parent / "package.json").write_text('{"version": "1.0.0"}')
        (files.parent / "LICENSE").write_text(f"{family} is free")
        write_font(files / f"{family}-latin-wght-normal.woff2", "Aab")
        write_font(files / f"{family}-latin-wght-italic.woff2", "Aab")
    write_font(folder / SCOPE / "noto-sans-thai" / "files" / "noto-sans-thai-thai-wght-normal.woff2", "กขค")
    return folder


def test_packages_become_an_index_and_the_first_weights(node_modules: Path, tmp_path: Path):
    fonts = tmp_path / "fonts"
    assert prepare(node_modules, fonts)
    index = FontIndex.load(fonts)
    assert [file.name for file in index.choose("กข", "jost")] == ["noto-sans-thai-thai"]
    assert "noto-sans-thai-latin" not in {file.name for file in index.files}
    made = {path.name for path in (fonts / INSTANCES_DIR).iterdir()}
    family = FAMILIES["jost"]
    assert {f"jost-latin-{family.title_weight}.ttf", f"jost-latin-{family.text_weight}.ttf"} <= made


def test_every_family_keeps_its_licence(node_modules: Path, tmp_path: Path):
    prepare(node_modules, tmp_path)
    kept = {path.stem: path.read_text() for path in (tmp_path / LICENCES_DIR).iterdir()}
    assert set(kept) == {*all_families(), LAST_RESORT}
    assert kept["jost"] == "jost is free"


def test_a_second_run_has_nothing_to_do(node_modules: Path, tmp_path: Path):
    assert prepare(node_modules, tmp_path)
    before = (tmp_path / INDEX_FILE).stat().st_mtime_ns
    assert not prepare(node_modules, tmp_path)
    assert (tmp_path / INDEX_FILE).stat().st_mtime_ns == before


@pytest.mark.parametrize("content", ["{", '{"format": 0}', '{"format": 2, "packages": {}}'])
def test_a_folder_that_is_broken_or_out_of_date_is_made_anew(node_modules: Path, tmp_path: Path, content: str):
    (tmp_path / INDEX_FILE).write_text(content)
    leftover = tmp_path / INSTANCES_DIR / "leftover.ttf"
    leftover.parent.mkdir()
    leftover.write_text("old")
    (tmp_path / "own.ttf").write_text("not ours to touch")
    assert prepare(node_modules, tmp_path)
    assert json.loads((tmp_path / INDEX_FILE).read_text())["packages"]["jost"] == "1.0.0"
    assert not leftover.exists()
    assert (tmp_path / "own.ttf").exists()


def test_absent_packages_stop_the_step_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main([str(tmp_path / "node_modules"), str(tmp_path / "fonts")])
    assert "npm ci" in capsys.readouterr().err
    assert not (tmp_path / "fonts").exists()
