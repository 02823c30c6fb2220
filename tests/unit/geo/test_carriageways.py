import numpy as np
import pytest

from mural.geo.carriageways import DETOUR_M, REACH_M, between_company, have_company, tell_apart
from mural.geo.layers import Layer, Lines
from tests.support.maps import lines

NORTHWARDS = [(0.0, 0.0), (0.0, 500.0)]
SOUTHWARDS = [(-15.0, 520.0), (-15.0, 20.0)]
FAR = [(400.0, 0.0), (400.0, 500.0)]
NEAR_M = 10_000.0
"""A distance at which the page adds nothing to the reach."""


def in_company(*parts: list[tuple[float, float]], reach_m: float = REACH_M) -> list[bool]:
    return have_company(lines(*parts), reach_m).tolist()


def ring(radius_m: float) -> list[tuple[float, float]]:
    turns = np.linspace(0, 2 * np.pi, 13)
    return [(radius_m * np.cos(turn), radius_m * np.sin(turn)) for turn in turns]


def test_two_sides_of_a_road_are_told_from_a_one_way_street() -> None:
    assert in_company(NORTHWARDS, SOUTHWARDS, FAR) == [True, True, False]


def test_the_sides_may_run_the_same_way() -> None:
    assert in_company(NORTHWARDS, SOUTHWARDS[::-1]) == [True, True]


@pytest.mark.parametrize(
    "onwards",
    [
        [(0.0, 500.0), (0.0, 900.0)],
        [(0.0, 500.0), (30.0, 560.0), (90.0, 600.0)],
        [(0.0, 500.0), (10.0, 500.0)],
    ],
    ids=["straight on", "in a bend", "round a corner"],
)
def test_the_continuation_of_a_road_is_no_company(onwards: list[tuple[float, float]]) -> None:
    assert in_company(NORTHWARDS, onwards) == [False, False]


def test_a_street_that_crosses_is_no_company() -> None:
    assert in_company(NORTHWARDS, [(-100.0, 250.0), (100.0, 250.0)]) == [False, False]


def test_the_same_line_twice_is_no_company() -> None:
    assert in_company(NORTHWARDS, NORTHWARDS) == [False, False]


def test_most_of_a_road_must_have_company() -> None:
    assert in_company(NORTHWARDS, [(-15.0, 0.0), (-15.0, 200.0)]) == [False, True]


def test_a_small_roundabout_is_its_own_company_and_a_large_one_is_not() -> None:
    assert in_company(ring(12.0), [(x + 500, y) for x, y in ring(90.0)]) == [True, False]


def test_a_line_of_no_length_does_no_harm() -> None:
    assert in_company([(0.0, 0.0), (0.0, 0.0)], FAR) == [False, False]


def detour(length_m: float) -> Lines:
    """Draw a road of two lines between two that are marked, all going east, and one that leaves it."""
    half_m = length_m / 2
    return lines(
        [(-100, 0), (0, 0)],
        [(0, 0), (half_m, 0)],
        [(half_m, 0), (length_m, 0)],
        [(length_m, 0), (length_m + 100, 0)],
        [(half_m, 0), (half_m + 50, 50)],
    )


MARKED = np.array([True, False, False, True, False])


def test_sides_that_part_and_meet_again_are_still_sides() -> None:
    assert between_company(detour(DETOUR_M - 10), MARKED).tolist() == [True, True, True, True, False]


def test_sides_that_part_for_long_are_streets_of_their_own() -> None:
    assert between_company(detour(DETOUR_M + 10), MARKED).tolist() == MARKED.tolist()


def test_a_road_is_not_followed_round_a_corner_or_against_its_direction() -> None:
    corner = lines([(-100, 0), (0, 0)], [(0, 0), (0, 100)], [(0, 100), (100, 100)])
    against = lines([(-100, 0), (0, 0)], [(100, 0), (0, 0)], [(100, 0), (200, 0)])
    for road in (corner, against):
        assert between_company(road, np.array([True, False, True])).tolist() == [True, False, True]


def test_a_ring_of_streets_without_company_comes_to_an_end() -> None:
    corners = [(0, 0), (100, 10), (200, 0), (100, -200)]
    ring_road = lines(*([corners[k], corners[(k + 1) % 4]] for k in range(4)))
    assert not between_company(ring_road, np.zeros(4, dtype=bool)).any()


def together(told: dict[Layer, Lines]) -> dict[Layer, int]:
    return {layer: len(part) for layer, part in told.items()}


def test_one_way_streets_return_to_their_class_and_sides_stay() -> None:
    oneway = lines(NORTHWARDS, SOUTHWARDS, FAR, levels=[1, 0, -1])
    told = tell_apart({Layer.CARRIAGEWAY_PRIMARY: oneway, Layer.ROAD_PRIMARY: lines([(0, 0), (9, 9)])}, NEAR_M)
    assert together(told) == {Layer.CARRIAGEWAY_PRIMARY: 2, Layer.ROAD_PRIMARY: 2}
    assert told[Layer.CARRIAGEWAY_PRIMARY].level.tolist() == [1, 0]
    assert told[Layer.ROAD_PRIMARY].level.tolist() == [0, -1]
    assert told[Layer.ROAD_PRIMARY].xy[-2:].tolist() == [list(point) for point in FAR]


def test_a_class_that_has_no_other_roads_gets_its_own() -> None:
    assert together(tell_apart({Layer.CARRIAGEWAY_TERTIARY: lines(FAR)}, NEAR_M)) == {
        Layer.CARRIAGEWAY_TERTIARY: 0,
        Layer.ROAD_TERTIARY: 1,
    }


def test_a_motorway_is_divided_even_where_its_sides_are_far_apart() -> None:
    assert together(tell_apart({Layer.CARRIAGEWAY_MOTORWAY: lines(FAR)}, NEAR_M)) == {Layer.CARRIAGEWAY_MOTORWAY: 1}


def test_on_the_map_of_a_region_a_wide_median_is_seen_as_one_road() -> None:
    boulevard = {Layer.CARRIAGEWAY_PRIMARY: lines(NORTHWARDS, [(70.0, 0.0), (70.0, 500.0)])}
    assert together(tell_apart(boulevard, NEAR_M))[Layer.ROAD_PRIMARY] == 2
    assert together(tell_apart(boulevard, 50_000.0))[Layer.CARRIAGEWAY_PRIMARY] == 2


def test_other_layers_are_left_alone() -> None:
    layers = {Layer.RAIL: lines(NORTHWARDS, SOUTHWARDS), Layer.CARRIAGEWAY_PRIMARY: lines()}
    assert together(tell_apart(layers, NEAR_M)) == {Layer.RAIL: 2, Layer.CARRIAGEWAY_PRIMARY: 0}
