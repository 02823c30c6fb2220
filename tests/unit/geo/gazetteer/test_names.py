from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mural.geo.gazetteer.names import normalise, split_at_commas, tidy


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
def test_spellings_of_a_name_become_one(written: str, normal: str) -> None:
    assert normalise(written) == normal


@given(st.text(alphabet=st.characters(), max_size=40))
def test_normal_names_are_stable_and_safe(text: str) -> None:
    name = normalise(text)
    assert normalise(name) == name
    assert name == " ".join(name.split())
    name.encode()
    assert not set(name) & set("%_\"'\\\0\U0010ffff")


def test_only_the_beginning_of_an_endless_text_is_read() -> None:
    assert normalise("x" * 10_000_000) == "x" * 200


def test_commas_of_many_scripts_part_a_name_from_its_country() -> None:
    assert split_at_commas("Pisa, Tuscany ,Italy,") == ("pisa", ["tuscany", "italy"])
    assert split_at_commas("東京、日本") == ("東京", ["日本"])
    assert split_at_commas("القاهرة، مصر") == ("القاهرة", ["مصر"])


def test_tidying_keeps_what_spells_and_drops_what_hides() -> None:
    assert tidy(" \u202eSão\x07 Tomé\ud800 ") == "São Tomé"
    assert tidy("می\u200cخواهم") == "می\u200cخواهم"
