from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from matplotlib.path import Path

from mural.render.along import APART_PT, SMOOTH_PT, STEEPEST_DEG, Baseline, Ink, Path2D, find_baseline
from mural.render.labels import CLEAR_PT, Surroundings, strung

ROOM = (0.0, 0.0, 400.0, 400.0)
INK = Ink(0.0, -2.0, 80.0, 10.0)
NAME = Path([(0, -2), (80, -2), (80, 10), (0, 10), (0, -2)], closed=True)
ACROSS = np.array([(50.0, 200.0), (350.0, 200.0)])
UP = np.array((0.0, 1.0))
NEAR = APART_PT + SMOOTH_PT


def found(
    *paths: Path2D, taken: list[tuple[float, ...]] | None = None, others: list[Path2D] | None = None, unit: float = 1.0
) -> Baseline | None:
    beads = np.concatenate([strung(path, unit) for path in (*paths, *(others or []))])
    room = tuple(side * unit for side in ROOM)
    boxes = np.array(taken or []).reshape(-1, 4) * unit
    ink = Ink(*(side * unit for side in (INK.left, INK.bottom, INK.right, INK.top)))
    return find_baseline(paths, ink, Surroundings((room[0], room[1], room[2], room[3]), boxes, beads), unit)


def sloping(degrees: float) -> Path2D:
    way = np.array((math.cos(math.radians(degrees)), math.sin(math.radians(degrees))))
    return np.array([(200, 200) - 150 * way, (200, 200) + 150 * way])


def arc(radius: float) -> Path2D:
    turns = np.linspace(math.radians(160), math.radians(20), 60)
    return 200 + radius * np.column_stack((np.cos(turns), np.sin(turns)))


def taken_by(baseline: Baseline) -> shapely.Geometry:
    return shapely.Polygon(baseline.bend(NAME, INK).vertices)


def test_a_name_stands_above_the_middle_of_a_straight_line() -> None:
    baseline = found(ACROSS)
    assert baseline is not None
    left, bottom, right, top = taken_by(baseline).bounds
    assert ((left + right) / 2, right - left) == pytest.approx((200, 80), abs=4)
    assert (bottom, top) == pytest.approx((200 + NEAR, 212 + NEAR))


@pytest.mark.parametrize("degrees", [0, 30, -45, STEEPEST_DEG - 1, 180, 150, -135, 210])
def test_it_is_read_from_left_to_right_whichever_way_one_went(degrees: float) -> None:
    baseline = found(sloping(degrees))
    assert baseline is not None
    assert (np.diff(baseline.xy[:, 0]) > 0).all()
    assert (baseline.up[:, 1] > 0).all()


@pytest.mark.parametrize("degrees", [90, -90, STEEPEST_DEG + 2, -STEEPEST_DEG - 2])
def test_nobody_has_to_lie_down_to_read_it(degrees: float) -> None:
    assert found(sloping(degrees)) is None


def test_it_follows_a_gentle_bend_at_one_distance() -> None:
    baseline = found(arc(140.0))
    assert baseline is not None
    away = np.hypot(*(np.asarray(taken_by(baseline).exterior.coords) - 200).T) - 140
    assert away.min() == pytest.approx(NEAR, abs=0.5)
    assert away.max() == pytest.approx(NEAR + 12, abs=0.5)


def test_around_a_tight_bend_it_does_not_go() -> None:
    assert found(arc(45.0)) is None


def test_a_line_that_zigzags_has_no_place_for_it_and_one_that_trembles_has() -> None:
    x = np.arange(50.0, 350.0, 20.0)
    assert found(np.column_stack((x, 200 + 30.0 * (np.arange(15) % 2)))) is None
    trembling = np.column_stack((x, 200 + 2.0 * (np.arange(15) % 2)))
    baseline = found(trembling)
    assert baseline is not None
    assert taken_by(baseline).distance(shapely.LineString(trembling)) > CLEAR_PT


@pytest.mark.parametrize("path", [ACROSS[:1], ACROSS[:, ::-1], ACROSS + UP * 300, np.array([(0.0, 9.0), (70.0, 9.0)])])
def test_without_a_long_enough_stretch_in_sight_there_is_none(path: Path2D) -> None:
    assert found(path) is None


def test_it_keeps_off_what_is_there_and_stands_below_the_line_where_it_must() -> None:
    sign = (190.0, 205.0, 210.0, 230.0)
    aside = found(ACROSS, taken=[sign])
    below = found(ACROSS, taken=[(50.0, 205.0, 350.0, 230.0)])
    assert aside is not None
    assert below is not None
    assert taken_by(aside).distance(shapely.box(*sign)) >= CLEAR_PT - 1e-9
    assert taken_by(aside).bounds[1] > 200
    assert taken_by(below).bounds[3] == pytest.approx(200 - NEAR)
    assert found(ACROSS, taken=[(50.0, 170.0, 350.0, 230.0)]) is None


def test_it_keeps_off_other_tracks_and_on_the_page() -> None:
    crossing = np.array([(200.0, 100.0), (200.0, 300.0)])
    baseline = found(ACROSS, others=[crossing])
    assert baseline is not None
    assert not taken_by(baseline).buffer(CLEAR_PT - 0.1).intersects(shapely.LineString(crossing))
    at_the_top = found(ACROSS + UP * 190)
    assert at_the_top is not None
    assert taken_by(at_the_top).bounds[3] < 390


def test_it_keeps_away_from_the_head_and_the_foot_of_the_page_where_it_can() -> None:
    upwards = found(np.array([(50.0, 190.0), (350.0, 390.0)]))
    downwards = found(np.array([(50.0, 210.0), (350.0, 10.0)]))
    assert upwards is not None
    assert downwards is not None
    assert upwards.xy[:, 0].mean() < 190
    assert downwards.xy[:, 0].mean() < 190


def test_there_and_back_on_the_same_way_is_as_good_as_there() -> None:
    there, back = found(ACROSS), found(np.array([*ACROSS, ACROSS[0]]))
    assert there is not None
    assert back is not None
    assert taken_by(back).bounds[1] == pytest.approx(taken_by(there).bounds[1])


def test_of_several_parts_the_best_one_has_it() -> None:
    baseline = found(sloping(60), ACROSS - UP * 100)
    assert baseline is not None
    assert taken_by(baseline).bounds[1] == pytest.approx(100 + NEAR)


def test_it_grows_with_the_page() -> None:
    once, twice = found(ACROSS), found(ACROSS * 2, unit=2.0)
    assert once is not None
    assert twice is not None
    assert twice.xy == pytest.approx(2 * once.xy)


def test_letters_that_join_stay_joined_in_a_bend() -> None:
    baseline = found(arc(100.0))
    assert baseline is not None
    joined = Path(np.column_stack((np.linspace(0, 80, 41), np.zeros(41))))
    gaps = [math.dist(one, other) for one, other in pairwise(baseline.bend(joined, INK).vertices)]
    assert gaps == pytest.approx([2.0] * 40, rel=0.01)


def test_its_boxes_cover_it() -> None:
    baseline = found(sloping(50))
    assert baseline is not None
    boxes = shapely.union_all(shapely.box(*baseline.boxes(INK).T))
    assert taken_by(baseline).difference(boxes).area < 1e-6
    assert boxes.area < 0.7 * shapely.box(*boxes.bounds).area
