from __future__ import annotations

import pytest

from mural.errors import InvalidInput
from mural.paper import SIZES, PageWish, Size, page_for, size_called, size_words
from mural.poster import Page
from mural.units import px_to_mm


@pytest.mark.parametrize(
    ("size", "dpi", "pixels"),
    [
        ("12x16in", 300, (3600, 4800)),
        ("a0", 300, (9933, 14043)),
        ("a4", 300, (2480, 3508)),
        ("letter", 72, (612, 792)),
        ("50x70cm", 300, (5906, 8268)),
        ("story", 300, (1080, 1920)),
        ("wallpaper_4k", 72, (3840, 2160)),
        ("thumbnail_16x9", 600, (1280, 720)),
        (Size(100, 150, "mm"), 254, (1000, 1500)),
        (Size(1234, 777, "px"), 300, (1234, 777)),
        ("2540x1270mm", 72, (7200, 3600)),
        ("7.5x10in", 200, (1500, 2000)),
    ],
)
def test_a_size_has_its_exact_pixels(size: str | Size, dpi: int, pixels: tuple[int, int]) -> None:
    page = page_for(PageWish(size=size, dpi=dpi))
    assert (page.width_px, page.height_px) == pixels


@pytest.mark.parametrize("name", SIZES)
def test_every_named_size_is_within_the_limits_and_turns(name: str) -> None:
    portrait = page_for(PageWish(size=name, orientation="portrait"))
    landscape = page_for(PageWish(size=name, orientation="landscape"))
    assert portrait.width_px <= portrait.height_px
    assert (portrait.width_px, portrait.height_px) == (landscape.height_px, landscape.width_px)


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (PageWish(size="a9"), "size"),
        (PageWish(size="0x40cm"), "size"),
        (PageWish(size="a0", dpi=301), "size"),
        (PageWish(size=Size(10_000, 10_000, "cm")), "size"),
        (PageWish(size=Size(99, 400, "px")), "size"),
        (PageWish(size=Size(9, 9, "mm"), dpi=600), "size"),
        (PageWish(size=Size(10, 51, "cm")), "size"),
        (PageWish(size=Size(400, 16_384, "px"), dpi=72), "size"),
        (PageWish(dpi=71), "dpi"),
        (PageWish(dpi=601), "dpi"),
        (PageWish(bleed_mm=20.1), "bleed_mm"),
        (PageWish(bleed_mm=-1), "bleed_mm"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_field(wish: PageWish, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        page_for(wish)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("30x45cm", Size(30, 45, "cm")),
        ("8.5x11in", Size(8.5, 11, "in")),
        ("0x1000000px", Size(0, 1_000_000, "px")),
        ("a4", SIZES["a4"]),
    ],
)
def test_a_size_is_a_name_or_its_sides(words: str, size: Size) -> None:
    assert size_called(words) == size


@pytest.mark.parametrize("words", ["", "1x1parsec", "-3x40cm", "30 x 40 cm", "x40cm", "nanx40cm", "3e1x40cm", "30x40"])
def test_what_is_neither_is_no_size(words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        size_called(words)
    assert refused.value.field == "size"


@pytest.mark.parametrize(
    "words", [*SIZES, "31x47.5cm", "47.5x31cm", "8.3x11.7in", "20.05x30.005cm", "1234x777px", "1001x777px"]
)
@pytest.mark.parametrize("dpi", [72, 300, 600])
def test_a_page_is_called_as_it_was_asked_for(words: str, dpi: int) -> None:
    width, height, unit = size_called(words)
    if unit == "px":
        width_mm, height_mm = px_to_mm(width, dpi), px_to_mm(height, dpi)
    else:
        unit_mm = {"mm": 1, "cm": 10, "in": 25.4}[unit]
        width_mm, height_mm = width * unit_mm, height * unit_mm
    assert size_words(Page(width_mm=width_mm, height_mm=height_mm, dpi=dpi)) == words


def test_a_page_that_is_hung_the_other_way_keeps_its_name() -> None:
    assert size_words(page_for(PageWish(size="a3", orientation="landscape"))) == "a3"


def test_an_unknown_size_is_told_what_there_is() -> None:
    with pytest.raises(InvalidInput) as refused:
        page_for(PageWish(size="a9"))
    assert refused.value.facts["allowed"] == sorted(SIZES)
