from __future__ import annotations

import io
import re
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from mural.errors import InvalidInput, MissingScript
from mural.fonts import FAMILIES
from mural.poster import Page, Texts
from mural.render.fonts import FontShelf
from mural.render.lettering import (
    MARGIN_SHARE,
    PlacedText,
    block_top_pt,
    draw_lettering,
    layout_lettering,
    page_scale,
)
from mural.units import PT_PER_MM
from mural.wording import CREDIT
from tests.support.designs import design
from tests.support.fonts import font_index, font_shelf, fonts_dir

LONG_NAME = "Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu"
PAGES = {
    "12x16in": Page(),
    "16x12in": Page(width_mm=406.4, height_mm=304.8),
    "square": Page(width_mm=300, height_mm=300),
    "story": Page(width_mm=91.44, height_mm=162.56),
    "wallpaper": Page(width_mm=162.56, height_mm=91.44),
    "a0": Page(width_mm=841, height_mm=1189),
}
PLACES = {
    "plain": ("Helsinki", "Finland"),
    "deep": ("Chișinău Qyjgĵ", "Moldova"),
    "long": (LONG_NAME, "New Zealand"),
    "words": ("Krung Thep Maha Nakhon Amon Rattanakosin", "The Kingdom of Thailand and all of its many provinces"),
    "arabic": ("الدار البيضاء", "المغرب"),
    "hebrew": ("ירושלים", "ישראל"),
    "devanagari": ("काठमाण्डौ", "नेपाल"),
    "thai": ("กรุงเทพมหานคร", "ประเทศไทย"),
    "japanese": ("東京", "日本"),
    "korean": ("서울특별시", "대한민국"),
    "cyrillic": ("Йошкар-Ола", "Россия"),
    "greek": ("Θεσσαλονίκη", "Ελλάδα"),
    "marks": ("Ọ\u0300yọ\u0301", "Nàìjíríà"),
}


def layout(city: str = "Helsinki", country: str = "Finland", page: Page | None = None, **texts: object):
    chosen = Texts(**texts)  # type: ignore[arg-type]
    return layout_lettering(design(city, country, page=page, texts=chosen), font_shelf())


def roles(placed: list[PlacedText]) -> list[str]:
    return [text.role for text in placed]


