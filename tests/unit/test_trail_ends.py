"""Ends of tracks that nobody is to see: what is left never tells where they were."""

from __future__ import annotations

import random
from itertools import pairwise
from math import cos, hypot, radians

import pytest

from mural.poster import Track
from mural.trail_ends import METRES_PER_DEGREE, REACH, without_ends, zone_of

Point = tuple[float, float]

HOME: Point = (60.171555, 24.944666)
MANY = 1000


def apart_m(here: Point, there: Point) -> float:
    east_deg = (there[1] - here[1] + 180) % 360 - 180
    return hypot(there[0] - here[0], east_deg * cos(radians(here[0]))) * METRES_PER_DEGREE


def moved(point: Point, north_m: float, east_m: float) -> Point:
    east_deg = east_m / METRES_PER_DEGREE / cos(radians(point[0]))
    return (point[0] + north_m / METRES_PER_DEGREE, (point[1] + east_deg + 180) % 360 - 180)


def walk(start: Point, seed: int, steps: int = 400, step_m: float = 25) -> Track:
    """Walk about, never quite straight on."""
    chance = random.Random(seed)
    points, east, north = [start], chance.uniform(-1, 1), chance.uniform(-1, 1)
    for _ in range(steps):
        east, north = east + chance.uniform(-0.3, 0.3), north + chance.uniform(-0.3, 0.3)
        length = hypot(east, north)
        points.append(moved(points[-1], north / length * step_m, east / length * step_m))
    return Track(points=tuple(points), label=f"Walk {seed}")


def nearest_m(tracks: tuple[Track, ...], point: Point) -> float:
    """Tell how near to a point the lines come, looked at every two metres."""
    found = float("inf")
    for track in tracks:
        for (north, east), (next_north, next_east) in pairwise(track.points):
            looks = max(1, round(apart_m((north, east), (next_north, next_east)) / 2))
            way = (next_east - east + 180) % 360 - 180
            for look in range(looks + 1):
                part = look / looks
                found = min(found, apart_m(point, (north + part * (next_north - north), east + part * way)))
    return found


@pytest.mark.parametrize("hidden_m", [50, 200, 500, 1000])
@pytest.mark.parametrize("start", [HOME, (0.0, 0.0), (-33.9, 18.4), (-80.0, -179.999), (12.5, 179.9999)])
def test_no_line_comes_nearer_to_any_end_than_was_asked_for(start: Point, hidden_m: float) -> None:
    for seed in range(8):
        there = walk(start, seed)
        back = Track(points=tuple(reversed(walk(start, seed + 100).points)))
        left = without_ends([there, back], hidden_m, MANY)
        for end in (start, there.points[-1], back.points[0]):
            assert nearest_m(left, end) >= hidden_m


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_drawn_that_was_not_walked_and_what_is_far_from_the_ends_stays(seed: int) -> None:
    whole = walk(HOME, seed)
    left = without_ends([whole], 200, MANY)
    known = set(whole.points)
    for track in left:
        assert known.issuperset(track.points[1:-1])
        for cut in (track.points[0], track.points[-1]):
            assert nearest_m((whole,), cut) < 3
    kept = {point for track in left for point in track.points}
    for point in known:
        if min(apart_m(point, end) for end in (whole.points[0], whole.points[-1])) > 2 * REACH * 200:
            assert point in kept


def test_every_door_of_a_square_leaves_the_same_behind() -> None:
    """The circle can be worked out of many tracks; it tells the square, and not where in it somebody lives."""
    hidden_m = 500.0
    zone = zone_of(HOME, hidden_m)
    goals = [moved(HOME, north, east) for north, east in ((6000, 500), (-5000, 3000), (900, -7000), (-800, -4000))]
    street = [moved((zone.latitude, zone.longitude), goal_north, 3000) for goal_north in (-2000, 0, 2000)]
    left = set()
    for seed in range(20):
        chance = random.Random(seed)
        door = moved((zone.latitude, zone.longitude), chance.uniform(-249, 249), chance.uniform(-249, 249))
        assert zone_of(door, hidden_m) == zone
        ways = [Track(points=(door, (zone.latitude, zone.longitude), street[1], goal)) for goal in goals]
        left.add(without_ends(ways, hidden_m, MANY))
    assert len(left) == 1


def test_the_middle_of_what_is_missing_is_nobodys_door() -> None:
    """A circle fitted to the ends of many tracks from one door has a middle that says nothing of where the door is."""
    hidden_m, misses_m = 500.0, []
    for seed in range(60):
        chance = random.Random(seed)
        door = moved(HOME, chance.uniform(-20_000, 20_000), chance.uniform(-20_000, 20_000))
        zone = zone_of(door, hidden_m)
        rays = [
            Track(points=(door, moved(door, 9000 * a, 9000 * b))) for a, b in ((1, 0), (0, 1), (-1, 0), (0.7, -0.7))
        ]
        for ray in without_ends(rays, hidden_m, MANY):
            assert apart_m((zone.latitude, zone.longitude), ray.points[0]) == pytest.approx(zone.radius_m, abs=5)
        misses_m.append(apart_m((zone.latitude, zone.longitude), door))
    assert sum(misses_m) / len(misses_m) == pytest.approx(0.38 * hidden_m, abs=0.1 * hidden_m)  # even over a square
    assert max(misses_m) <= 0.72 * hidden_m


def test_who_comes_by_home_again_in_the_middle_is_not_seen_there_either() -> None:
    out, back = moved(HOME, 3000, 0), moved(HOME, 0, 3000)
    errand = Track(points=(moved(HOME, -4000, 0), out, moved(HOME, 5, 5), back), label="Errand")
    home = Track(points=(HOME, moved(HOME, 4000, 100)))
    left = without_ends([home, errand], 200, MANY)
    assert nearest_m(left, HOME) >= 200
    assert len(left) >= 3, "it goes on behind the house"
    assert [track.label for track in left].count("Errand") == 1, "its name is written once, along the longest piece"


def test_what_is_wholly_hidden_is_gone_and_nothing_hidden_is_nothing_changed() -> None:
    short = Track(points=(HOME, moved(HOME, 100, 0)), label="To the bin")
    assert without_ends([short], 200, MANY) == ()
    assert without_ends([short], 0, MANY) == (short,)
    still = Track(points=(HOME, HOME))
    assert without_ends([still], 200, MANY) == ()
    long = Track(points=(HOME, moved(HOME, 9000, 0)))
    assert len(without_ends([short, long], 200, MANY)) == 1


def test_a_line_over_the_date_line_is_cut_on_both_sides_of_it() -> None:
    (left,) = without_ends([Track(points=((10.0, 179.9), (10.0, -179.9)))], 1000, MANY)
    assert left.points[0][1] == pytest.approx(179.9 + 0.0125, abs=0.012)
    assert left.points[-1][1] == pytest.approx(-179.9 - 0.0125, abs=0.012)


def test_a_line_on_the_other_side_of_the_earth_is_left_alone() -> None:
    far = Track(points=((0.0, 175.0), (0.0, -175.0)), label="Far")
    near = Track(points=((0.0, 0.0), (0.0, 0.5)))
    left = without_ends([near, far], 1000, MANY)
    assert [track.label for track in left] == ["", "Far"]


def test_a_line_that_crosses_an_edge_again_and_again_makes_no_more_pieces_than_a_poster_may_have() -> None:
    zigzag = tuple(moved(HOME, 600 if step % 2 else 300, -2000 + step * 5) for step in range(800))
    left = without_ends([Track(points=(HOME, *zigzag))], 200, 20)
    assert 0 < len(left) <= 20
    assert nearest_m(left, HOME) >= 200
