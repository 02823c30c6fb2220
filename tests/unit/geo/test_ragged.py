from __future__ import annotations

import numpy as np
import pytest
import shapely

from mural.geo import ragged
from mural.geo.bbox import BBox
from tests.support.maps import lines

SHAPES = [
    shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4)),
    shapely.box(20, 0, 21, 1),
    shapely.box(30, 0, 40, 10).difference(shapely.box(32, 2, 34, 4)).difference(shapely.box(36, 6, 38, 8)),
]


def polygons(*shapes: shapely.Polygon):
    return ragged.from_shapes(np.array(shapes, dtype=object))


def test_bounds_measure_every_part() -> None:
    some = lines([(0, 5), (2, 1)], [(-1, 0), (-2, 0), (-3, 4)])
    assert ragged.bounds(some.xy, some.offsets).tolist() == [[0, 1, 2, 5], [-3, 0, -1, 4]]


def test_bounds_of_nothing_are_nothing() -> None:
    assert len(ragged.bounds(lines().xy, lines().offsets)) == 0


def test_touching_and_lying_within_differ() -> None:
    some = lines([(1, 1), (2, 2)], [(1, 1), (9, 9)], [(8, 8), (9, 9)])
    parts = ragged.bounds(some.xy, some.offsets)
    assert ragged.touches(parts, BBox(0, 0, 5, 5)).tolist() == [True, True, False]
    assert ragged.within(parts, BBox(0, 0, 5, 5)).tolist() == [True, False, False]


def test_taking_lines_keeps_their_levels() -> None:
    some = lines([(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)], [(5, 5), (6, 6)], levels=[-1, 0, 1])
    kept = ragged.take_lines(some, np.array([True, False, True]))
    assert kept.xy.tolist() == [[0, 0], [1, 1], [5, 5], [6, 6]]
    assert kept.offsets.tolist() == [0, 2, 4]
    assert kept.level.tolist() == [-1, 1]


@pytest.mark.parametrize("keep", [[True, True, True], [False, True, True], [True, False, True], [False, False, False]])
def test_taking_polygons_keeps_their_holes(keep: list[bool]) -> None:
    kept = ragged.take_polygons(polygons(*SHAPES), np.array(keep))
    expected = [shape for shape, wanted in zip(SHAPES, keep, strict=True) if wanted]
    assert list(ragged.to_shapes(kept)) == expected


def test_shapes_survive_the_round_trip_and_others_are_passed_over() -> None:
    given = [SHAPES[0], shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)]), SHAPES[2]]
    assert list(ragged.to_shapes(polygons(*given))) == [SHAPES[0], SHAPES[2]]
    assert len(polygons()) == 0
    assert len(polygons(shapely.Polygon())) == 0


def test_concatenation_is_the_same_as_all_at_once() -> None:
    joined = ragged.concat_polygons([polygons(SHAPES[0]), polygons(), polygons(*SHAPES[1:])])
    assert list(ragged.to_shapes(joined)) == SHAPES
    some = [(0.0, 0.0), (1.0, 1.0)], [(2.0, 2.0), (3.0, 3.0), (4.0, 4.0)]
    both = ragged.concat_lines([lines(some[0], levels=[1]), lines(some[1], levels=[-1])])
    expected = lines(*some, levels=[1, -1])
    assert both.xy.tolist() == expected.xy.tolist()
    assert both.offsets.tolist() == expected.offsets.tolist()
    assert both.level.tolist() == expected.level.tolist()


def test_parts_can_be_put_in_another_order() -> None:
    some = lines([(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)], [(5, 5), (6, 6)])
    xy, offsets = ragged.gather(some.xy, some.offsets, np.array([1, 0]))
    assert xy[:, 0].tolist() == [2, 3, 4, 0, 1]
    assert offsets.tolist() == [0, 3, 5]


def test_lines_are_split_by_their_keys() -> None:
    some = lines([(0, 0), (1, 1)], [(2, 2), (3, 3), (4, 4)], [(5, 5), (6, 6)], levels=[1, 0, -1])
    first, second = ragged.split_lines(some, np.array([7, 3, 7], dtype=np.uint64))
    assert first[0].tolist() == [1]
    assert second[0].tolist() == [0, 2]
    assert second[1].xy[:, 0].tolist() == [0, 1, 5, 6]
    assert second[1].offsets.tolist() == [0, 2, 4]
    assert second[1].level.tolist() == [1, -1]


def test_polygons_are_split_by_their_keys_with_their_holes() -> None:
    (_, first), (chosen, second) = ragged.split_polygons(polygons(*SHAPES), np.array([5, 4, 5], dtype=np.uint64))
    assert list(ragged.to_shapes(first)) == [SHAPES[1]]
    assert list(ragged.to_shapes(second)) == [SHAPES[0], SHAPES[2]]
    assert chosen.tolist() == [0, 2]


def test_nothing_is_split_into_nothing() -> None:
    nothing = np.empty(0, dtype=np.uint64)
    assert list(ragged.split_lines(lines(), nothing)) == []
    assert list(ragged.split_polygons(polygons(), nothing)) == []
