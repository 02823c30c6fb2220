from __future__ import annotations

from pathlib import Path

import pytest

from mural.errors import InvalidInput, MissingScript, Unavailable
from mural.fonts import FAMILIES, INDEX_FILE, FontFile, FontIndex, check_texts, han_family, require_family
from tests.support.fonts import font_index

LATIN = ((0x20, 0x7E), (0xA0, 0xFF), (0x301, 0x301))
HAN = ((0x4E00, 0x9FFF),)


def a_file(name: str, family: str, *ranges: tuple[int, int]) -> FontFile:
    first, last = zip(*sorted(ranges), strict=True)
    return FontFile(name, family, f"{name}.woff2", first, last)


@pytest.fixture
def index() -> FontIndex:
    return FontIndex(
        [
            a_file("jost-latin", "jost", *LATIN),
            a_file("jost-latin-ext", "jost", (0x100, 0x17F), (0x301, 0x301)),
            a_file("noto-sans-latin", "noto-sans", *LATIN),
            a_file("noto-sans-latin-ext", "noto-sans", (0x100, 0x17F)),
            a_file("noto-sans-greek", "noto-sans", (0x370, 0x3FF)),
            a_file("noto-sans-thai", "noto-sans-thai", (0xE01, 0xE5B)),
            a_file("noto-sans-sc-1", "noto-sans-sc", *HAN),
            a_file("noto-sans-jp-1", "noto-sans-jp", *HAN, (0x3041, 0x30FF)),
            a_file("noto-sans-kr-1", "noto-sans-kr", (0x4E00, 0x4EFF), (0xAC00, 0xD7A3)),
            a_file("DejaVuSans", "dejavu", *LATIN, (0x2600, 0x26FF)),
        ]
    )


def names(files: tuple[FontFile, ...]) -> list[str]:
    return [file.name for file in files]


def test_one_file_is_enough_for_a_plain_name(index: FontIndex):
    assert names(index.choose("New York", "jost")) == ["jost-latin"]


def test_extensions_are_asked_before_the_letters_they_could_be_built_from(index: FontIndex):
    assert names(index.choose("Łódź", "jost")) == ["jost-latin-ext", "jost-latin"]


def test_a_line_that_the_family_has_in_part_is_set_in_the_fallback(index: FontIndex):
    assert names(index.choose("Pi π", "jost")) == ["noto-sans-greek", "noto-sans-latin"]


def test_marks_without_a_letter_of_their_own_are_left_to_the_fallback(index: FontIndex):
    assert names(index.choose("x\u0301", "jost")) == ["noto-sans-latin"]


def test_another_script_does_not_take_the_latin_away_from_the_family(index: FontIndex):
    assert names(index.choose("Bangkok กรุงเทพ", "jost")) == ["jost-latin", "noto-sans-thai"]


@pytest.mark.parametrize(
    ("text", "country", "first"),
    [
        ("東京", "China", "noto-sans-sc-1"),
        ("東京", "Japan", "noto-sans-jp-1"),
        ("東京タワー", "China", "noto-sans-jp-1"),
        ("一서울", "Japan", "noto-sans-kr-1"),
        ("龍", "South Korea", "noto-sans-sc-1"),
    ],
)
def test_chinese_characters_follow_the_text_then_the_country(index: FontIndex, text: str, country: str, first: str):
    assert names(index.choose(text, "jost", han_family(country)))[0] == first


def test_missing_characters_are_named_with_their_scripts(index: FontIndex):
    with pytest.raises(MissingScript) as caught:
        check_texts(["New York", "ᏣᎳᎩ", "กรุงเทพ", "ᏣᏣ"], index)
    assert caught.value.message == "There is no font here for “ᏣᎳᎩ” (Cherokee)."
    assert caught.value.facts == {"script": "Cherokee", "characters": ["Ꮳ", "Ꮃ", "Ꭹ"]}


def test_a_mark_that_no_font_has_together_with_its_letter_is_missing(index: FontIndex):
    assert index.missing("α\u0301") == []
    assert index.missing("β\u0301") == ["β\u0301"]


def test_choosing_for_a_missing_script_says_so(index: FontIndex):
    with pytest.raises(MissingScript):
        index.choose("ᏣᎳᎩ", "jost")


def test_nothing_to_see_needs_no_font(index: FontIndex):
    check_texts(["", " \u200b\ufe0f"], index)


def test_an_unknown_typeface_is_answered_with_the_known_ones():
    with pytest.raises(InvalidInput) as caught:
        require_family("comic", field="texts.font")
    assert caught.value.field == "texts.font"
    assert caught.value.facts["allowed"] == list(FAMILIES)


@pytest.mark.parametrize("content", [None, "not json", "{}"])
def test_unprepared_fonts_are_reported(tmp_path: Path, content: str | None):
    if content is not None:
        (tmp_path / INDEX_FILE).write_text(content)
    with pytest.raises(Unavailable):
        FontIndex.load(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "Reykjavík Łódź Đà Lạt Ọ\u0300yọ\u0301",
        "Αθήνα Ἀθῆναι",
        "Москва Київ Ўзбекистон",
        "القاهرة تهران اسلام‌آباد",
        "ירושלים שָׁלוֹם",
        "नई दिल्ली काठमाण्डौ",
        "กรุงเทพมหานคร",
        "東京 京都タワー",
        "北京 臺北 香港",
        "서울특별시",
        "თბილისი Երևան",
        "ঢাকা சென்னை హైదరాబాద్ ಬೆಂಗಳೂರು തിരുവനന്തപുരം અમદાવાદ ਅੰਮ੍ਰਿਤਸਰ ଭୁବନେଶ୍ୱର",
        "කොළඹ ភ្នំពេញ ວຽງຈັນ ရန်ကုန် አዲስ አበባ ལྷ་ས། މާލެ ᐃᖃᓗᐃᑦ",
        "♥ ★ ✕ → № ½ €",
    ],
)
def test_the_prepared_fonts_have_the_scripts_of_the_world(text: str):
    check_texts([text], font_index())
