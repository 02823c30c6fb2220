from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mural.errors import AreaTooLarge, MapDataError, MapServerError, NoStreets
from mural.geo import catalogue
from mural.geo.bbox import BBox
from mural.geo.import_extract import import_extract
from mural.geo.layers import Area, Layer
from mural.geo.page_map import project_area
from mural.geo.projection import View, page_bbox
from mural.geo.sources import obtain_area
from mural.worker.protocol import MapSources
from tests.support.maps import HELSINKI, ROOT, polygons_at, write_osm
from tests.support.osm_data import osm_data
from tests.support.outside import Fault
from tests.support.overpass_server import OverpassServer
from tests.support.server import children

CENTRE = page_bbox(View(latitude=60.1715, longitude=24.9443), 300, 400)
SAMPLE_PAGE = page_bbox(View(latitude=60.1715, longitude=24.9443), 500, 667)
ELSEWHERE = BBox(1, 1, 1.01, 1.01)


@pytest.fixture
def sources(tmp_path: Path) -> MapSources:
    (tmp_path / "extracts").mkdir()
    return MapSources(
        extracts_dir=tmp_path / "extracts",
        samples_dir=HELSINKI.parent,
        cache_dir=tmp_path / "cache",
        overpass_attempts=1,
        overpass_timeout_s=20.0,
        user_agent="Mural/1.0 (tests; mural@example.org)",
    )


@pytest.fixture
def server() -> Iterator[OverpassServer]:
    with OverpassServer(osm_data(HELSINKI)) as server:
        yield server


def obtain(bbox: BBox, sources: MapSources) -> Area:
    return obtain_area(bbox, sources, lambda *_: None)


def write_street(path: Path, bbox: BBox, tags: dict[str, str]) -> None:
    nodes = {1: (bbox.left, bbox.bottom), 2: (bbox.right, bbox.top)}
    write_osm(path, nodes, [(1, [1, 2], tags)], box=tuple(bbox))


def test_the_sample_makes_a_map_without_network_and_without_settings(sources: MapSources) -> None:
    told: list[tuple[str, float]] = []
    area = obtain_area(SAMPLE_PAGE, sources, lambda message, fraction: told.append((message, fraction)))
    assert area.source == "helsinki.osm.pbf"
    assert told[0] == ("Reading helsinki.osm.pbf", 0.0)
    assert told[-1][1] == 1.0
    assert obtain(CENTRE, sources) is area


def test_an_extract_comes_before_the_sample(sources: MapSources) -> None:
    shutil.copy(HELSINKI, sources.extracts_dir / "mine.osm.pbf")
    assert obtain(CENTRE, sources).source == "mine.osm.pbf"


def test_an_extract_comes_before_an_older_download(sources: MapSources, server: OverpassServer) -> None:
    sources = replace(sources, samples_dir=sources.extracts_dir, overpass_url=server.url)
    assert obtain(CENTRE, sources).source == "overpass"
    shutil.copy(HELSINKI, sources.extracts_dir / "mine.osm.pbf")
    assert obtain(CENTRE, sources).source == "mine.osm.pbf"


def test_a_damaged_extract_is_passed_over(sources: MapSources, caplog: pytest.LogCaptureFixture) -> None:
    (sources.extracts_dir / "half.osm.pbf").write_bytes(HELSINKI.read_bytes()[:200_000])
    assert obtain(CENTRE, sources).source == "helsinki.osm.pbf"
    assert "half.osm.pbf" in caplog.text


def test_an_extract_without_streets_there_gives_way_to_one_that_has_some(sources: MapSources) -> None:
    write_street(sources.extracts_dir / "rivers.osm", BBox(24, 60, 25, 61), {"waterway": "river"})
    assert obtain(CENTRE, sources).source == "helsinki.osm.pbf"
    (sources.extracts_dir / "rivers.osm").rename(sources.extracts_dir / "rivers-only.osm")
    with pytest.raises(NoStreets):
        obtain(CENTRE, replace(sources, mode="extract"))


def test_each_mode_looks_in_its_own_place_only(sources: MapSources, server: OverpassServer) -> None:
    shutil.copy(HELSINKI, sources.extracts_dir / "mine.osm.pbf")
    sources = replace(sources, overpass_url=server.url)
    assert obtain(CENTRE, replace(sources, mode="sample")).source == "helsinki.osm.pbf"
    assert obtain(CENTRE, replace(sources, mode="extract")).source == "mine.osm.pbf"
    assert server.asked == []
    assert obtain(CENTRE, replace(sources, mode="overpass")).source == "overpass"


