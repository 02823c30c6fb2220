"""The stand-in for Overpass: OSMnx, left to itself, builds its graphs and tables from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import osmnx
import pytest
import shapely

from tests.support.osm_data import osm_data
from tests.support.overpass_server import OverpassServer

EXTRACT = Path(__file__).parents[3] / "data" / "samples" / "helsinki.osm.pbf"
CENTRE = shapely.box(24.938, 60.168, 24.950, 60.175)


@pytest.fixture
def overpass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[OverpassServer]:
    with OverpassServer(osm_data(EXTRACT)) as server:
        monkeypatch.setattr(osmnx.settings, "overpass_url", server.url)
        monkeypatch.setattr(osmnx.settings, "cache_folder", tmp_path)
        monkeypatch.setattr(osmnx.settings, "http_user_agent", "Mural (tests)")
        monkeypatch.setattr("socket.getaddrinfo", osmnx._http._original_getaddrinfo)
        yield server


def test_street_networks(overpass: OverpassServer) -> None:
    drive = osmnx.graph_from_polygon(CENTRE, network_type="drive")
    everything = osmnx.graph_from_polygon(CENTRE, network_type="all")
    assert 20 < len(drive) < len(everything)
    assert {"Mannerheimintie"} & {str(data.get("name")) for _, _, data in everything.edges(data=True)}
    trams = osmnx.graph_from_polygon(CENTRE, custom_filter='["railway"~"tram"]', retain_all=True)
    assert 0 < len(trams) < len(everything)


def test_features(overpass: OverpassServer) -> None:
    features = osmnx.features_from_polygon(CENTRE, {"building": True, "leisure": ["park"]})
    assert features["building"].notna().sum() > 100
    assert set(features["leisure"].dropna()) >= {"park"}
    assert {"MultiPolygon", "Polygon"} & set(features.geom_type)
    with pytest.raises(osmnx._errors.InsufficientResponseError, match="No matching features"):
        osmnx.features_from_polygon(CENTRE, {"natural": "volcano"})


def test_status(overpass: OverpassServer) -> None:
    assert osmnx._overpass._get_overpass_pause(overpass.url) == 0
    overpass.slot_wait_s = 900
    assert osmnx._overpass._get_overpass_pause(overpass.url) == 1  # the moment that is named has passed
