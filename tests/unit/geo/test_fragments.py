import pytest

from mural.geo.bbox import METRES_PER_DEGREE, BBox
from mural.geo.fragments import fragments
from mural.geo.layers import Lines
from tests.support import maps

PAGE = BBox(-0.01, -0.01, 0.01, 0.01)


def lines(*parts: list[tuple[float, float]]) -> Lines:
    """Make lines of points in metres about 0° N 0° E, as degrees that OpenStreetMap can hold."""
    return maps.lines(
        *([(round(x / METRES_PER_DEGREE, 7), round(y / METRES_PER_DEGREE, 7)) for x, y in p] for p in parts)
    )


def test_a_bit_of_path_that_joins_nothing_is_a_fragment() -> None:
    paths = lines([(0, 0), (9, 0)], [(50, 0), (90, 0)])
    assert fragments(paths, [], PAGE, 10).tolist() == [True, False]


def test_a_bit_of_path_that_leads_to_a_street_is_none() -> None:
    paths, streets = lines([(0, 0), (9, 0)], [(0, 50), (9, 50)]), lines([(9, -50), (9, 0), (9, 40)])
    assert fragments(paths, [streets.xy], PAGE, 10).tolist() == [False, True]


def test_bits_that_join_count_together() -> None:
    row = [[(8 * k, 0), (8 * k + 8, 0)] for k in range(4)]
    assert fragments(lines(*row), [], PAGE, 30).tolist() == [False] * 4
    assert fragments(lines(*row), [], PAGE, 33).tolist() == [True] * 4


def test_bits_that_join_along_others_lead_where_those_lead() -> None:
    row = [[(8 * k, 0), (8 * k + 8, 0)] for k in range(4)]
    street = lines([(32, -90), (32, 0), (32, 90)])
    assert not fragments(lines(*row), [street.xy], PAGE, 100).any()
    assert not fragments(lines(*row, [(32, 0), (32, 200)]), [], PAGE, 100).any()


def test_a_path_that_leaves_the_page_may_lead_anywhere() -> None:
    paths = lines([(0, 0), (9, 0)])
    edge = BBox(-0.01, -0.01, 5 / METRES_PER_DEGREE, 0.01)
    assert fragments(paths, [], edge, 10).tolist() == [False]


@pytest.mark.parametrize("least_m", [0.0, 10.0])
def test_a_page_without_paths_has_no_fragments(least_m: float) -> None:
    assert fragments(lines(), [], PAGE, least_m).tolist() == []