def test_a_download_is_wider_than_the_page_and_kept(sources: MapSources, server: OverpassServer) -> None:
    sources = replace(sources, mode="overpass", overpass_url=server.url)
    area = obtain(CENTRE, sources)
    asked = len(server.asked)
    assert asked > 0
    nudged = BBox(CENTRE.left + 1e-4, CENTRE.bottom, CENTRE.right + 1e-4, CENTRE.top)
    assert obtain(nudged, sources) is obtain(CENTRE, sources)
    assert len(server.asked) == asked
    assert area.lines[Layer.TRAM].xy.tolist() == obtain(CENTRE, sources).lines[Layer.TRAM].xy.tolist()


def test_where_nothing_covers_the_place_it_says_what_is_here(sources: MapSources) -> None:
    for mode in ("auto", "extract", "sample"):
        with pytest.raises(MapDataError) as caught:
            obtain(ELSEWHERE, replace(sources, mode=mode))
        assert caught.value.facts["files"] == ([] if mode == "extract" else ["helsinki.osm.pbf"])


def test_without_a_server_a_file_that_holds_most_of_the_page_will_do(sources: MapSources) -> None:
    wide = page_bbox(View(latitude=60.1715, longitude=24.9443), 700, 800)
    assert obtain(wide, sources).source == "helsinki.osm.pbf"
    wider = page_bbox(View(latitude=60.1715, longitude=24.9443), 1500, 2000)
    with pytest.raises(MapDataError, match="covers this place") as refused:
        obtain(wider, sources)
    assert refused.value.facts["files"] == ["helsinki.osm.pbf"]


def test_when_the_server_fails_too(sources: MapSources) -> None:
    sources = replace(sources, overpass_url="http://127.0.0.1:9/api")
    wide = page_bbox(View(latitude=60.1715, longitude=24.9443), 700, 800)
    assert obtain(wide, sources).source == "helsinki.osm.pbf"
    with pytest.raises(MapServerError):
        obtain(ELSEWHERE, sources)


def test_when_it_is_too_much_for_the_server(sources: MapSources, server: OverpassServer) -> None:
    server.faults.extend([Fault.OUT_OF_MEMORY] * 2)
    sources = replace(sources, overpass_url=server.url)
    wide = page_bbox(View(latitude=60.1715, longitude=24.9443), 700, 800)
    assert obtain(wide, sources).source == "helsinki.osm.pbf"
    with pytest.raises(AreaTooLarge):
        obtain(ELSEWHERE, sources)


def test_where_there_are_no_streets_it_says_so(sources: MapSources) -> None:
    view = View(latitude=1.0, longitude=1.0)
    write_street(sources.extracts_dir / "sea.osm", BBox(0, 0, 2, 2), {"natural": "coastline"})
    with pytest.raises(NoStreets, match=r"There are no streets within 5 km of this point\."):
        obtain(page_bbox(view, 5000, 6667), sources)


def test_streets_elsewhere_in_the_file_do_not_count_and_one_without_a_bend_does(sources: MapSources) -> None:
    write_street(sources.extracts_dir / "desert.osm", BBox(0, 0, 2, 2), {"highway": "trunk"})
    assert obtain(page_bbox(View(latitude=1.0, longitude=1.0), 500, 667), sources).source == "desert.osm"
    (sources.extracts_dir / "desert.osm").unlink()
    nodes = {1: (0.0, 0.0), 2: (0.1, 0.1)}
    write_osm(sources.extracts_dir / "corner.osm", nodes, [(1, [1, 2], {"highway": "trunk"})], box=(0, 0, 2, 2))
    with pytest.raises(NoStreets):
        obtain(page_bbox(View(latitude=1.0, longitude=1.0), 500, 667), sources)


def test_a_file_that_claims_the_whole_world_does_not_keep_others_from_the_map_server(
    sources: MapSources, server: OverpassServer
) -> None:
    nodes = {1: (1.0, 1.0), 2: (1.1, 1.1)}
    write_osm(
        sources.extracts_dir / "boast.osm", nodes, [(1, [1, 2], {"highway": "primary"})], box=(-170, -80, 170, 80)
    )
    sources = replace(sources, samples_dir=sources.extracts_dir, overpass_url=server.url)
    assert obtain(CENTRE, sources).source == "overpass"
    nowhere = replace(sources, overpass_url="http://127.0.0.1:9/api")
    with pytest.raises(NoStreets):
        obtain(BBox(50, 50, 50.01, 50.01), nowhere)


