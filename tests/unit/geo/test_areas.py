from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely

from mural.geo import area_file, areas, ragged
from mural.geo.area_file import DOWNLOAD_MAX_AGE_S, MAGIC, Stamp, load_area, read_entry
from mural.geo.areas import ASIDE, SUFFIX, AreaCache
from mural.geo.bbox import BBox
from mural.geo.extract import read_area
from mural.geo.layers import Area, Layer
from tests.support.maps import HELSINKI, lines

DOWNLOAD = Stamp(origin="overpass", name="https://maps.example/api")
HERE = BBox(1, 1, 2, 2)
ALL = BBox(0, 0, 10, 10)


def area(size: int = 10, bbox: BBox = ALL) -> Area:
    street = lines([(float(k), 1.5) for k in range(size)], [(1, 1), (2, 2)], levels=[1, 0])
    lake = ragged.from_shapes(np.array([shapely.box(0, 0, 9, 9).difference(shapely.box(2, 2, 3, 3))]))
    return Area(bbox, {Layer.ROAD_PRIMARY: street}, {Layer.WATER: lake}, "test")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "areas"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def assert_same(found: Area | None, expected: Area) -> None:
    assert found is not None
    assert (found.bbox, found.source) == (expected.bbox, expected.source)
    for kind in ("lines", "polygons"):
        layers = getattr(expected, kind)
        assert getattr(found, kind).keys() == layers.keys()
        for layer, part in layers.items():
            for name in part.__slots__:
                ours, theirs = getattr(getattr(found, kind)[layer], name), getattr(part, name)
                assert ours.dtype == theirs.dtype
                assert np.array_equal(ours, theirs)


def test_an_area_comes_back_in_another_process_as_it_was(folder: Path) -> None:
    helsinki = read_area(HELSINKI)
    AreaCache(folder, 100).put(helsinki, DOWNLOAD)
    assert_same(AreaCache(folder, 100).downloaded(BBox(24.94, 60.17, 24.945, 60.172)), helsinki)


def test_an_empty_area_comes_back_too(folder: Path) -> None:
    AreaCache(folder, 1).put(Area(HERE), DOWNLOAD)
    assert AreaCache(folder, 1).downloaded(HERE) == Area(HERE)


def test_only_what_lies_inside_is_served_and_the_smallest_serves(folder: Path) -> None:
    cache = AreaCache(folder, 100)
    cache.put(area(1000), DOWNLOAD)
    small = cache.put(area(10, BBox(0, 0, 5, 5)), DOWNLOAD)
    assert cache.downloaded(HERE) is small
    assert cache.downloaded(BBox(4, 4, 6, 6)) is not small
    assert cache.downloaded(BBox(4, 4, 6, 11)) is None


def test_the_same_object_is_served_while_it_is_open(folder: Path) -> None:
    cache = AreaCache(folder, 100)
    kept = cache.put(area(), DOWNLOAD)
    assert cache.downloaded(HERE) is kept
    assert cache.downloaded(HERE) is kept


def test_a_newer_download_of_the_same_box_replaces_the_older(folder: Path) -> None:
    cache = AreaCache(folder, 100)
    cache.put(area(10), DOWNLOAD)
    cache.put(area(20), DOWNLOAD)
    assert_same(cache.downloaded(HERE), area(20))
    assert len(files(folder)) == 1


def test_a_download_is_served_for_seven_days(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    now = time.time()
    monkeypatch.setattr(area_file.time, "time", lambda: now + DOWNLOAD_MAX_AGE_S - 60)
    assert AreaCache(folder, 100).downloaded(HERE) is not None
    monkeypatch.setattr(area_file.time, "time", lambda: now + DOWNLOAD_MAX_AGE_S + 60)
    assert AreaCache(folder, 100).downloaded(HERE) is None
    assert files(folder) == []


def test_what_was_made_from_a_file_goes_when_the_file_changes_or_goes(folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "map.osm.pbf"
    for change in (lambda: source.write_bytes(b"newer"), source.unlink, lambda: os.utime(source, (1, 1))):
        source.write_bytes(b"map")
        stamp = Stamp.of_file("extract", source)
        cache = AreaCache(folder, 100)
        cache.put(area(), stamp)
        assert cache.made_from(stamp, HERE) is not None
        assert cache.made_from(replace(stamp, size=1), HERE) is None
        assert cache.downloaded(HERE) is None
        change()
        assert cache.made_from(stamp, HERE) is None
        assert files(folder) == []


def test_the_least_recently_used_makes_room(folder: Path) -> None:
    cache = AreaCache(folder, 3)
    boxes = [BBox(10.0 * k, 0, 10.0 * k + 10, 10) for k in range(4)]
    inside = [BBox(box.left + 1, 1, box.left + 2, 2) for box in boxes]
    for age, box in enumerate(boxes[:3]):
        cache.put(area(50_000, box), DOWNLOAD)  # 0.8 MB
        os.utime(max(files(folder), key=lambda path: path.stat().st_mtime), (1000 + age, 1000 + age))
    assert cache.downloaded(inside[0]) is not None  # now used more recently than the second
    cache.put(area(50_000, boxes[3]), DOWNLOAD)
    fresh = AreaCache(folder, 3)
    assert [fresh.downloaded(box) is not None for box in inside] == [True, False, True, True]
    assert sum(path.stat().st_size for path in files(folder)) <= 3_000_000


def test_an_area_larger_than_the_cache_is_served_but_not_kept(folder: Path) -> None:
    cache = AreaCache(folder, 0)
    assert_same(cache.put(area(), DOWNLOAD), area())
    assert files(folder) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-100],
        lambda data: data[:40],
        lambda _: b"",
        lambda _: b"something else",
        lambda data: data.replace(MAGIC, b"mural area 0\n"),
        lambda data: data[: len(MAGIC)] + b"\xff" * 8 + data[len(MAGIC) + 8 :],
        lambda data: data.replace(b'"bbox"', b'"xbox"'),
        lambda data: data.replace(b'"made_at": ', b'"made_at": [],"z": '),
        lambda data: data.replace(b'"bbox": [', b'"bbox": ["'),
        lambda data: data.replace(b'"bbox"', b"[" * 5000),
    ],
)
def test_truncated_foreign_and_older_files_are_removed(folder: Path, spoil) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    (path,) = files(folder)
    path.write_bytes(spoil(path.read_bytes()))
    assert AreaCache(folder, 100).downloaded(HERE) is None
    assert files(folder) == []


