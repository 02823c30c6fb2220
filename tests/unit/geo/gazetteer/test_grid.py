from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mural.geo.gazetteer.grid import cell_of, cells_around, great_circle_m


@given(st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180))
def test_a_circle_covers_the_cells_of_all_its_points(lat: float, lon: float, lat_b: float, lon_b: float) -> None:
    radius_m = great_circle_m(lat, lon, lat_b, lon_b) * 1.000001 + 1
    assert any(cells.first <= cell_of(lat_b, lon_b) <= cells.last for cells in cells_around(lat, lon, radius_m))


def test_a_small_circle_over_the_date_line_is_a_few_cells() -> None:
    assert sum(cells.last - cells.first + 1 for cells in cells_around(0.5, 180, 20_000)) == 2
