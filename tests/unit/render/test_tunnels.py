import numpy as np
import pytest

from mural.render.tunnels import ends, flat_at, tunnel_dashes
from tests.support.maps import lines


def parts(some):
    return [[tuple(map(float, point)) for point in piece] for piece in np.split(some.xy, some.offsets[1:-1])]


def gaps(some, axis=0):
    return sorted(round(float(value), 6) for value in some.xy[:, axis])


@pytest.mark.parametrize("length_m", [3, 40, 101, 109, 250])
def test_a_tunnel_begins_and_ends_with_a_whole_dash(length_m):
    dashes = parts(tunnel_dashes(lines([(0, 0), (length_m, 0)], levels=[-1]), 10, 7))
    dash_m = [end[0] - begin[0] for begin, end in ((dash[0], dash[-1]) for dash in dashes)]
    assert (dashes[0][0][0], dashes[-1][-1][0]) == pytest.approx((0, length_m))
    assert dash_m == pytest.approx([dash_m[0]] * len(dash_m))
    assert length_m < 10 or 7 < dash_m[0] < 14


def test_a_tunnel_of_several_ways_is_dashed_as_one():
    whole = tunnel_dashes(lines([(0, 0), (200, 0)], levels=[-1]), 10, 7)
    pieces = tunnel_dashes(lines([(60, 0), (200, 0)], [(0, 0), (60, 0)], levels=[-1, -1]), 10, 7)
    assert len(pieces) == len(whole)
    assert gaps(pieces)[:2] == gaps(whole)[:2]


def test_tubes_side_by_side_are_in_step_whichever_way_they_lead():
    there, back = [(0, 0), (200, 0)], [(208, 12), (0, 12)]
    dashes = parts(tunnel_dashes(lines(there, back, levels=[-1, -1]), 10, 7))
    assert len(dashes) % 2 == 0
    middles = [sorted((dash[0][0] + dash[-1][0]) / 2 for dash in dashes if dash[0][1] == y) for y in (0, 12)]
    assert np.abs(np.subtract(*middles)).max() < 8


def test_nothing_under_ground_is_nothing():
    assert len(tunnel_dashes(lines(), 10, 7)) == 0


def test_a_road_ends_flat_where_its_tunnel_begins_and_round_elsewhere():
    tunnel, road, other = lines([(100, 0), (200, 0)]), [(0, 0), (100, 0)], [(0, 50), (100, 50)]
    rounded, flat = flat_at(lines(road, other), np.unique(ends(tunnel)), 5)
    assert sorted(parts(rounded)) == [[(0, 0), (95, 0)], [(0, 50), (100, 50)]]
    assert parts(flat) == [[(90, 0), (100, 0)]]


def test_a_road_between_two_tunnels_is_flat_at_both_ends():
    tunnels = lines([(-90, 0), (0, 0)], [(100, 0), (190, 0)])
    rounded, flat = flat_at(lines([(0, 0), (100, 0)]), np.unique(ends(tunnels)), 5)
    assert parts(rounded) == [[(5, 0), (95, 0)]]
    assert sorted(parts(flat)) == [[(0, 0), (10, 0)], [(90, 0), (100, 0)]]
    short_rounded, short_flat = flat_at(lines([(0, 0), (100, 0)]), np.unique(ends(tunnels)), 30)
    assert (len(short_rounded), parts(short_flat)) == (0, [[(0, 0), (100, 0)]])