def pixels(placed: list[PlacedText], *, origin_pt: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Draw on a 12 x 16 in page at 50 dots per inch; the darkness of each pixel, shape (800, 600)."""
    figure = Figure(figsize=(12, 16), dpi=50, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    draw_lettering(figure, placed, "#000000", origin_pt=origin_pt)
    canvas.draw()
    return 255 - np.asarray(canvas.buffer_rgba())[:, :, 0].astype(int)


def test_a_poster_says_its_place_from_the_bottom_up():
    placed = layout(lines=("one", "two"))
    assert roles(placed) == ["credit", "line", "line", "coordinates", "subtitle", "rule", "title"]
    assert [text.text for text in placed] == [
        CREDIT,
        "two",
        "one",
        "60.1715° N 24.9443° E",
        "Finland",
        "",
        "HELSINKI",
    ]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_lines_stand_apart_centred_and_inside_the_margins(page: Page, place: tuple[str, str]):
    placed = layout(*place, page=page, lines=("Where it all began — 14.02.2020",))
    width_pt, height_pt = page.width_mm * PT_PER_MM, page.height_mm * PT_PER_MM
    for text in placed:
        left, bottom, right, top = text.box_pt
        assert left >= width_pt * MARGIN_SHARE - 1e-6
        assert (left + right) / 2 == pytest.approx(width_pt / 2, abs=1e-6)
        assert 0 < bottom < top < height_pt / 2
    for below, above in pairwise(placed):
        assert above.box_pt[1] > below.box_pt[3] + 1.5 * page_scale(page)


def test_lettering_grows_with_the_page():
    small, large = layout(page=PAGES["12x16in"]), layout(page=Page(width_mm=609.6, height_mm=812.8))
    for one, two in zip(small, large, strict=True):
        assert np.array(two.box_pt) == pytest.approx(2 * np.array(one.box_pt))


def test_a_wide_page_is_lettered_for_its_height():
    assert page_scale(PAGES["12x16in"]) == pytest.approx(1.0)
    assert page_scale(PAGES["16x12in"]) == pytest.approx(0.864)
    assert block_top_pt(layout(page=PAGES["wallpaper"])) < 0.3 * PAGES["wallpaper"].height_mm * PT_PER_MM


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"title": ""}, ["credit", "coordinates", "subtitle"]),
        ({"subtitle": ""}, ["credit", "coordinates", "rule", "title"]),
        ({"coordinates": ""}, ["credit", "subtitle", "rule", "title"]),
        ({"subtitle": "", "coordinates": ""}, ["credit", "title"]),
        ({"title": "", "subtitle": "", "coordinates": "", "lines": ("", " ")}, ["credit"]),
    ],
)
def test_empty_texts_hide_lines_but_never_the_credit(texts: dict[str, object], expected: list[str]):
    assert roles(layout(**texts)) == expected


def test_hidden_lines_leave_no_hole():
    assert layout(subtitle="", coordinates="")[-1].box_pt[1] < layout()[-1].box_pt[1]
    assert layout(coordinates="")[1].box_pt[1] == pytest.approx(layout()[1].box_pt[1], abs=3.0)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_many_lines_are_set_smaller_rather_than_off_the_page(page: Page):
    lines = tuple(f"The {number}th of many lines, all of them to be kept" for number in range(30))
    placed = layout(page=page, lines=lines)
    assert [text.text for text in placed if text.role == "line"] == list(reversed(lines))
    assert block_top_pt(placed) <= page.height_mm * PT_PER_MM / 2


def test_a_long_name_stands_on_two_lines_the_first_on_top():
    second, first = (text for text in layout(LONG_NAME) if text.role == "title")
    assert first.text + second.text == LONG_NAME.upper()[: len(first.text) - 1] + "-" + second.text
    assert first.box_pt[1] > second.box_pt[3]


def test_the_same_design_is_lettered_the_same():
    afresh = layout_lettering(design(), FontShelf(font_index(), fonts_dir()))
    for one, two in zip(layout(), afresh, strict=True):
        assert np.array_equal(one.outline.vertices, two.outline.vertices)
        assert np.array_equal(one.outline.codes, two.outline.codes)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_typeface_letters_a_poster_in_its_own_way(family: str):
    title = layout(font=family)[-1]
    other = layout(font="jost" if family != "jost" else "inter")[-1]
    assert title.text == other.text
    assert title.box_pt != other.box_pt


def test_an_unknown_typeface_is_bad_input():
    with pytest.raises(InvalidInput):
        layout(font="comic")


def test_a_missing_script_is_told():
    with pytest.raises(MissingScript, match="Cherokee"):
        layout("ᏣᎳᎩ")


def test_ink_falls_where_the_layout_says():
    placed = layout()
    dark = pixels(placed) > 100
    rows, columns = np.nonzero(dark)
    scale = 50 / 72
    title, credit = placed[-1].box_pt, placed[0].box_pt
    assert columns.min() == pytest.approx(title[0] * scale, abs=2)
    assert columns.max() == pytest.approx(title[2] * scale, abs=2)
    assert 800 - rows.min() == pytest.approx(title[3] * scale, abs=2)
    assert 800 - rows.max() == pytest.approx(credit[1] * scale, abs=4)


def test_the_origin_moves_everything():
    still, moved = pixels(layout()), pixels(layout(), origin_pt=(14.4, 28.8))
    assert np.array_equal(moved[:-20, 10:], still[20:, :-10])


def test_counters_of_letters_stay_open():
    (title,) = (text for text in layout("OOO") if text.role == "title")
    left, bottom, right, top = (round(value * 50 / 72) for value in title.box_pt)
    middle = pixels([title])[800 - (bottom + top) // 2, left:right] > 100
    # Six stems, one on each side of every O, with nothing in between.
    assert int((np.diff(middle.astype(int)) == 1).sum()) + int(middle[0]) == 6


def test_vectors_carry_outlines_in_named_groups_and_no_fonts():
    figure = Figure(figsize=(12, 16))
    draw_lettering(figure, layout("東京", "日本"), "#123456")
    out = io.StringIO()
    figure.savefig(out, format="svg")
    svg = out.getvalue()
    assert re.findall(r'id="lettering-(\w+)"', svg) == ["credit", "coordinates", "subtitle", "rule", "title"]
    assert "<text" not in svg
    assert "#123456" in svg
