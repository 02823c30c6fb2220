from dataclasses import replace

import pytest
from matplotlib.transforms import Bbox

from mural.poster import Furniture, Page
from mural.render.furniture import crop_marks, furnish, round_length_m
from mural.render.lettering import layout_lettering
from mural.render.page import Sheet
from tests.support.designs import design
from tests.support.fonts import font_shelf


def furnished(rotation_deg: float = 0.0, **wanted: bool):
    poster = replace(design(), furniture=Furniture(**wanted), rotation_deg=rotation_deg)
    sheet = Sheet.of(poster)
    return {shape.name: shape for shape in furnish(poster, sheet, font_shelf())}, sheet


@pytest.mark.parametrize(("longest", "expected"), [(999, 500), (1000, 1000), (4999, 2000), (0.3, 0.2), (5000, 5000)])
def test_a_scale_bar_has_a_round_length(longest, expected):
    assert round_length_m(longest) == pytest.approx(expected)


def test_a_scale_bar_is_as_long_on_paper_as_it_says():
    shapes, sheet = furnished(scale_bar=True)
    assert shapes["scale-bar"].outline.get_extents().width == pytest.approx(200 * sheet.pt_per_m)


def test_nothing_is_placed_unless_asked_for():
    assert furnished()[0] == {}


def test_the_arrow_points_north_on_a_turned_map():
    tip, tail = furnished(rotation_deg=90, north_arrow=True)[0]["north-arrow"].outline.vertices[[0, 2]]
    assert tip[0] > tail[0]
    assert tip[1] == pytest.approx(tail[1])


def test_furniture_keeps_clear_of_the_credit():
    shapes, _ = furnished(frame=True, scale_bar=True, north_arrow=True)
    credit = Bbox.from_extents(*layout_lettering(design(), font_shelf())[0].box_pt)
    for name in ("scale-bar", "scale-bar-label", "north-arrow"):
        assert Bbox.intersection(shapes[name].outline.get_extents(), credit) is None
    assert shapes["frame"].outline.get_extents().y0 < credit.y0


def test_crop_marks_point_at_the_corners_from_outside_the_bleed():
    sheet = Sheet.of(design(page=Page(bleed_mm=3, crop_marks=True)))
    marks = crop_marks(sheet)
    assert len(marks) == 8
    for mark in marks:
        (x0, y0), (x1, y1) = mark.outline.vertices
        assert {x0, x1} in ({0.0}, {sheet.width_pt}) or {y0, y1} in ({0.0}, {sheet.height_pt})
        outside = max(-x0, x0 - sheet.width_pt, -y0, y0 - sheet.height_pt)
        assert sheet.bleed_pt < outside < sheet.media_margin_pt
