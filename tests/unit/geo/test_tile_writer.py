from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import shapely

from mural.geo import ragged, tile_writer
from mural.geo.bbox import BBox
from mural.geo.extract_index import SMALLEST_CELL_DEG, Source, describe, read_tiles
from mural.geo.layers import Area, Layer
from mural.geo.tile_writer import SCRATCH_BYTES, TileWriter, tiles_of
from tests.support.maps import lines

EVERYWHERE = BBox(-180, -90, 180, 90)
SMALL = Source("map.osm.pbf", 1000, 1)
LARGE = Source("map.osm.pbf", 10 * SCRATCH_BYTES, 1)


def street(lon: float, lat: float, length: float = 0.001) -> list[tuple[float, float]]:
    return [(lon, lat), (round(lon + length, 7), lat)]


def write(folder: Path, *batches: list[list[tuple[float, float]]], source: Source = SMALL) -> Path:
    with TileWriter(folder, source) as writer:
        for batch in batches:
            writer.keep_lines(Layer.ROAD_PRIMARY, lines(*batch, levels=[1] * len(batch)))
        writer.write(folder / "index", None, lambda _: None)
    return folder / "index"


def parts(area: Area, layer: Layer = Layer.ROAD_PRIMARY) -> list[list[list[float]]]:
    found = area.lines[layer]
    return sorted(part.tolist() for part in np.split(found.xy, found.offsets[1:-1]))


@pytest.mark.parametrize("source", [SMALL, LARGE])
def test_every_feature_is_kept_once_and_found_where_it_is(tmp_path: Path, source: Source) -> None:
    streets = [street(lon / 10, lat / 10) for lon in range(-20, 20) for lat in range(-20, 20)]
    path = write(tmp_path, streets[:700], streets[700:], source=source)
    assert parts(read_tiles(path, EVERYWHERE)) == sorted([list(point) for point in part] for part in streets)
    box = BBox(0.95, 0.95, 1.15, 1.05)
    assert parts(read_tiles(path, box)) == [[[1.0, 1.0], [1.001, 1.0]], [[1.1, 1.0], [1.101, 1.0]]]
    assert read_tiles(path, box).lines[Layer.ROAD_PRIMARY].level.tolist() == [1, 1]
    assert describe(path).features == len(streets)


def test_scratch_files_go_and_progress_is_told(tmp_path: Path) -> None:
    told: list[float] = []
    with TileWriter(tmp_path, LARGE) as writer:
        writer.keep_lines(Layer.RAIL, lines(*(street(lon, 0) for lon in range(100))))
        assert len(list(tmp_path.iterdir())) > 4
        writer.write(tmp_path / "index", None, told.append)
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_large_features_are_found_from_either_end(tmp_path: Path) -> None:
    path = write(tmp_path, [street(-100, 10, 200), street(3, 3)])
    for lon in (-100, 0, 100):
        assert len(parts(read_tiles(path, BBox(lon - 0.01, 9.99, lon + 0.01, 10.01)))) == 1


def test_a_feature_may_stick_out_of_its_cell(tmp_path: Path) -> None:
    path = write(tmp_path, [street(SMALLEST_CELL_DEG - 0.001, 0.01, 0.04)])
    box = BBox(SMALLEST_CELL_DEG + 0.035, 0, SMALLEST_CELL_DEG + 0.036, 0.02)
    assert len(parts(read_tiles(path, box))) == 1


def test_polygons_keep_their_holes(tmp_path: Path) -> None:
    lake = shapely.box(0, 0, 1, 1).difference(shapely.box(0.2, 0.2, 0.4, 0.4))
    pond = shapely.box(5, 5, 5.01, 5.01)
    with TileWriter(tmp_path, SMALL) as writer:
        writer.keep_polygons(Layer.WATER, ragged.from_shapes(np.array([lake, pond])))
        writer.keep_polygons(Layer.WATER, ragged.from_shapes(np.array([], dtype=object)))
        writer.write(tmp_path / "index", EVERYWHERE, lambda _: None)
    found = ragged.to_shapes(read_tiles(tmp_path / "index", BBox(0.3, 0.3, 0.31, 0.31)).polygons[Layer.WATER])
    assert list(found) == [lake]


def test_nothing_makes_an_empty_index(tmp_path: Path) -> None:
    path = write(tmp_path)
    assert read_tiles(path, EVERYWHERE).lines == {}
    assert describe(path).tiles == 0


def test_the_box_is_that_of_the_file_or_else_of_its_roads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tile_writer._Sample, "_MOST", 100)
    batches = [[street(k / 10, k / 10) for k in range(start, start + 50)] for start in range(0, 1000, 50)]
    assert describe(write(tmp_path, *batches)).bbox == pytest.approx((0, 0, 100, 100), abs=3)
    with TileWriter(tmp_path, SMALL) as writer:
        writer.write(tmp_path / "index", BBox(1, 2, 3, 4), lambda _: None)
    assert describe(tmp_path / "index").bbox == BBox(1, 2, 3, 4)


def test_a_tile_goes_by_the_middle_and_the_size() -> None:
    cell = SMALLEST_CELL_DEG
    bounds = np.array(
        [
            (0.1 * cell, 0, 0.9 * cell, 0),
            (0.6 * cell, 0, 1.3 * cell, 0),
            (0.7 * cell, 0, 1.4 * cell, 0),
            (0, 0, 1.9 * cell, 0),
            (-180, -90, 180, 90),
        ]
    )
    tiles = tiles_of(bounds).tolist()
    assert tiles[0] == tiles[1]
    assert tiles[2] == tiles[0] + 1
    assert [tile >> 48 for tile in tiles] == [0, 0, 0, 1, 13]
