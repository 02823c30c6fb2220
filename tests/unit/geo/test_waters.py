import shapely

from mural.geo import ragged
from mural.geo.layers import Layer, Polygons
from mural.geo.waters import join_sea
from tests.support.pictures import polygons, square

SEA = polygons([square(100)])


def areas(part: Polygons) -> list[float]:
    return sorted(round(float(area)) for area in shapely.area(ragged.to_shapes(part)))


def test_a_basin_that_touches_the_sea_becomes_sea_without_a_seam() -> None:
    basin, lake = [square(10, 110)], [square(20, 400)]
    joined = join_sea({Layer.SEA: SEA, Layer.WATER: polygons(basin, lake)}, 0.0)
    assert areas(joined[Layer.WATER]) == [1600]
    assert len(joined[Layer.SEA]) == 2
    assert shapely.union_all(ragged.to_shapes(joined[Layer.SEA])).geom_type == "Polygon"


def test_water_reached_through_other_water_is_sea_as_well() -> None:
    chain = polygons([square(10, 110)], [square(10, 130)], [square(10, 150)], [square(10, 190)])
    joined = join_sea({Layer.SEA: SEA, Layer.WATER: chain}, 0.0)
    assert (len(joined[Layer.SEA]), len(joined[Layer.WATER])) == (4, 1)


def test_what_simplifying_has_moved_apart_still_touches() -> None:
    waters = {Layer.SEA: SEA, Layer.WATER: polygons([square(10, 112)])}
    assert len(join_sea(waters, 0.0)[Layer.WATER]) == 1
    joined = join_sea(waters, 4.0)
    assert len(joined[Layer.WATER]) == 0
    assert shapely.union_all(ragged.to_shapes(joined[Layer.SEA])).geom_type == "Polygon"


def test_a_page_without_sea_or_lakes_stays_as_it_is() -> None:
    for alone in ({Layer.SEA: SEA}, {Layer.WATER: SEA}):
        assert join_sea(alone, 0.0) is alone
