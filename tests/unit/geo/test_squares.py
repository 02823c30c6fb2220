import numpy as np
import pytest

from mural.geo.layers import Layer, Lines
from mural.geo.squares import end_at_squares
from tests.support.maps import lines
from tests.support.pictures import polygons, square

SQUARE = {Layer.SQUARE: polygons([square(50)])}


def points(part: Lines) -> list[list[tuple[float, float]]]:
    return [[(float(x), float(y)) for x, y in piece] for piece in np.split(part.xy, part.offsets[1:-1])] if part else []


@pytest.mark.parametrize("layer", [Layer.ROAD_DEFAULT, Layer.ROAD_PEDESTRIAN])
def test_what_is_walked_on_is_part_of_the_square_that_it_crosses(layer: Layer) -> None:
    across = lines([(-100, 0), (100, 0)], [(-20, 10), (20, 10)], [(60, 60), (90, 90)])
    cut = end_at_squares({layer: across}, SQUARE)[layer]
    assert sorted(points(cut)) == [[(-100, 0), (-50, 0)], [(50, 0), (100, 0)], [(60, 60), (90, 90)]]


def test_a_bridge_over_a_square_stays_whole() -> None:
    bridge = {Layer.ROAD_DEFAULT: lines([(-100, 0), (100, 0)], levels=[1])}
    assert points(end_at_squares(bridge, SQUARE)[Layer.ROAD_DEFAULT]) == [[(-100, 0), (100, 0)]]


def test_a_street_that_ends_in_a_square_ends_at_its_edge() -> None:
    streets = {Layer.ROAD_RESIDENTIAL: lines([(0, 200), (0, 10)])}
    assert points(end_at_squares(streets, SQUARE)[Layer.ROAD_RESIDENTIAL]) == [[(0, 200), (0, 50)]]


def test_a_street_that_leads_on_crosses_a_square() -> None:
    whole = [[(0, 200), (0, 10)], [(0, 10), (0, -200)]]
    cut = end_at_squares({Layer.ROAD_RESIDENTIAL: lines(*whole)}, SQUARE)
    assert points(cut[Layer.ROAD_RESIDENTIAL]) == whole
    other = {Layer.ROAD_RESIDENTIAL: lines(whole[0]), Layer.ROAD_TERTIARY: lines([(-90, 10), (0, 10), (90, 10)])}
    assert points(end_at_squares(other, SQUARE)[Layer.ROAD_RESIDENTIAL]) == whole[:1]


def test_a_map_without_squares_stays_as_it_is() -> None:
    streets = {Layer.ROAD_RESIDENTIAL: lines([(0, 200), (0, 10)])}
    assert end_at_squares(streets, {}) is streets


def test_paths_show_where_a_park_covers_the_square() -> None:
    covered = SQUARE | {Layer.PARK: polygons([square(20)])}
    paths = {Layer.ROAD_DEFAULT: lines([(-100, 0), (100, 0)])}
    cut = end_at_squares(paths, covered)[Layer.ROAD_DEFAULT]
    assert sorted(points(cut)) == [[(-100, 0), (-50, 0)], [(-20, 0), (20, 0)], [(50, 0), (100, 0)]]
