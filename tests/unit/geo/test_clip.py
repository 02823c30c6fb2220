from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.clip import clip_lines, clip_polygons
from mural.geo.layers import Lines
from tests.support.maps import lines

BOX = BBox(0, 0, 10, 10)
POINTS = st.tuples(st.integers(-8, 18), st.integers(-8, 18))


def parts(some: Lines) -> list[list[list[float]]]:
    return [part.tolist() for part in np.split(some.xy, some.offsets[1:-1])] if len(some) else []


def test_a_line_is_cut_where_it_leaves_and_where_it_comes_back() -> None:
    cut = clip_lines(lines([(5, 5), (15, 5), (15, 8), (5, 8)], levels=[-1]), BOX)
    assert parts(cut) == [[[5, 5], [10, 5]], [[10, 8], [5, 8]]]
    assert cut.level.tolist() == [-1, -1]


def test_a_line_may_cross_without_a_point_inside() -> None:
    assert parts(clip_lines(lines([(-5, 3), (15, 3)]), BOX)) == [[[0, 3], [10, 3]]]


def test_lines_inside_stay_as_they_are_and_lines_outside_go() -> None:
    cut = clip_lines(
        lines([(1, 1), (2, 2)], [(20, 20), (30, 30)], [(3, 3), (3, 30)], [(-9, 5), (5, 19)], levels=[0, 0, 1, 0]), BOX
    )
    assert parts(cut) == [[[1, 1], [2, 2]], [[3, 3], [3, 10]]]
    assert cut.level.tolist() == [0, 1]


def test_nothing_in_nothing_out() -> None:
    assert len(clip_lines(lines(), BOX)) == 0
    assert len(clip_lines(lines([(20, 20), (30, 30)]), BOX)) == 0


@given(st.lists(st.lists(POINTS, min_size=2, max_size=6), min_size=1, max_size=4))
def test_cutting_keeps_exactly_what_lies_inside(points: list[list[tuple[int, int]]]) -> None:
    cut = clip_lines(lines(*points), BOX)
    steps = [shapely.LineString(step) for line in points for step in pairwise(line)]
    expected = shapely.length(shapely.intersection(steps, shapely.box(*BOX))).sum()
    length = sum(shapely.LineString(part).length for part in parts(cut))
    assert length == pytest.approx(expected, abs=1e-6)
    assert np.all((cut.xy >= -1e-9) & (cut.xy <= 10 + 1e-9))
    assert np.all(np.diff(cut.offsets) >= 2)


def test_a_polygon_is_cut_with_its_hole() -> None:
    shape = shapely.box(5, 5, 15, 15).difference(shapely.box(8, 8, 12, 12))
    cut = clip_polygons(
        ragged.from_shapes(np.array([shape, shapely.box(20, 20, 30, 30), shapely.box(1, 1, 2, 2)])), BOX
    )
    assert shapely.union_all(ragged.to_shapes(cut)).area == pytest.approx(25 - 4 + 1)


def test_a_polygon_with_a_twist_is_cut_all_the_same() -> None:
    bow = shapely.Polygon([(5, 0), (15, 10), (15, 0), (5, 10), (5, 0)])
    cut = clip_polygons(ragged.from_shapes(np.array([bow])), BOX)
    assert shapely.union_all(ragged.to_shapes(cut)).area == pytest.approx(25)


def test_a_polygon_that_only_touches_goes() -> None:
    assert len(clip_polygons(ragged.from_shapes(np.array([shapely.box(10, 0, 20, 5)])), BOX)) == 0
