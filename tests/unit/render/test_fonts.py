from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import _text_helpers

from mural.errors import MissingScript, Unavailable
from mural.fonts import FALLBACK_WEIGHT, INDEX_FILE
from mural.render.fonts import INSTANCES_DIR, SOURCES_DIR, FontShelf, Typeface
from tests.support.fonts import font_shelf, fonts_dir
from tests.support.real_parts import ROOT

JOST = Typeface("jost", 400)


@pytest.fixture
def fresh_dir(tmp_path: Path) -> Path:
    """A prepared folder of which no weight has been cut yet."""
    shutil.copy(fonts_dir() / INDEX_FILE, tmp_path)
    (tmp_path / SOURCES_DIR).symlink_to(fonts_dir() / SOURCES_DIR)
    return tmp_path


@pytest.mark.parametrize(
    "text",
    [
        "Łódź",
        "Ọ\u0300yọ\u0301 x\u0301",
        "Đà Lạt",
        "Ἀθῆναι Αθήνα",
        "Жуковский за\u0301мок",
        "القاهرة (2023)",
        "می\u200cخواهم",
        "תל אביב שָׁלוֹם",
        "काठमाण्डौ क्षेत्र",
        "เชียงใหม่ น้ำ",
        "東京タワー",
        "臺北",
        "서울",
        "თბილისი",
        "Երևան",
        "Cairo القاهرة 東京 ♥",
        "a\u00adb\u200bc\u2060d\u202ee",
        "❤\ufe0f \u2800 \u3164",
    ],
)
@pytest.mark.parametrize("family", ["jost", "playfair-display"])
def test_every_letter_has_a_glyph(text: str, family: str):
    font = font_shelf().open(text, Typeface(family, 400))
    font.set_size(100, 72)
    assert [item.char for item in _text_helpers.layout(text, font) if item.glyph_index == 0] == []


def test_a_weight_is_cut_once_and_kept(fresh_dir: Path):
    shelf = FontShelf.load(fresh_dir)
    shelf.open("Oslo", JOST)
    (made,) = (fresh_dir / INSTANCES_DIR).iterdir()
    before = made.stat()
    shelf.open("Roma", JOST)
    assert made.name == "jost-latin-400.ttf"
    assert made.stat() == before
    assert list((fresh_dir / INSTANCES_DIR).iterdir()) == [made]


def test_a_weight_that_one_user_cuts_can_be_read_by_another(fresh_dir: Path):
    FontShelf.load(fresh_dir).open("Oslo", JOST)
    (made,) = (fresh_dir / INSTANCES_DIR).iterdir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o644


def test_where_the_folder_cannot_be_written_weights_are_kept_in_the_cache(fresh_dir: Path):
    (fresh_dir / INSTANCES_DIR).touch()  # in the way, as a read-only folder is, for root as well
    program = (
        "import sys; from pathlib import Path; from mural.render.fonts import FontShelf, Typeface\n"
        "for text in ('Oslo', 'Roma'): FontShelf.load(Path(sys.argv[1])).open(text, Typeface('jost', 400))"
    )
    cache = fresh_dir / "cache"
    environment = os.environ | {"MPLCONFIGDIR": str(cache)}
    subprocess.run([sys.executable, "-c", program, str(fresh_dir)], check=True, cwd=ROOT, env=environment)
    assert [path.name for path in cache.glob("mural-fonts-*/*")] == ["jost-latin-400.ttf"]


def test_weights_differ_in_their_outlines(fresh_dir: Path):
    shelf = FontShelf.load(fresh_dir)
    stems = []
    for weight in (400, 500):
        font = shelf.open("l", Typeface("jost", weight))
        font.set_size(100, 72)
        (item,) = _text_helpers.layout("l", font)
        stems.append(item.ft_object.get_path()[0][:, 0].max())
    assert stems[0] < stems[1]


def test_scripts_that_step_in_have_one_weight(fresh_dir: Path):
    shelf = FontShelf.load(fresh_dir)
    for weight in (400, 600):
        shelf.open("ไทย", Typeface("jost", weight))
    names = {path.name for path in (fresh_dir / INSTANCES_DIR).iterdir()}
    assert names == {f"noto-sans-thai-thai-{FALLBACK_WEIGHT}.ttf"}


def test_a_missing_script_is_told_before_a_font_is_opened(fresh_dir: Path):
    with pytest.raises(MissingScript):
        FontShelf.load(fresh_dir).open("ᏣᎳᎩ", JOST)
    assert not (fresh_dir / INSTANCES_DIR).exists()


def test_an_unprepared_folder_is_reported(tmp_path: Path):
    with pytest.raises(Unavailable):
        FontShelf.load(tmp_path)


def test_the_index_and_the_folder_agree():
    rows = json.loads((fonts_dir() / INDEX_FILE).read_text())["files"]
    assert {row["source"] for row in rows} == {path.name for path in (fonts_dir() / SOURCES_DIR).iterdir()}
