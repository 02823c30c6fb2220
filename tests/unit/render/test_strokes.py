from dataclasses import replace
from itertools import pairwise

import pytest

from mural.geo.layers import LINKS, ROADS, Layer
from mural.poster import Page
from mural.render.page import Sheet
from mural.render.strokes import WEIGHTS, hidden_at, presence
from tests.support.designs import design


def sheet(distance_m: float, page: Page | None = None) -> Sheet:
    return Sheet.of(replace(design(page=page), distance_m=distance_m))


@pytest.mark.parametrize("distance_m", [500, 2000, 8000, 29_000, 50_000])
def test_a_more_important_road_is_never_thinner(distance_m):
    widths = [WEIGHTS[layer].width_pt(sheet(distance_m)) for layer in ROADS]
    assert all(major > minor for major, minor in pairwise(widths))


@pytest.mark.parametrize("distance_m", [500, 2000, 8000, 29_000, 50_000])
def test_a_slip_road_is_clearly_thinner_than_its_road(distance_m):
    for road, link in LINKS.items():
        assert WEIGHTS[link].width_pt(sheet(distance_m)) <= WEIGHTS[road].width_pt(sheet(distance_m)) * 0.72


def test_roads_grow_thinner_with_the_distance_but_not_without_end():
    weight = WEIGHTS[ROADS[0]]
    widths = [weight.width_pt(sheet(distance_m)) for distance_m in (500, 1000, 2000, 3000, 12_000, 50_000)]
    assert widths[0] == weight.ceiling_pt
    assert widths[1] > widths[2] > widths[3]
    assert widths[4] == weight.floor_pt
    assert weight.floor_pt / 2 < widths[5] < weight.floor_pt


def test_strokes_grow_with_the_page():
    twice = Page(width_mm=24 * 25.4, height_mm=32 * 25.4)
    for layer in ROADS:
        assert WEIGHTS[layer].width_pt(sheet(5000, twice)) == pytest.approx(2 * WEIGHTS[layer].width_pt(sheet(5000)))


def test_a_class_fades_steadily_and_is_gone_in_the_end():
    left = [presence(distance_m, 3000, 16_000) for distance_m in (1000, 3000, 5000, 9000, 15_000, 16_000, 50_000)]
    assert left[:2] == [1, 1]
    assert left[-2:] == [0, 0]
    assert all(earlier > later for earlier, later in pairwise(left[1:-1]))


def test_what_a_distance_hides_need_not_be_prepared_but_roads_always_are():
    assert hidden_at(2_000) == frozenset()
    assert hidden_at(15_000) == {Layer.TRAM, Layer.DITCH, Layer.POOL, Layer.SQUARE, Layer.PLATFORM}
    minor = {
        Layer.DITCH,
        Layer.TAXIWAY,
        Layer.LIFT,
        Layer.PISTE_LINE,
        Layer.TRAM,
        Layer.SUBWAY,
        Layer.SIDING,
        Layer.STREAM,
        Layer.PIER_LINE,
    }
    assert hidden_at(50_000) == {Layer.BUILDING, Layer.POOL, Layer.SQUARE, Layer.PLATFORM, *minor}