def test_contents_that_are_not_what_was_written_are_removed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    (path,) = files(folder)
    path.write_bytes(path.read_bytes()[:-64] + bytes(range(64)))
    assert AreaCache(folder, 100).downloaded(HERE) is None
    assert files(folder) == []
    assert path.name in caplog.text


def test_a_folder_in_the_place_of_an_area_is_passed_over(folder: Path) -> None:
    cache = AreaCache(folder, 100)
    cache.put(area(), DOWNLOAD)
    (path,) = files(folder)
    path.unlink()
    path.mkdir()
    assert cache.downloaded(HERE) is None
    assert AreaCache(folder, 100).downloaded(HERE) is None
    (folder / f"other{SUFFIX}").mkdir()
    assert_same(AreaCache(folder, 100).put(area(), replace(DOWNLOAD, name="another server")), area())


def test_other_files_are_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "README.txt").write_text("mine")
    AreaCache(folder, 0).put(area(), DOWNLOAD)
    assert [path.name for path in files(folder)] == ["README.txt"]


def test_files_of_processes_that_died_are_cleared_away_and_others_are_not(folder: Path) -> None:
    folder.mkdir()
    (folder / f"dead{ASIDE}").write_bytes(b"half")
    os.utime(folder / f"dead{ASIDE}", (1, 1))
    (folder / f"writing{ASIDE}").write_bytes(b"half")
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    assert [path.suffix for path in files(folder)].count(ASIDE) == 1
    assert (folder / f"writing{ASIDE}").exists()


def test_an_area_removed_by_another_process_stays_readable_and_is_made_again(folder: Path) -> None:
    cache, other = AreaCache(folder, 100), AreaCache(folder, 100)
    kept = cache.put(area(), DOWNLOAD)
    assert other.downloaded(HERE) is not None
    files(folder)[0].unlink()
    assert_same(kept, area())
    assert cache.downloaded(HERE) is None
    assert other.downloaded(HERE) is None
    other.put(area(), DOWNLOAD)
    assert_same(cache.downloaded(HERE), area())


def test_a_file_that_goes_while_it_is_looked_up_is_no_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)

    def gone(path: Path) -> Area:
        path.unlink()
        return load_area(path)

    monkeypatch.setattr(areas, "load_area", gone)
    assert AreaCache(folder, 100).downloaded(HERE) is None


def test_a_folder_that_cannot_be_written_does_not_stop_the_map(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_bytes(b"")
    made = area()
    assert AreaCache(tmp_path / "file" / "areas", 100).put(made, DOWNLOAD) is made
    assert "cannot be written" in caplog.text


def test_an_entry_says_what_is_in_the_file(folder: Path) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    (path,) = files(folder)
    assert path.name.endswith(SUFFIX)
    entry = read_entry(path)
    assert entry is not None
    assert (entry.bbox, entry.stamp) == (BBox(0, 0, 10, 10), DOWNLOAD)
    assert read_entry(folder / "none") is None


@pytest.mark.parametrize(("back_s", "kept"), [(5, True), (3600, True), (2 * 86_400, False), (400 * 86_400, False)])
def test_a_clock_that_is_set_back_makes_no_download_stale_nor_keeps_it_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch, back_s: float, *, kept: bool
) -> None:
    AreaCache(folder, 100).put(area(), DOWNLOAD)
    then_s = time.time()
    monkeypatch.setattr(time, "time", lambda: then_s - back_s)
    assert (AreaCache(folder, 100).downloaded(HERE) is not None) is kept
