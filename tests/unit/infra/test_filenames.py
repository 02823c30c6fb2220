from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.filenames import download_name, search_key, slug

MADE_AT = datetime(2026, 1, 19, 15, 30, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("city", "words"),
    [
        ("New York", "new_york"),
        ("São Paulo", "sao_paulo"),
        ("Łódź", "lodz"),
        ("Großräschen", "grossraschen"),
        ("Chișinău", "chisinau"),
        ("Αθήνα", "athina"),
        ("Волгоград", "volgograd"),
        ("東京", "poster"),
        ("القاهرة", "poster"),
        ("../../etc/passwd", "etc_passwd"),
        ("CON\x00.txt", "con_txt"),
    ],
)
def test_a_file_is_named_in_plain_letters(city: str, words: str) -> None:
    assert download_name(city, "noir", MADE_AT, "png") == f"{words}_noir_20260119_153052.png"


@given(st.text())
def test_no_text_makes_a_path(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9_]{0,40}", slug(text))


def test_a_name_is_found_without_its_marks_and_case() -> None:
    assert search_key("  SÃO   Paulo") == search_key("sao paulo")
    assert search_key("東京") == "東京"
