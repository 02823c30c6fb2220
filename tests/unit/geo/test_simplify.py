from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mural.geo import ragged
from mural.geo.simplify import straighten_lines, straighten_polygons, thin_lines, thin_polygons
from tests.support.maps import lines

STEPS = st.lists(st.tuples(st.floats(0.05, 3), st.floats(-3, 3)), min_size=2, max_size=60)


def path(steps: list[tuple[float, float]]) -> np.ndarray:
    return np.cumsum(np.array(steps), axis=0)


@given(STEPS)
def test_thinning_moves_nothing_farther_than_a_cell(steps: list[tuple[float, float]]) -> None:
    points = path(steps)
    kept = thin_lines(lines(points.tolist()), (0.5, 0.5)).xy
    gaps = shapely.distance(shapely.points(points), shapely.multipoints(kept))
    assert gaps.max() <= 0.5 * np.sqrt(2) + 1e-9
    assert kept[0].tolist() == points[0].tolist()
    assert kept[-1].tolist() == points[-1].tolist()


@given(STEPS)
def test_straightening_moves_nothing_farther_than_the_tolerance(steps: list[tuple[float, float]]) -> None:
    points = path(steps)
    kept = straighten_lines(lines(points.tolist()), 0.5).xy
    gaps = shapely.distance(shapely.points(points), shapely.linestrings(kept))
    assert gaps.max() <= 0.5 + 1e-9
    assert kept[0].tolist() == points[0].tolist()
    assert kept[-1].tolist() == points[-1].tolist()


def test_a_straight_street_loses_points_and_a_corner_stays() -> None:
    street = [(float(x), 0.0) for x in range(10)] + [(9.0, float(y)) for y in range(1, 10)]
    kept = straighten_lines(lines(street, street), 0.1)
    assert [9.0, 0.0] in kept.xy.tolist()
    assert len(kept.xy) < len(street)
    assert len(kept) == 2


def test_a_line_that_turns_back_keeps_its_tip() -> None:
    assert len(straighten_lines(lines([(0, 0), (10, 0), (5, 0)]), 1.0).xy) == 3


def test_polygons_too_small_to_be_seen_go_with_their_holes() -> None:
    expected = shapely.box(0, 0, 100, 100).difference(shapely.box(10, 10, 40, 40))
    large = expected.difference(shapely.box(60.1, 60.1, 60.2, 60.2))
    small = shapely.box(200.1, 200.1, 200.6, 200.6).difference(shapely.box(200.2, 200.2, 200.3, 200.3))
    thinned = thin_polygons(ragged.from_shapes(np.array([small, large, small])), (5, 5))
    (left,) = ragged.to_shapes(thinned)
    assert left.equals(expected)


def test_a_ring_stays_closed_and_keeps_its_shape() -> None:
    circle = shapely.Point(0, 0).buffer(100, quad_segs=200)
    thinned = straighten_polygons(thin_polygons(ragged.from_shapes(np.array([circle])), (0.5, 0.5)), 0.5)
    (left,) = ragged.to_shapes(thinned)
    assert left.is_valid
    assert left.area == pytest.approx(circle.area, rel=0.01)
    assert len(thinned.xy) < shapely.get_num_coordinates(circle) / 2
