from __future__ import annotations

import numpy as np
import pytest
from pyproj import Geod, Transformer

from mural.errors import MapDataError
from mural.geo.projection import View, page_bbox

PLACES = [(60.1715, 24.9443), (41.19, -8.56), (-22.806, -43.2), (0.0, 0.0), (-84.0, 10.0), (64.15, -179.99)]


def around(lat: float, lon: float, reach_deg: float) -> np.ndarray:
    """Points in degrees about a place, its longitudes spread so that they reach as far as its latitudes."""
    steps = np.linspace(-reach_deg, reach_deg, 15)
    x, y = np.meshgrid(steps / np.cos(np.radians(lat)), steps)
    return np.column_stack((lon + x.ravel(), lat + y.ravel()))


@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_it_is_the_ellipsoidal_orthographic_projection(lat: float, lon: float) -> None:
    points = around(lat, lon, 0.8)
    proj = Transformer.from_crs(4326, f"+proj=ortho +lat_0={lat} +lon_0={lon} +ellps=WGS84", always_xy=True)
    expected = np.column_stack(proj.transform(points[:, 0], points[:, 1]))
    assert View(latitude=lat, longitude=lon).project(points) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("lat", "lon"), PLACES)
def test_distances_and_directions_from_the_centre_are_true(lat: float, lon: float) -> None:
    azimuths = np.arange(0.0, 360.0, 15.0)
    for distance_m, error_m in ((500, 0.001), (15_000, 0.02), (50_000, 0.6)):
        centre = np.full_like(azimuths, lon), np.full_like(azimuths, lat)
        lons, lats, _ = Geod(ellps="WGS84").fwd(*centre, azimuths, np.full_like(azimuths, distance_m))
        seen = View(latitude=lat, longitude=lon).project(np.column_stack((lons, lats)))
        radians = np.radians(azimuths)
        expected = distance_m * np.column_stack((np.sin(radians), np.cos(radians)))
        assert np.hypot(*(seen - expected).T).max() < error_m


def test_what_lies_beyond_the_horizon_is_not_seen() -> None:
    view = View(latitude=60.0, longitude=170.0)
    here, across_the_date_line, over_the_pole = (170.0, 60.0), (-179.0, 61.0), (-10.0, 61.0)
    antipode, south_of_the_horizon = (-10.0, -60.0), (170.0, -31.0)
    points = np.array([here, across_the_date_line, over_the_pole, antipode, south_of_the_horizon])
    assert view.sees(points).tolist() == [True, True, True, False, False]
    assert view.sees(np.empty((0, 2))).tolist() == []


def test_the_map_turns_clockwise() -> None:
    north = np.array([(24.9443, 60.19)])
    upright = View(latitude=60.1715, longitude=24.9443).project(north)
    turned = View(latitude=60.1715, longitude=24.9443, rotation_deg=90).project(north)
    assert upright[0, 0] == pytest.approx(0, abs=1e-6)
    assert turned[0] == pytest.approx((upright[0, 1], 0), abs=1e-6)  # north points right


def test_points_across_the_180th_meridian_are_near() -> None:
    ((x, _),) = View(latitude=64.0, longitude=179.999).project(np.array([(-179.999, 64.0)]))
    assert 90 < x < 100


@pytest.mark.parametrize(("lat", "lon"), [*PLACES[:4], (70.0, 25.0), (-54.8, -68.3)])
@pytest.mark.parametrize("rotation_deg", [0.0, 30.0, 90.0, 217.5])
@pytest.mark.parametrize(("half_width_m", "half_height_m"), [(500, 667), (50_000, 66_667), (20_000, 5_000)])
def test_the_bbox_encloses_the_turned_page(
    lat: float, lon: float, rotation_deg: float, half_width_m: float, half_height_m: float
) -> None:
    view = View(latitude=lat, longitude=lon, rotation_deg=rotation_deg)
    bbox = page_bbox(view, half_width_m, half_height_m)
    inside = np.linspace(bbox.left, bbox.right, 200), np.linspace(bbox.bottom, bbox.top, 200)
    sides = [
        np.column_stack((np.full(200, bbox.left), inside[1])),
        np.column_stack((np.full(200, bbox.right), inside[1])),
        np.column_stack((inside[0], np.full(200, bbox.bottom))),
        np.column_stack((inside[0], np.full(200, bbox.top))),
    ]
    x, y = np.abs(view.project(np.concatenate(sides))).T
    assert not np.any((x < half_width_m * 0.999) & (y < half_height_m * 0.999))  # no side of it cuts the page
    assert bbox.covers_point(lat, lon)


def test_the_bbox_of_an_upright_page_is_not_wasteful() -> None:
    bbox = page_bbox(View(latitude=60.1715, longitude=24.9443), 500, 667)
    corners = View(latitude=60.1715, longitude=24.9443).project(np.array([bbox[:2], bbox[2:]]))
    assert np.abs(corners) == pytest.approx(np.array([(500, 667)] * 2), rel=0.01)


@pytest.mark.parametrize("lat", [84.9, -84.9, 90.0])
def test_the_poles_are_refused(lat: float) -> None:
    with pytest.raises(MapDataError, match="85°"):
        page_bbox(View(latitude=lat, longitude=0.0), 15_000, 20_000)


@pytest.mark.parametrize("lon", [179.95, -179.95])
def test_the_bbox_goes_on_beyond_the_180th_meridian(lon: float) -> None:
    bbox = page_bbox(View(latitude=-16.8, longitude=lon), 15_000, 20_000)
    assert bbox.covers_point(-16.8, lon)
    assert bbox.right - bbox.left == pytest.approx(0.28, abs=0.01)
    assert (bbox.right > 180) == (lon > 0)
    assert (bbox.left < -180) == (lon < 0)