def test_one_reader_serves_one_map_after_the_other(sources: MapSources) -> None:
    before = set(children(os.getpid()))
    used = []
    for name in ("mine", "yours"):
        shutil.copy(HELSINKI, sources.extracts_dir / f"{name}.osm.pbf")
        assert obtain(CENTRE, sources).source == f"{name}.osm.pbf"
        used.append(set(children(os.getpid())) - before)
        (sources.extracts_dir / f"{name}.osm.pbf").unlink()
    assert len(used[0]) == 1
    assert used[0] == used[1]


def test_the_downloader_is_loaded_only_when_it_is_needed() -> None:
    script = "import sys, mural.geo.sources; sys.exit('osmnx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_a_file_that_waits_for_its_import_is_named_with_the_command(
    sources: MapSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "WHOLE_MAX_BYTES", 10)
    monkeypatch.setattr(catalogue, "SCANNED_MAX_BYTES", 20)
    path = sources.extracts_dir / "country.osm.pbf"
    shutil.copy(HELSINKI, path)
    with pytest.raises(MapDataError, match="has to be imported") as caught:
        obtain(CENTRE, replace(sources, mode="extract"))
    assert caught.value.message.endswith(f"flask mural import-extract {path}")
    import_extract(path, sources.extracts_dir, lambda _: None)
    assert obtain(CENTRE, replace(sources, mode="extract")).source == "country.osm.pbf"


def test_who_waits_for_a_large_file_is_told_of_the_import(sources: MapSources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "WHOLE_MAX_BYTES", 10)
    shutil.copy(HELSINKI, sources.extracts_dir / "country.osm.pbf")
    told: list[str] = []
    obtain_area(CENTRE, sources, lambda message, _: told.append(message))
    assert told[0] == "Reading country.osm.pbf (flask mural import-extract makes it quick)"


@pytest.fixture
def taveuni(sources: MapSources) -> Path:
    """Write an island that the 180th meridian cuts: its shore and a street, each in two halves."""
    west = {
        1: (179.9, -16.9),
        2: (180.0, -16.9),
        3: (180.0, -16.7),
        4: (179.9, -16.7),
        5: (179.95, -16.8),
        6: (180.0, -16.8),
    }
    east = {k + 10: (-lon, lat) for k, (lon, lat) in west.items()}
    coast, street = {"natural": "coastline"}, {"highway": "primary"}
    ways = [(1, [3, 4, 1, 2], coast), (2, [12, 11, 14, 13], coast), (3, [5, 6], street), (4, [16, 15], street)]
    return write_osm(sources.extracts_dir / "taveuni.osm.pbf", west | east, ways, box=(-180, -17, 180, -16))


@pytest.mark.parametrize("lon", [179.99, -179.99])
@pytest.mark.parametrize("indexed", [False, True])
def test_a_page_across_the_180th_meridian_is_whole(
    sources: MapSources, taveuni: Path, lon: float, indexed: bool
) -> None:
    if indexed:
        import_extract(taveuni, sources.extracts_dir, lambda _: None)
    view = View(latitude=-16.8, longitude=lon)
    bbox = page_bbox(view, 20_000, 25_000)
    area = obtain(bbox, sources)
    assert obtain(bbox, sources) is area
    assert max(abs(area.lines[Layer.ROAD_PRIMARY].xy[:, 0] - lon)) < 0.1
    assert len(area.lines[Layer.ROAD_PRIMARY]) == 2
    page = project_area(area, view, 20_000, 25_000)
    for east in (-0.09, -0.005, 0.005, 0.09):
        assert Layer.SEA not in polygons_at(page, view, -16.8, 180 + east)
        assert Layer.SEA in polygons_at(page, view, -16.95, 180 + east)
    assert Layer.SEA in polygons_at(page, view, -16.8, 179.85)
    assert Layer.SEA in polygons_at(page, view, -16.8, -179.85)


def test_both_sides_of_the_180th_meridian_must_be_covered(sources: MapSources) -> None:
    write_street(sources.extracts_dir / "west.osm", BBox(179, -17, 180, -16), {"highway": "primary"})
    with pytest.raises(MapDataError, match="covers"):
        obtain(page_bbox(View(latitude=-16.8, longitude=179.99), 5_000, 5_000), sources)
