from __future__ import annotations

import numpy as np
import pytest

from mural.errors import MissingScript
from mural.render.fonts import Typeface
from mural.render.typesetting import SMALLEST_ON_ONE_LINE, TypeStyle, fit, shape, vertices
from tests.support.fonts import font_shelf

LONG_NAME = "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu"
TITLE = TypeStyle(Typeface("jost", 500), size_pt=60.0, tracking_em=0.2)


def gaps(text: str, family: str = "jost") -> int:
    """Count the places where letter-spacing goes in."""
    line = shape(text, TypeStyle(Typeface(family, 400), 10.0, 0.2), font_shelf())
    return int(line.gap.max())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Oslo", 3),
        ("Aachen", 5),
        ("ffi", 2),
        ("Łódź", 3),
        ("Ọ\u0300yọ\u0301", 2),
        ("x\u0301x\u0301", 1),
        ("Αθήνα", 4),
        ("Йошкар", 5),
        ("東京", 1),
        ("서울", 1),
    ],
)
@pytest.mark.parametrize("family", ["jost", "eb-garamond", "jetbrains-mono"])
def test_space_goes_between_letters_and_never_into_one(text: str, expected: int, family: str):
    assert gaps(text, family) == expected


@pytest.mark.parametrize("text", ["القاهرة", "नई दिल्ली", "กรุงเทพ", "ירושלים"])
def test_joined_scripts_are_not_torn_apart(text: str):
    assert gaps(text) == 0


def test_tracking_widens_a_line_by_its_gaps():
    line = shape("OSLO", TITLE, font_shelf())
    assert line.width_em(0.2) - line.width_em(0.0) == pytest.approx(3 * 0.2)
    narrow, wide = (vertices(line.outline(10.0, tracking)) for tracking in (0.0, 0.2))
    assert np.ptp(wide[:, 0]) - np.ptp(narrow[:, 0]) == pytest.approx(3 * 0.2 * 10)
    assert np.ptp(wide[:, 1]) == np.ptp(narrow[:, 1])


def test_an_outline_starts_at_its_ink_and_has_the_size_asked_for():
    line = shape("HOH", TITLE, font_shelf())
    small, large = (vertices(line.outline(size, 0.1)) for size in (10.0, 30.0))
    assert small[:, 0].min() == 0.0
    assert large == pytest.approx(3 * small)


def test_arabic_letters_join_and_run_from_right_to_left():
    alone = sum(shape(letter, TITLE, font_shelf()).width_em(0.0) for letter in "بيت")
    assert shape("بيت", TITLE, font_shelf()).width_em(0.0) < 0.9 * alone
    # alef is tall and thin: it opens the word, so it stands on the right.
    word = shape("اب", TITLE, font_shelf()).xy
    assert word[word[:, 1].argmax(), 0] > word[:, 0].mean()


def test_devanagari_vowel_signs_move_before_their_letter():
    plain, reordered = (shape(text, TITLE, font_shelf()).xy for text in ("क", "कि"))
    assert np.ptp(reordered[:, 0]) > np.ptp(plain[:, 0])
    assert len(shape("क्ष", TITLE, font_shelf()).xy) != len(shape("कष", TITLE, font_shelf()).xy)


def test_accents_stand_over_their_letters():
    for text in ("x\u0301", "за\u0301"[1:], "z\u0308"):
        letter, whole = shape(text[0], TITLE, font_shelf()).xy, shape(text, TITLE, font_shelf()).xy
        assert np.ptp(whole[:, 0]) < 1.2 * np.ptp(letter[:, 0])
        assert whole[:, 1].max() > letter[:, 1].max()


def test_a_short_name_keeps_its_size_and_spacing():
    (line,) = fit("Oslo", TITLE, 700.0, font_shelf())
    assert line.size_pt == TITLE.size_pt
    assert line.width_pt == pytest.approx(np.ptp(vertices(line.outline)[:, 0]))


def test_a_wide_name_gives_up_spacing_before_size():
    natural = fit("San Francisco", TITLE, 2000.0, font_shelf())[0].width_pt
    (line,) = fit("San Francisco", TITLE, natural * 0.9, font_shelf())
    assert line.size_pt > TITLE.size_pt * 0.85
    assert line.width_pt <= natural * 0.9


@pytest.mark.parametrize("limit_pt", [60.0, 150.0, 400.0, 700.0])
@pytest.mark.parametrize(
    "text",
    [
        "Oslo",
        "San Cristóbal de las Casas",
        LONG_NAME,
        "W" * 100,
        "Krung Thep Maha Nakhon Amon Rattanakosin",
        "กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยามหาดิลกภพ",
        "東京都千代田区霞が関一丁目二番三号中央合同庁舎",
        "القاهرة الكبرى والإسكندرية ومدينة السادس من أكتوبر",
    ],
)
def test_nothing_is_wider_than_its_limit_and_nothing_is_lost(text: str, limit_pt: float):
    lines = fit(text, TITLE, limit_pt, font_shelf())
    assert 1 <= len(lines) <= 2
    assert all(line.width_pt <= limit_pt * (1 + 1e-9) for line in lines)
    said = "".join(line.text for line in lines).replace(" ", "").replace("-", "")
    assert said == text.replace(" ", "").replace("-", "")


def test_two_words_are_broken_between_them():
    lines = fit("Rattanakosin Mahinthara", TITLE, 380.0, font_shelf())
    assert [line.text for line in lines] == ["Rattanakosin", "Mahinthara"]
    assert lines[0].size_pt == lines[1].size_pt


def test_a_hyphen_stays_on_the_first_line():
    lines = fit("Neuilly-Saint-Front-Bourgogne", TITLE, 330.0, font_shelf())
    assert [line.text for line in lines] == ["Neuilly-Saint-", "Front-Bourgogne"]


def test_one_endless_word_is_broken_with_a_hyphen():
    first, second = fit(LONG_NAME, TITLE, 700.0, font_shelf())
    assert first.text.endswith("-")
    assert first.text[:-1] + second.text == LONG_NAME
    assert abs(len(first.text) - len(second.text)) <= 2


def test_ideographs_are_broken_without_a_hyphen():
    name = "東京都千代田区霞が関一丁目二番三号"
    assert "".join(line.text for line in fit(name, TITLE, 400.0, font_shelf())) == name


def test_a_line_is_only_broken_when_it_would_be_small():
    whole = fit("San Cristóbal", TITLE, 10_000.0, font_shelf())[0].width_pt
    for share in (1.0, 0.8, 0.7):
        (line,) = fit("San Cristóbal", TITLE, whole * share, font_shelf())
        assert line.size_pt >= TITLE.size_pt * SMALLEST_ON_ONE_LINE


@pytest.mark.parametrize("text", ["", "   ", "\u200b", "\u3164"])
def test_nothing_to_see_takes_no_line(text: str):
    assert fit(text, TITLE, 700.0, font_shelf()) == []


def test_a_missing_script_is_refused():
    with pytest.raises(MissingScript):
        fit("ᏣᎳᎩ", TITLE, 700.0, font_shelf())
