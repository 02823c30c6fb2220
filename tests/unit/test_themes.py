from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mural.colours import distance
from mural.errors import InvalidInput
from mural.themes import CHOICES, REQUIRED, Theme, load_theme, load_themes, theme_faults
from tests.support.designs import PLAIN_THEME
from tests.support.real_parts import ROOT

SHIPPED, BROKEN = load_themes(ROOT / "themes")
WELL_KNOWN = {
    "autumn",
    "blueprint",
    "contrast_zones",
    "copper_patina",
    "feature_based",
    "forest",
    "gradient_roads",
    "japanese_ink",
    "midnight_blue",
    "monochrome_blue",
    "neon_cyberpunk",
    "noir",
    "ocean",
    "pastel_dream",
    "sunset",
    "terracotta",
    "warm_beige",
    "emerald",
}


def plain(**changes: object) -> Theme:
    return Theme.from_mapping("plain", PLAIN_THEME | changes)


def test_every_shipped_file_is_a_theme():
    assert BROKEN == {}
    assert set(SHIPPED) >= WELL_KNOWN
    assert len(SHIPPED) >= 30


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=SHIPPED)
def test_a_shipped_theme_can_be_read_and_told_apart(theme: Theme):
    assert theme_faults(theme) == []


def test_no_two_shipped_themes_share_a_name_a_description_or_their_colours():
    for facts in ("name", "description", ("bg", "water", "road_motorway")):
        keys = (facts,) if isinstance(facts, str) else facts
        values = [tuple(getattr(theme, key) for key in keys) for theme in SHIPPED.values()]
        assert len(set(values)) == len(values)


def test_the_thirteen_keys_are_enough():
    theme = plain()
    assert theme.sea == theme.river == theme.water
    assert theme.casing == theme.pier == theme.bg
    assert theme.buildings not in ("", theme.bg)


def test_an_optional_colour_is_kept_and_an_empty_one_derived():
    assert plain(sea="#123456").sea == "#123456"
    assert plain(sea=None).sea == PLAIN_THEME["water"]


def test_the_map_fades_at_both_edges_of_a_smooth_sheet_unless_a_theme_says_otherwise():
    assert (plain().fades, plain().texture) == ("both", "none") == tuple(words[0] for words in CHOICES.values())
    assert (plain(fades="head", texture="linen").fades, plain(texture="linen").texture) == ("head", "linen")


@pytest.mark.parametrize("key", CHOICES)
def test_a_word_that_is_no_choice_is_told_what_there_is(key: str):
    with pytest.raises(InvalidInput) as caught:
        plain(**{key: "sideways"})
    assert caught.value.facts["allowed"] == list(CHOICES[key])
    assert all(word in caught.value.message for word in CHOICES[key])


@pytest.mark.parametrize("key", REQUIRED)
def test_a_missing_key_is_named(key: str):
    data = {name: value for name, value in PLAIN_THEME.items() if name != key}
    with pytest.raises(InvalidInput) as caught:
        Theme.from_mapping("plain", data)
    assert caught.value.field == key


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bg", "white"),
        ("bg", "#fff"),
        ("bg", "#12345g"),
        ("bg", 7),
        ("sea", ""),
        ("name", ["Plain"]),
        ("font", "comic"),
        ("colour", "#000000"),
        ("fades", "left"),
        ("fades", ["head"]),
        ("texture", "#808080"),
        ("texture", ""),
    ],
)
def test_a_wrong_value_is_named(key: str, value: object):
    with pytest.raises(InvalidInput) as caught:
        plain(**{key: value})
    assert caught.value.field == key


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.json", '{"name": "Cut'),
        ("list.json", "[]"),
        ("bytes.json", "\udcff"),
        ("Not-an-id.json", json.dumps(PLAIN_THEME)),
    ],
)
def test_a_broken_file_is_named_and_hides_no_other(tmp_path: Path, name: str, content: str):
    (tmp_path / "plain.json").write_text(json.dumps(PLAIN_THEME))
    (tmp_path / name).write_bytes(content.encode(errors="surrogateescape"))
    (tmp_path / "notes.txt").write_text("not looked at")
    themes, broken = load_themes(tmp_path)
    assert list(themes) == ["plain"]
    assert list(broken) == [name]
    assert broken[name]


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path):
    with pytest.raises(InvalidInput):
        load_theme(tmp_path / "gone.json")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "#999999"}, "hard to read on “bg”"),
        ({"gradient_color": "#444444"}, "hard to read on “gradient_color”"),
        ({"sea": "#222222"}, "hard to read on “sea”"),
        ({"road_primary": "#000000"}, "“road_motorway” and “road_primary”"),
        ({"road_default": "#fefefe"}, "“road_default” and “bg”"),
        ({"water": "#fdfdfd"}, "“water” and “bg”"),
        ({"parks": "#c0d8f0"}, "“water” and “parks”"),
        ({"road_motorway": "#c8c8c8"}, "Motorways stand out less"),
    ],
)
def test_faults_are_told_in_sentences(changes: dict[str, str], words: str):
    assert theme_faults(plain()) == []
    assert any(words in fault for fault in theme_faults(plain(**changes)))


@pytest.mark.parametrize("theme", SHIPPED.values(), ids=SHIPPED)
def test_squares_can_be_told_from_what_lies_beside_them(theme: Theme):
    beside = (theme.bg, theme.buildings, theme.parks, theme.water)
    assert min(distance(theme.pedestrian, other) for other in beside) > 0.02


def test_a_theme_of_an_earlier_version_gets_the_colours_that_it_lacks():
    assert replace(plain(), pedestrian="").pedestrian == plain().pedestrian != ""
