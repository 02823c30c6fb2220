import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mural.render.dashes import dashed
from tests.support.maps import lines


def lengths_m(cut):
    return [
        float(np.hypot(*np.diff(cut.xy[start:end], axis=0).T).sum())
        for start, end in zip(cut.offsets[:-1], cut.offsets[1:], strict=True)
    ]


def test_a_straight_line_becomes_even_dashes():
    cut = dashed(lines([(0, 0), (10, 0)]), 2, 1)
    assert cut.xy.tolist() == [[0, 0], [2, 0], [3, 0], [5, 0], [6, 0], [8, 0], [9, 0], [10, 0]]
    assert cut.offsets.tolist() == [0, 2, 4, 6, 8]


def test_a_dash_bends_with_its_line():
    cut = dashed(lines([(0, 0), (3, 0), (3, 5)]), 4, 100)
    assert cut.xy.tolist() == [[0, 0], [3, 0], [3, 1]]


def test_every_line_starts_anew_and_keeps_its_level():
    cut = dashed(lines([(0, 0), (5, 0)], [(100, 0), (105, 0)], levels=[-1, 1]), 2, 2)
    assert cut.level.tolist() == [-1, -1, 1, 1]
    assert cut.xy[cut.offsets[:-1]].tolist() == [[0, 0], [4, 0], [100, 0], [104, 0]]


def test_a_line_shorter_than_a_dash_stays_whole():
    assert dashed(lines([(0, 0), (1, 0)]), 5, 1).xy.tolist() == [[0, 0], [1, 0]]


def test_nothing_becomes_nothing():
    assert len(dashed(lines(), 1, 1)) == 0


corner = st.tuples(st.integers(-50, 50), st.integers(-50, 50))


@given(st.lists(st.lists(corner, min_size=2, max_size=6), min_size=1, max_size=4))
def test_dashes_are_never_longer_than_asked_and_add_up(parts):
    cut = dashed(lines(*parts), 3, 2)
    assert max(lengths_m(cut)) <= 3 + 1e-6
    expected = 0.0
    for part in parts:
        whole = float(np.hypot(*np.diff(np.array(part, dtype=float), axis=0).T).sum())
        expected += 3 * (whole // 5) + min(3, whole % 5)
    assert sum(lengths_m(cut)) == pytest.approx(expected, abs=1e-6)
