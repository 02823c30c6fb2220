from dataclasses import replace

import pytest

from mural.poster import Page
from mural.render.page import Sheet, fragment_m, map_half_extent_m, simplify_tolerance_m, size_px
from tests.support.designs import design


def test_the_default_page_is_exactly_twelve_by_sixteen_inches_at_300_dpi():
    poster = design()
    assert size_px(poster) == (3600, 4800)
    assert Sheet.of(poster).dpi(3600) == pytest.approx(300)


def test_a_preview_is_the_same_page_in_fewer_pixels():
    assert size_px(design(), 800) == (800, 1067)
    assert Sheet.of(design()).dpi(800) == pytest.approx(66.667, abs=0.001)


def test_the_distance_reaches_the_long_edges():
    assert Sheet.of(design()).pt_per_m == pytest.approx(864 / 2000)


def test_a_landscape_page_keeps_the_distance_to_its_nearer_edges():
    sheet = Sheet.of(design(page=Page(width_mm=400, height_mm=200)))
    assert sheet.pt_per_m * 1000 == pytest.approx(sheet.height_pt / 2)


def test_the_map_reaches_into_the_bleed():
    poster = design(page=Page(width_mm=200, height_mm=300, bleed_mm=5))
    width_m, height_m = map_half_extent_m(poster)
    assert (width_m, height_m) == pytest.approx((1000 * 210 / 200, 1500 * 310 / 300))


def test_fewer_pixels_allow_more_simplifying():
    assert simplify_tolerance_m(design(), 360) == pytest.approx(10 * simplify_tolerance_m(design()))


def test_crop_marks_need_room_beyond_the_bleed():
    poster = design(page=Page(bleed_mm=3))
    bare = Sheet.of(poster)
    marked = Sheet.of(replace(poster, page=Page(bleed_mm=3, crop_marks=True)))
    assert bare.media_margin_pt == bare.bleed_pt
    assert marked.media_margin_pt > marked.bleed_pt


def test_three_millimetres_of_paper_are_as_many_metres_as_the_scale_has_it():
    assert fragment_m(design()) == pytest.approx(3 / 304.8 * 2000)
