from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mural.geo.gazetteer import proposed_distance_m


def test_it_grows_with_the_town_in_clean_steps() -> None:
    distances = [proposed_distance_m(population) for population in (0, 500, 9000, 90_000, 650_000, 9_700_000)]
    assert distances == [1000, 1000, 2500, 5000, 8000, 20_000]


@given(st.integers(0, 10**8))
def test_it_is_allowed_for_a_poster(population: int) -> None:
    assert 500 <= proposed_distance_m(population) <= 50_000
    assert proposed_distance_m(population) <= proposed_distance_m(population * 2)
