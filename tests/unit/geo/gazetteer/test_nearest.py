from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mural.errors import InvalidInput
from mural.geo.gazetteer import Gazetteer, proposed_distance_m
from mural.geo.gazetteer.grid import great_circle_m
from tests.support.places import place_index, work_of


@pytest.fixture(scope="module")
def towns() -> NDArray[np.float64]:
    """Latitudes, longitudes and pulls in metres of all towns, to be measured without an index."""
    index = sqlite3.connect(place_index())
    rows = index.execute("SELECT latitude, longitude, population FROM place").fetchall()
    index.close()
    return np.array([(lat, lon, proposed_distance_m(population) / 2) for lat, lon, population in rows]).T


@pytest.mark.parametrize(
    ("point", "name"),
    [
        ((60.1715, 24.9443), "Helsinki"),
        ((48.8422, 2.3219), "Paris"),  # Montparnasse, a place of its own
        ((48.8049, 2.1204), "Versailles"),
        ((48.8397, 2.2399), "Boulogne-Billancourt"),
        ((-16.5, 179.99), "Labasa"),
        ((-16.5, -179.99), "Labasa"),
        ((-16.5, 540.01 - 360 * 4), "Labasa"),
        ((90, 0), "Longyearbyen"),
        ((-48.87, -123.39), "Hanga Roa"),  # the point farthest from all land
    ],
)
def test_a_point_has_a_town(gazetteer: Gazetteer, point: tuple[float, float], name: str) -> None:
    assert gazetteer.nearest(*point)[0].name == name


@pytest.mark.parametrize(
    "point", [(1.2, -113.7), (4.0, -104.2), (5.4, -112.3), (-25.7, 98.9), (-61.4, 17.3), (-86.2, 85.1), (-2, -5)]
)
def test_nowhere_is_far_enough_out_to_be_much_work(gazetteer: Gazetteer, point: tuple[float, float]) -> None:
    assert work_of(gazetteer, lambda: gazetteer.nearest(*point)) < 50


@pytest.mark.parametrize("longitude", [-180, 0, 77, 180])
def test_all_meridians_meet_at_the_pole(gazetteer: Gazetteer, longitude: float) -> None:
    assert gazetteer.nearest(-90, longitude)[0] == gazetteer.nearest(-90, 0)[0]


def test_the_distance_is_measured(gazetteer: Gazetteer) -> None:
    town, away_m = gazetteer.nearest(60.1715, 24.9443)
    assert away_m == pytest.approx(great_circle_m(60.1715, 24.9443, town.latitude, town.longitude))


@given(st.floats(-90, 90), st.floats(-180, 180))
@settings(max_examples=40, deadline=None)
def test_no_town_pulls_harder_than_the_one_that_is_given(
    gazetteer: Gazetteer, towns: NDArray[np.float64], latitude: float, longitude: float
) -> None:
    town, away_m = gazetteer.nearest(latitude, longitude)
    lat, lon, pull_m = towns
    away = 6_371_000 * np.arccos(
        np.clip(
            np.sin(np.radians(latitude)) * np.sin(np.radians(lat))
            + np.cos(np.radians(latitude)) * np.cos(np.radians(lat)) * np.cos(np.radians(lon - longitude)),
            -1,
            1,
        )
    )
    best = float(np.min(away - pull_m))
    assert away_m - town.distance_m / 2 == pytest.approx(best, rel=1e-4, abs=1)


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [
        (90.1, 0, "latitude"),
        (float("nan"), 0, "latitude"),
        (0, float("inf"), "longitude"),
        (0, float("nan"), "longitude"),
    ],
)
def test_a_point_off_the_globe_is_refused(gazetteer: Gazetteer, latitude: float, longitude: float, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        gazetteer.nearest(latitude, longitude)
    assert caught.value.field == field
