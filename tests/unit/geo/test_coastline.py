"""The page of these tests is a square of 100 m; the streets, where there are any, show where people live."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.coastline import join, sea
from tests.support.maps import lines

PAGE = BBox(-50, -50, 50, 50)
WHOLE = 10_000.0
NO_STREETS = np.empty((0, 2))
Points = list[tuple[float, float]]


def sea_of(*coasts: Points, streets: Points | None = None) -> shapely.Geometry:
    made = sea(lines(*coasts), PAGE, np.array(streets, dtype=float) if streets else NO_STREETS)
    return shapely.union_all(ragged.to_shapes(made))


def at(shape: shapely.Geometry, x: float, y: float) -> bool:
    return bool(shapely.contains_xy(shape, x, y))


def ring(x: float, y: float, reach: float) -> Points:
    """A square counter-clockwise: as a coast, an island."""
    corners = [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]
    return [*corners, corners[0]]


def test_without_a_coast_all_is_land() -> None:
    assert sea_of().is_empty


def test_the_water_is_on_the_right() -> None:
    north = [(-80.0, 0.0), (80.0, 0.0)]
    assert sea_of(north).equals(shapely.box(-50, -50, 50, 0))
    assert sea_of(north[::-1]).equals(shapely.box(-50, 0, 50, 50))


def test_ways_are_joined_in_any_order() -> None:
    coast = [(-80.0, 0.0), (-20.0, 10.0), (0.0, -10.0), (20.0, 10.0), (80.0, 0.0)]
    whole = sea_of(coast)
    assert sea_of(coast[3:], coast[1:3], coast[2:4], coast[:2]).equals(whole)
    assert at(whole, 0, -20)
    assert not at(whole, 0, 20)


def test_a_coast_in_shreds_is_one_coast() -> None:
    shreds = [[(float(x), 0.0), (x + 0.6, 0.0)] for x in range(-80, 80)]
    assert sea_of(*shreds[::3], *shreds[1::3], *shreds[2::3]).equals(shapely.box(-50, -50, 50, 0))


def test_a_coast_that_leaves_the_page_and_returns_makes_two_seas() -> None:
    headland = sea_of([(-80, -20), (0, -70), (80, -20)])
    assert [at(headland, -40, -49), at(headland, 40, -49), at(headland, 0, -49)] == [True, True, False]
    assert len(shapely.get_parts(headland)) == 2


def test_two_shores_make_a_river_mouth() -> None:
    strait = sea_of([(-80, 10), (80, 10)], [(80, -10), (-80, -10)])
    assert strait.equals(shapely.box(-50, -10, 50, 10))


def test_an_island_wholly_inside_is_land_in_an_open_sea() -> None:
    assert sea_of(ring(0, 0, 10)).equals(shapely.box(*PAGE).difference(shapely.box(-10, -10, 10, 10)))


def test_several_islands_off_a_coast() -> None:
    found = sea_of([(-80, 0), (80, 0)], ring(-20, -25, 5), ring(20, -25, 5), ring(48, -25, 5))
    assert found.area == pytest.approx(5000 - 100 - 100 - 7 * 10)
    assert not at(found, -20, -25)


def test_an_island_that_is_but_a_point_changes_nothing() -> None:
    dot, dash = [(20.0, -20.0)] * 2, [(-20.0, -20.0), (-19.0, -20.0), (-20.0, -20.0)]
    assert sea_of([(-80, 0), (80, 0)], dot, dash).equals(shapely.box(-50, -50, 50, 0))
    assert sea_of(ring(0, 0, 10), dot, dash).area == pytest.approx(WHOLE - 400)
    assert sea_of(dot, dash).is_empty


def test_an_island_in_a_lagoon_of_an_island() -> None:
    found = sea_of(ring(0, 0, 5), ring(0, 0, 20)[::-1], ring(0, 0, 40))
    assert [at(found, 0, y) for y in (0, 10, 30, 45)] == [False, True, False, True]


def test_a_lagoon_alone_leaves_the_rest_land() -> None:
    assert sea_of(ring(0, 0, 20)[::-1]).equals(shapely.box(-20, -20, 20, 20))


@pytest.mark.parametrize("start", range(4))
def test_a_ring_across_the_edge_may_begin_anywhere(start: int) -> None:
    corners = ring(50, 50, 30)[:-1]
    turned = [*corners[start:], *corners[:start], corners[start]]
    assert sea_of(turned).area == pytest.approx(WHOLE - 900)
    assert sea_of(turned[::-1]).area == pytest.approx(900)


def test_a_coast_off_the_page_tells_its_side() -> None:
    south = [(-500.0, -200.0), (500.0, -200.0)]
    assert sea_of(south).is_empty
    assert sea_of(south[::-1]).area == WHOLE


def test_a_corner_of_a_coast_off_the_page_tells_its_side() -> None:
    """The nearest point of the coast is a corner, where its two segments disagree about the side."""
    cape = [(-300.0, 100.0), (-100.0, 0.0), (-110.0, -20.0)]
    assert sea_of(cape[::-1]).area == WHOLE
    assert sea_of(cape).is_empty


def test_a_coast_off_the_page_does_not_drown_streets() -> None:
    assert sea_of([(500, -200), (-500, -200)], streets=[(0, 0)]).is_empty


def test_a_coast_that_breaks_off_near_the_edge_is_led_to_it() -> None:
    whole = sea_of([(-80, 0), (80, 0)])
    broken = sea_of([(-45, 0), (46, 0)])
    assert broken.symmetric_difference(whole).area < 1


def test_a_gap_in_a_coast_is_closed() -> None:
    assert sea_of([(-80, 0), (-5, 0)], [(5, 0), (80, 0)]).equals(shapely.box(-50, -50, 50, 0))


def test_a_gap_in_an_island_is_closed() -> None:
    island = ring(0, 0, 20)
    found = sea_of([(-18.0, -20.0), *island[1:]])
    assert found.area == pytest.approx(WHOLE - 1600)


def test_a_coast_drawn_the_wrong_way_round_does_not_drown_the_town() -> None:
    streets = [(float(x), float(y)) for x in range(-40, 41, 10) for y in range(5, 46, 10)]
    assert sea_of([(80, 0), (-80, 0)], streets=streets).is_empty
    assert sea_of([(-80, 0), (80, 0)], streets=streets).area == pytest.approx(5000)


def test_a_few_streets_on_a_mole_do_not_dry_up_the_sea() -> None:
    streets = [(float(x), 20.0) for x in range(-40, 41)] + [(0.0, -5.0), (0.0, -10.0)]
    assert sea_of([(-80, 0), (80, 0)], streets=streets).area == pytest.approx(5000)


def test_joining_turns_nothing_round_and_closes_rings() -> None:
    joined = join([np.array([(1.0, 1.0), (0.0, 1.0)]), np.array([(0.0, 0.0), (1.0, 1.0)]), np.array([(5.0, 5.0)])])
    assert [part.tolist() for part in joined] == [[[0, 0], [1, 1], [0, 1]]]
    square = np.array(ring(0, 0, 1))
    (closed,) = join([square[2:], square[:3]])
    assert closed[0].tolist() == closed[-1].tolist()


@given(
    st.lists(
        st.lists(st.tuples(st.integers(-70, 70), st.integers(-70, 70)), min_size=2, max_size=6), min_size=1, max_size=5
    )
)
def test_whatever_the_coasts_there_is_a_valid_sea_on_the_page(coasts: list[Points]) -> None:
    made = ragged.to_shapes(sea(lines(*coasts), PAGE, NO_STREETS))
    assert shapely.is_valid(made).all()
    assert shapely.union_all(made).difference(shapely.box(*PAGE).buffer(1e-6)).is_empty
