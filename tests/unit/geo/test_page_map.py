from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import shapely

from mural.geo import ragged
from mural.geo.bbox import BBox
from mural.geo.extract import read_area
from mural.geo.layers import Area, Layer, Lines, ProjectedMap
from mural.geo.page_map import MARGIN, MARGIN_M, PageMaps, project_area
from mural.geo.projection import View
from tests.support.maps import HELSINKI, extract, lines, polygons_at

CENTRE = View(latitude=60.1715, longitude=24.9443)


@cache
def area_of(path: Path) -> Area:
    return read_area(path)


def page_of(
    path: Path,
    view: View = CENTRE,
    distance_m: float = 500,
    tolerance_m: float = 0.0,
    hidden: frozenset[Layer] = frozenset(),
) -> ProjectedMap:
    half_m = distance_m, distance_m * 4 / 3
    return project_area(area_of(path), view, *half_m, tolerance_m=tolerance_m, hidden=hidden)


def parts(some: Lines) -> list[np.ndarray]:
    return np.split(some.xy, some.offsets[1:-1])


def test_the_map_is_clipped_to_the_page_and_its_margin() -> None:
    page = page_of(HELSINKI, distance_m=300)
    assert (page.half_width_m, page.half_height_m) == (300, 400)
    reach = np.array([300, 400]) + MARGIN * 300 + MARGIN_M + 1e-6
    for layer in (*page.lines.values(), *page.polygons.values()):
        assert np.all(np.abs(layer.xy) <= reach)
    roads = page.lines[Layer.ROAD_DEFAULT].xy
    assert np.all(np.abs(roads).max(axis=0) > (300, 400))


def test_what_is_not_on_the_page_is_no_layer() -> None:
    lake = ragged.from_shapes(np.array([shapely.box(24.99, 60.19, 25.0, 60.2)]))
    far = lines([(24.99, 60.19), (25.0, 60.2)])
    area = Area(BBox(24.9, 60.1, 25.0, 60.2), {Layer.RAIL: far}, {Layer.WATER: lake}, "far")
    page = project_area(area, CENTRE, 500, 667)
    assert page == ProjectedMap(500, 667, source="far")


def test_levels_stay_with_their_lines() -> None:
    north = [(24.9443, 60.1715), (24.9443, 60.1725)]
    across = [(24.90, 60.1716), (24.99, 60.1716)]
    area = Area(BBox(24, 60, 25, 61), {Layer.RAIL: lines(across, north, levels=[-1, 1])})
    rail = project_area(area, CENTRE, 500, 667).lines[Layer.RAIL]
    by_level = {int(level): rail.xy[rail.offsets[k] : rail.offsets[k + 1]] for k, level in enumerate(rail.level)}
    assert np.ptp(by_level[1], axis=0) == pytest.approx((0, 111.4), abs=0.1)
    assert np.ptp(by_level[-1], axis=0) == pytest.approx((1080, 0), abs=0.2)


def test_simplifying_leaves_the_picture_as_it_is() -> None:
    # A path along the edge of a square may be in it one time and not the other.
    hidden = frozenset({Layer.SQUARE})
    exact, simple = (page_of(HELSINKI, tolerance_m=tolerance_m, hidden=hidden) for tolerance_m in (0.0, 1.0))
    for layer in (Layer.ROAD_DEFAULT, Layer.TRAM, Layer.COASTLINE):
        fine, coarse = (shapely.MultiLineString(parts(page.lines[layer])) for page in (exact, simple))
        assert len(simple.lines[layer].xy) < len(exact.lines[layer].xy)
        assert fine.hausdorff_distance(coarse) < 1.5
    assert len(simple.polygons[Layer.BUILDING]) == len(exact.polygons[Layer.BUILDING])


@pytest.mark.parametrize("rotation_deg", [0.0, 40.0])
@pytest.mark.parametrize(
    ("lat", "lon", "layer"),
    [
        (60.1775, 24.9420, Layer.SEA),  # Kaisaniemenlahti
        (60.16705, 24.9530, Layer.SEA),  # Eteläsatama
        (60.1719, 24.9414, None),  # the railway station
        (60.1737, 24.9467, None),  # Kaisaniemi park, between the two
    ],
)
def test_the_sea_of_the_sample_is_where_it_is(rotation_deg: float, lat: float, lon: float, layer: Layer | None) -> None:
    view = View(latitude=60.1715, longitude=24.9443, rotation_deg=rotation_deg)
    seen = polygons_at(page_of(HELSINKI, view, 600, 0.1), view, lat, lon)
    assert (Layer.SEA in seen) == (layer is Layer.SEA)


