import shapely

from mural.geo import ragged
from mural.render.junctions import Band, pinholes
from tests.support.maps import lines
from tests.support.pictures import square


def ring(half_m, x_m=0.0):
    corners = square(half_m, x_m)
    return [*corners, corners[0]]


def test_a_hole_smaller_than_the_stroke_is_filled_and_a_larger_one_stays_open():
    filled = pinholes([Band(lines(ring(7), ring(30, 200)), 10.0, "#aa0000")])
    ((holes, colour),) = filled
    (hole,) = ragged.to_shapes(holes)
    assert colour == "#aa0000"
    assert hole.contains(shapely.box(-2, -2, 2, 2))
    assert hole.bounds[2] < 7


def test_the_strip_between_the_sides_of_a_road_stays_open():
    sides = lines([(0, 0), (300, 0), (300, 12), (0, 12), (0, 0)])
    assert pinholes([Band(sides, 10.0, "#aa0000")]) == []


def test_the_road_that_encloses_most_of_a_hole_gives_the_colour_and_the_narrowest_the_size():
    roundabout, street = lines(ring(6)), lines([(0, -90), (0, -6)])
    bands = [Band(street, 6.0, "#101010"), Band(roundabout, 8.0, "#aa0000")]
    assert [colour for _, colour in pinholes(bands)] == ["#aa0000"]
    wide, alley = Band(lines(ring(7.5)), 8.0, "#aa0000"), Band(lines([(0, -90), (0, 0)]), 1.0, "#101010")
    assert len(pinholes([wide])) == 1
    assert pinholes([alley, wide]) == []


def test_roads_that_enclose_nothing_have_no_pinholes():
    assert pinholes([]) == []
    assert pinholes([Band(lines([(0, 0), (9, 0)]), 5.0, "#aa0000"), Band(lines(), 5.0, "#aa0000")]) == []
