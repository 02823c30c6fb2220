from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from mural.render.labels import CLEAR_PT, GAP_PT, Boxes, Surroundings, place_labels

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
