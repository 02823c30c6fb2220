from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely

from mural.render.labels import BESIDE_PT, CLEAR_PT, GAP_PT, LEADER_GAP_PT, Boxes, Surroundings, leaders, place_labels

ROOM = (0.0, 0.0, 200.0, 200.0)
DOT = (98.0, 98.0, 102.0, 102.0)
NOTHING = np.empty((0, 2))


def placed(*signs: tuple[float, ...], taken: list[tuple[float, ...]] | None = None, beads=NOTHING, unit=1.0) -> Boxes:
    """Place labels of 40 x 10 points."""
    boxes = np.array(signs)
    others = np.array([*signs, *(taken or [])])
    return place_labels(np.tile((40.0, 10.0), (len(signs), 1)) * unit, boxes, Surroundings(ROOM, others, beads), unit)


def gap(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.hypot(*np.maximum(0.0, np.maximum(a[:2] - b[2:], b[:2] - a[2:]))))


def test_a_label_stands_on_the_right_of_its_sign() -> None:
    assert placed(DOT).tolist() == [[102 + GAP_PT, 95, 142 + GAP_PT, 105]]


def test_rounding_does_not_decide_on_which_side_it_stands() -> None:
    for corner in np.random.default_rng(1).uniform(50, 120, (100, 2)):
        ((left, *_),) = placed((*corner, *(corner + 4.1))).tolist()
        assert left > corner[0]


def test_it_grows_with_the_page() -> None:
    ((left, _, right, _),) = placed(DOT, unit=2.0).tolist()
    assert (left, right) == (102 + 2 * GAP_PT, 182 + 2 * GAP_PT)


@pytest.mark.parametrize(
    ("sign", "expected"),
    [((180, 98, 184, 102), (135, 95)), ((98, 190, 102, 194), (107, 187)), ((180, 196, 184, 200), (135, 183))],
)
def test_at_the_edges_of_the_room_it_goes_where_there_is_some(
    sign: tuple[float, ...], expected: tuple[float, float]
) -> None:
    (box,) = placed(sign)
    assert tuple(box[:2]) == expected


def test_a_crowd_keeps_apart_and_every_label_near_its_own() -> None:
    signs = [(x, y, x + 4.0, y + 4.0) for x in (60.0, 110.0, 160.0) for y in (80.0, 100.0, 120.0)]
    boxes = placed(*signs)
    assert all(gap(a, b) >= CLEAR_PT for a, b in combinations(boxes, 2))
    for box, sign in zip(boxes, np.array(signs), strict=True):
        assert gap(box, sign) <= 2 * GAP_PT


def test_it_would_rather_cross_a_track_than_go_far_away() -> None:
    around = [(40.0, 60.0, 95.0, 140.0), (95.0, 108.0, 160.0, 140.0), (95.0, 60.0, 160.0, 92.0)]
    track = np.column_stack((np.full(100, 120.0), np.linspace(0, 200, 100)))
    (free,), (crossing,) = placed(DOT, taken=around), placed(DOT, taken=around, beads=track)
    assert crossing.tolist() == free.tolist()
    (aside,) = placed(DOT, beads=track)
    assert not aside[0] < 120 < aside[2]


def test_a_label_that_can_go_elsewhere_makes_room_for_one_that_cannot() -> None:
    left, right = (60.0, 98.0, 64.0, 102.0), (115.0, 98.0, 119.0, 102.0)
    boxes = placed(left, right, taken=[(119, 0, 200, 200), (66, 109, 119, 200), (66, 0, 119, 91)])
    assert boxes[:, :2].tolist() == [[60 - GAP_PT - 40, 95], [115 - GAP_PT - 40, 95]]


def test_without_labels_there_is_nothing_to_place() -> None:
    nobody = np.empty((0, 4))
    assert place_labels(np.empty((0, 2)), nobody, Surroundings(ROOM, nobody, NOTHING), 1.0).shape == (0, 4)


def led(*boxes: tuple[float, ...], signs: tuple[tuple[float, ...], ...], unit: float = 1.0) -> list[shapely.LineString]:
    lines = leaders(np.array(boxes), np.array(signs), unit)
    return [shapely.LineString(line) for line in lines if not np.isnan(line).any()]


def test_a_label_beside_its_sign_needs_no_line() -> None:
    signs = tuple((x, 98.0, x + 4.0, 102.0) for x in (20.0, 100.0, 180.0))
    assert led(*placed(*signs), signs=signs) == []
    assert led((102 + BESIDE_PT, 95, 200, 105), signs=(DOT,)) == []


def test_a_line_leads_from_the_rim_of_a_sign_to_the_nearest_side_of_its_label() -> None:
    (line,) = led((80.0, 150.0, 120.0, 160.0), signs=(DOT,))
    assert list(line.coords) == [(100, 102 + LEADER_GAP_PT), (100, 150 - LEADER_GAP_PT)]
    (slanting,) = led((130.0, 140.0, 170.0, 150.0), signs=(DOT,))
    assert slanting.distance(shapely.Point(100, 100)) == pytest.approx(2 + LEADER_GAP_PT)
    assert slanting.distance(shapely.Point(130, 140)) == pytest.approx(LEADER_GAP_PT)
    (large,) = led((160.0, 300.0, 240.0, 320.0), signs=((196, 196, 204, 204),), unit=2.0)
    assert large.length == pytest.approx(300 - 204 - 4 * LEADER_GAP_PT)


def test_in_a_crowd_lines_cross_neither_each_other_nor_any_label() -> None:
    signs = tuple((90.0 + 6 * x, 90.0 + 6 * y, 94.0 + 6 * x, 94.0 + 6 * y) for x in range(3) for y in range(3))
    boxes = placed(*signs)
    lines = led(*boxes, signs=signs)
    labels = shapely.box(*boxes.T)
    assert len(lines) > 3
    assert not any(a.intersects(b) for a, b in combinations(lines, 2))
    assert not any(line.intersects(label) for line in lines for label in labels)
    assert not any(a.intersects(b) for a, b in combinations(labels, 2))


def test_the_line_goes_round_a_label_that_is_in_its_way() -> None:
    walls = [(0, 103, 200, 130), (0, 70, 97, 97), (103, 70, 200, 97), (0, 97, 90, 103)]
    ((free,),) = (placed(DOT, taken=walls),)
    (line,) = led(tuple(free), signs=(DOT,))
    assert not any(line.intersects(shapely.box(*wall)) for wall in walls)
