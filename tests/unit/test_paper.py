from __future__ import annotations

import pytest

from mural.errors import InvalidInput
from mural.paper import SIZES, PageWish, Size, page_for


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


def test_an_unknown_size_is_told_what_there_is() -> None:
    with pytest.raises(InvalidInput) as refused:
        page_for(PageWish(size="a9"))
    assert refused.value.facts["allowed"] == sorted(SIZES)