@pytest.mark.parametrize(
    ("name", "place", "distance_m", "points"),
    [
        (
            "monaco-riviera",
            (43.7413, 7.417),
            1500,
            {
                (43.7350, 7.4250): Layer.SEA,  # Port Hercule
                (43.7300, 7.4290): Layer.SEA,  # off the rock
                (43.7311, 7.4197): None,  # the palace on the rock
                (43.7396, 7.4270): None,  # Monte Carlo
            },
        ),
        (
            "rio-ilha-governador",
            (-22.806, -43.2),
            3000,
            {
                (-22.7800, -43.2100): Layer.SEA,  # north of the island
                (-22.8350, -43.2150): Layer.SEA,  # south of it
                (-22.8070, -43.1720): Layer.SEA,  # east of it
                (-22.8030, -43.2250): None,  # the airport
                (-22.8060, -43.2000): None,  # Jardim Guanabara
            },
        ),
        (
            "manhattan-midtown",
            (40.7484, -73.9857),
            2500,
            {
                (40.7420, -74.0125): Layer.SEA,  # the Hudson
                (40.7420, -73.9680): Layer.SEA,  # the East River
                (40.7484, -73.9857): None,  # Midtown
                (40.7536, -73.9832): None,  # Bryant Park
            },
        ),
        (
            "le-havre",
            (49.5015, 0.1162),
            1700,
            {
                (49.4905, 0.1130): Layer.WATER,  # Bassin du Commerce
                (49.4880, 0.1230): Layer.WATER,  # Bassin de la Citadelle
                (49.4942, 0.1078): None,  # the town hall
            },
        ),
    ],
)
def test_real_seas_and_basins_are_where_they_are(
    name: str, place: tuple[float, float], distance_m: float, points: dict[tuple[float, float], Layer | None]
) -> None:
    view = View(latitude=place[0], longitude=place[1])
    page = page_of(extract(name), view, distance_m, distance_m / 4000)
    wet = {at: polygons_at(page, view, *at) & {Layer.SEA, Layer.WATER} for at in points}
    assert wet == {at: {layer} if layer else set() for at, layer in points.items()}


def test_the_last_maps_are_remembered_and_no_more() -> None:
    maps, area = PageMaps(keep=2), area_of(HELSINKI)
    first = maps.get(area, CENTRE, 500, 667)
    assert maps.get(area, CENTRE, 500, 667) is first
    second = maps.get(area, CENTRE, 400, 533)
    assert maps.get(area, CENTRE, 500, 667) is first
    maps.get(area, CENTRE, 300, 400)
    assert maps.get(area, CENTRE, 500, 667) is first
    assert maps.get(area, CENTRE, 400, 533) is not second
    assert maps.get(Area(area.bbox), CENTRE, 500, 667) == ProjectedMap(500, 667)


def test_hidden_layers_are_left_out_and_remembered_apart() -> None:
    maps = PageMaps()
    whole = maps.get(area_of(HELSINKI), CENTRE, 500, 667)
    without = maps.get(area_of(HELSINKI), CENTRE, 500, 667, hidden=frozenset({Layer.BUILDING, Layer.TRAM}))
    assert set(whole.polygons) - set(without.polygons) == {Layer.BUILDING}
    assert set(whole.lines) - set(without.lines) == {Layer.TRAM}
    assert maps.get(area_of(HELSINKI), CENTRE, 500, 667) is whole


def test_bits_of_path_are_left_out_where_the_page_is_too_small_for_them() -> None:
    bit, street = [(24.9443, 60.1715), (24.9443, 60.1716)], [(24.9400, 60.1710), (24.9500, 60.1710)]
    area = Area(BBox(24, 60, 25, 61), {Layer.ROAD_DEFAULT: lines(bit), Layer.ROAD_TERTIARY: lines(street)})
    assert Layer.ROAD_DEFAULT in project_area(area, CENTRE, 500, 667, fragment_m=10).lines
    assert set(project_area(area, CENTRE, 500, 667, fragment_m=12).lines) == {Layer.ROAD_TERTIARY}
