from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mural.poster import Track
from mural.render.labels import BEAD_PT
from mural.render.page import Sheet
from mural.render.trails import Trail, on_page, ring_box, trails
from tests.support.designs import design

LAT, LON = 60.1715, 24.9443


def trail(*points: tuple[float, float]) -> Trail:
    poster = replace(design(), tracks=(Track(points=points),))
    (found,) = trails(poster, Sheet.of(poster))
    return found


def test_the_place_itself_is_in_the_middle_of_the_page_and_north_is_up() -> None:
    poster = design()
    xy, seen = on_page(poster, Sheet.of(poster), [(LAT, LON), (LAT + 0.001, LON)])
    assert xy[0] == pytest.approx((432, 576))
    assert xy[1] == pytest.approx((432, 576 + 0.001 * 111_415 * 0.432), rel=0.01)
    assert seen.all()


def test_a_track_over_the_horizon_comes_in_runs() -> None:
    over = trail((LAT, LON), (LAT, LON + 0.01), (-LAT, LON - 180), (LAT, LON - 0.01), (LAT, LON - 0.02))
    assert [len(run) for run in over.runs] == [2, 2]
    assert over.outline.codes.tolist() == [1, 2, 1, 2]


def test_beads_lie_close_together_along_every_run_and_not_between_them() -> None:
    over = trail((LAT, LON), (LAT, LON + 0.001), (-LAT, LON - 180), (LAT, LON - 0.01), (LAT, LON - 0.011))
    gaps = np.hypot(*np.diff(over.beads(1.0), axis=0).T)
    assert (gaps > 1.5 * BEAD_PT).sum() == 1
    assert len(over.beads(2.0)) < 0.6 * len(over.beads(1.0))


def test_a_ring_grows_with_the_page() -> None:
    assert ring_box(np.array((10.0, 20.0)), 2.0).tolist() == [0.0, 10.0, 20.0, 30.0]
