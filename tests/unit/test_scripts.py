from __future__ import annotations

import pytest

from mural.scripts import capitals, clusters, needs_glyph, script_names, takes_letter_spacing, tidy


@pytest.mark.parametrize(
    ("typed", "tidied"),
    [
        ("  New\t York\n", "New York"),
        ("Cafe\u0301", "Café"),
        ("a\x00b", "a b"),
        ("\u3000東京\u3000", "東京"),
        ("", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_tidy_composes_marks_and_folds_white_space(typed: str, tidied: str):
    assert tidy(typed) == tidied


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Ọ\u0300yọ\u0301", ["Ọ\u0300", "y", "ọ\u0301"]),
        ("दिल्ली", ["दि", "ल्", "ली"]),
        ("น้ำ", ["น้", "ำ"]),
        ("\u0301a", ["\u0301", "a"]),
        ("", []),
    ],
)
def test_clusters_keep_marks_with_their_letters(text: str, letters: list[str]):
    assert clusters(text) == letters


@pytest.mark.parametrize(
    ("name", "capital"),
    [
        ("New York", "NEW YORK"),
        ("Straße", "STRASSE"),
        ("Αθήνα", "ΑΘΗΝΑ"),
        ("Μαΐου", "ΜΑΪΟΥ"),
        ("Йошкар-Ола", "ЙОШКАР-ОЛА"),
        ("თბილისი", "თბილისი"),
        ("القاهرة", "القاهرة"),
        ("東京 Tokyo", "東京 TOKYO"),
        ("Ọ\u0300yọ\u0301", "Ọ\u0300YỌ\u0301"),
    ],
)
def test_capitals_where_the_script_is_used_so(name: str, capital: str):
    assert capitals(name) == capital


@pytest.mark.parametrize("text", ["New York", "Αθήνα", "Москва", "東京", "서울", "Երևան", "40.7° N", "Ọ\u0300yọ\u0301"])
def test_letters_that_stand_apart_may_be_spaced(text: str):
    assert takes_letter_spacing(text)


@pytest.mark.parametrize("text", ["القاهرة", "नई दिल्ली", "กรุงเทพ", "ירושלים", "Cairo القاهرة"])
def test_joined_and_stacked_scripts_are_not_spaced(text: str):
    assert not takes_letter_spacing(text)


@pytest.mark.parametrize("char", [" ", "\u3000", "\u200d", "\u202e", "\ufe0f", "\U000e0101", "\n"])
def test_invisible_characters_need_no_glyph(char: str):
    assert not needs_glyph(char)


@pytest.mark.parametrize("char", ["a", "\u0301", "\u06dd", "\u2800", "\u3164", "🗽"])
def test_what_shaping_would_draw_as_a_box_needs_a_glyph(char: str):
    assert needs_glyph(char)


def test_scripts_are_named_once_and_in_english():
    assert script_names("ᏣᎳᎩ🗽") == ["Cherokee", "symbols"]
