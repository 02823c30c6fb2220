from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from mural.geo import catalogue as module
from mural.geo.areas import AreaCache
from mural.geo.bbox import BBox
from mural.geo.catalogue import Catalogue
from mural.geo.catalogue_index import load_index
from mural.geo.import_extract import import_extract
from mural.geo.import_protocol import UNFINISHED
from mural.geo.layers import Layer
from mural.geo.map_reader import MapReader
from mural.geo.reading_marks import ReadingMarks
from tests.support.broken_maps import AROUND, TOWN, deadly, header, in_no_known_script, streets
from tests.support.maps import HELSINKI, Ways, write_osm

Box = tuple[float, float, float, float]
PAGE = BBox(1, 1, 2, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "extracts").mkdir()
    return tmp_path / "extracts"


@pytest.fixture
def catalogue(tmp_path: Path, folder: Path) -> Catalogue:
    return open_again(tmp_path, folder)


READER = MapReader(ReadingMarks(Path("/dev/null/no-place-for-marks")))


def open_again(tmp_path: Path, folder: Path) -> Catalogue:
    cache = tmp_path / "cache"
    return Catalogue(folder, "extract", cache / "extracts.json", AreaCache(cache / "areas", 100), READER)


def write_map(path: Path, reach: Box, *, box: bool = True, streets: int = 2) -> Path:
    """Write a file whose streets go round a box, and say so in its header or not."""
    left, bottom, right, top = reach
    nodes = {1: (left, bottom), 2: (right, bottom), 3: (right, top), 4: (left, top)}
    ways: Ways = [(k, [1, 2, 3, 4, 1], {"highway": "primary"}) for k in range(1, streets)]
    return write_osm(path, nodes, ways, box=reach if box else None)


def names(catalogue: Catalogue) -> list[str]:
    return [extract.path.name for extract in catalogue.extracts()]


def test_files_are_found_when_they_arrive_and_missed_when_they_go(catalogue: Catalogue, folder: Path) -> None:
    assert names(catalogue) == []
    write_map(folder / "b.osm.pbf", (0, 0, 3, 3))
    shutil.copy(HELSINKI, folder / "a.osm.pbf")
    (folder / "notes.txt").write_text("not a map")
    (folder / "folder.osm.pbf").mkdir()
    assert names(catalogue) == ["a.osm.pbf", "b.osm.pbf"]
    (folder / "a.osm.pbf").unlink()
    assert names(catalogue) == ["b.osm.pbf"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert names(open_again(tmp_path, tmp_path / "none")) == []


@pytest.mark.parametrize("box", [True, False])
def test_a_file_covers_its_header_box_or_else_its_roads(catalogue: Catalogue, folder: Path, box: bool) -> None:
    write_map(folder / "map.osm", (0, 0, 3, 3), box=box)
    assert [extract.bbox for extract in catalogue.covering(PAGE)] == [BBox(0, 0, 3, 3)]
    assert catalogue.covering(BBox(5, 5, 6, 6)) == []


def test_the_smallest_file_that_covers_the_page_comes_first(catalogue: Catalogue, folder: Path) -> None:
    write_map(folder / "country.osm.pbf", (-10, -10, 10, 10), streets=500)
    write_map(folder / "city.osm.pbf", (0.95, 0.98, 2.5, 2.5), streets=50)
    write_map(folder / "corner.osm.pbf", (1.05, 1.02, 2.5, 2.5))  # 93 % of the page: ragged, but made for this place
    write_map(folder / "half.osm.pbf", (0, 0, 1.6, 3))
    found = [extract.path.name for extract in catalogue.covering(PAGE)]
    assert found == ["corner.osm.pbf", "city.osm.pbf", "country.osm.pbf"]
    found = [extract.path.name for extract in catalogue.covering(PAGE, 0.5)]
    assert found == ["corner.osm.pbf", "city.osm.pbf", "country.osm.pbf", "half.osm.pbf"]


def test_a_file_without_the_centre_does_not_cover(catalogue: Catalogue, folder: Path) -> None:
    write_map(folder / "rim.osm.pbf", (0, 0, 1.4, 3))
    assert catalogue.covering(PAGE, 0.3) == []


def test_a_small_file_is_read_once_and_whole(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    write_map(folder / "map.osm", (0, 0, 3, 3))
    (extract,) = catalogue.covering(PAGE)
    area = catalogue.read(extract, PAGE)
    assert area is not None
    assert area.bbox == BBox(0, 0, 3, 3)
    assert catalogue.read(extract, BBox(1.2, 1.2, 2.2, 2.2)) is area
    path, status = extract.path, extract.path.stat()
    path.write_bytes(b"x" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    cached = open_again(tmp_path, folder).read(extract, PAGE)
    assert cached is not None
    assert set(cached.lines) == {Layer.ROAD_PRIMARY}


def test_a_page_that_pokes_out_of_its_file_is_read_from_the_cache_too(catalogue: Catalogue, folder: Path) -> None:
    write_map(folder / "map.osm", (0, 0, 1.95, 3))
    (extract,) = catalogue.covering(PAGE)
    assert catalogue.read(extract, PAGE) is catalogue.read(extract, PAGE)


def test_a_large_file_is_read_with_room_to_move(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE_MAX_BYTES", 10)
    nodes = {k: (k / 10, 1.5) for k in range(100)}
    ways: Ways = [(k, [k, k + 1], {"highway": "primary"}) for k in range(1, 99)]
    write_osm(folder / "country.osm", nodes, ways, box=(0, 0, 10, 10))
    (extract,) = catalogue.covering(PAGE)
    area = catalogue.read(extract, PAGE)
    assert area is not None
    assert area.bbox == PAGE.scaled(1.5)
    assert len(area.lines[Layer.ROAD_PRIMARY]) < 20
    assert catalogue.read(extract, BBox(1.2, 1.2, 2.2, 2.2)) is area
    assert catalogue.read(extract, BBox(5, 1, 6, 2)) is not area


def test_a_damaged_file_is_named_once_and_left_out(
    catalogue: Catalogue, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "junk.osm.pbf").write_bytes(b"not a map")
    write_map(folder / "map.osm", (0, 0, 3, 3))
    assert names(catalogue) == ["map.osm"]
    assert caplog.text.count("junk.osm.pbf") == 1
    assert names(catalogue) == names(open_again(tmp_path, folder)) == ["map.osm"]
    assert caplog.text.count("junk.osm.pbf") == 1


def test_a_truncated_file_is_found_out_when_it_is_read_and_another_serves(
    catalogue: Catalogue, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    page = BBox(24.940, 60.170, 24.945, 60.173)
    whole = HELSINKI.read_bytes()
    (folder / "half.osm.pbf").write_bytes(whole[:200_000])
    (folder / "whole.osm.pbf").write_bytes(whole)
    half, good = catalogue.covering(page)
    assert (half.path.name, good.path.name) == ("half.osm.pbf", "whole.osm.pbf")
    assert catalogue.read(half, page) is None
    assert "half.osm.pbf" in caplog.text
    assert names(catalogue) == ["whole.osm.pbf"]
    assert catalogue.read(good, page) is not None


def test_a_file_that_is_mended_is_used_again(catalogue: Catalogue, folder: Path) -> None:
    path = folder / "map.osm.pbf"
    path.write_bytes(b"still arriving")
    assert names(catalogue) == []
    shutil.copy(HELSINKI, path)
    assert names(catalogue) == ["map.osm.pbf"]


def test_a_file_that_changes_is_read_anew(catalogue: Catalogue, folder: Path) -> None:
    path = write_map(folder / "map.osm", (0, 0, 3, 3))
    (before,) = catalogue.covering(PAGE)
    old = catalogue.read(before, PAGE)
    write_map(path, (0, 0, 4, 4), streets=3)
    os.utime(path, (1, 1))
    (after,) = catalogue.covering(PAGE)
    new = catalogue.read(after, PAGE)
    assert old is not None
    assert new is not None
    assert len(old.lines[Layer.ROAD_PRIMARY]) == 1
    assert len(new.lines[Layer.ROAD_PRIMARY]) == 2


def imported(path: Path, folder: Path) -> Path:
    return import_extract(path, folder, lambda _: None).path


def test_an_index_serves_instead_of_its_file_and_alone(catalogue: Catalogue, folder: Path) -> None:
    path = write_map(folder / "country.osm.pbf", (0, 0, 3, 3))
    assert [extract.source for extract in catalogue.covering(PAGE)] == [None]
    index = imported(path, folder)
    (extract,) = catalogue.covering(PAGE)
    assert (extract.path, extract.name) == (index, "country.osm.pbf")
    assert not extract.is_scanned
    path.unlink()
    (extract,) = catalogue.covering(PAGE)
    area = catalogue.read(extract, PAGE)
    assert area is not None
    assert area.bbox == PAGE.scaled(1.1)
    assert area.source == "country.osm.pbf"
    assert len(area.lines[Layer.ROAD_PRIMARY]) == 1
    assert catalogue.read(extract, PAGE) is area


@pytest.mark.parametrize("indexed", [True, False])
def test_streets_beyond_the_box_of_a_large_file_are_read_too(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, indexed: bool
) -> None:
    monkeypatch.setattr(module, "WHOLE_MAX_BYTES", 10)
    nodes = {1: (1.0, 1.0), 2: (1.9, 1.9), 3: (1.96, 1.5), 4: (1.98, 1.5)}
    ways: Ways = [(1, [1, 2], {"highway": "primary"}), (2, [3, 4], {"highway": "primary"})]
    path = write_osm(folder / "country.osm.pbf", nodes, ways, box=(0, 0, 1.95, 3))
    if indexed:
        imported(path, folder)
    (extract,) = catalogue.covering(PAGE)
    area = catalogue.read(extract, PAGE)
    assert area is not None
    assert len(area.lines[Layer.ROAD_PRIMARY]) == 2


def test_an_index_of_an_older_file_is_left_out(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    path = write_map(folder / "country.osm.pbf", (0, 0, 3, 3))
    imported(path, folder)
    os.utime(path, (1, 1))
    assert names(catalogue) == names(open_again(tmp_path, folder)) == ["country.osm.pbf"]


def test_a_broken_index_gives_way_to_its_file(
    catalogue: Catalogue, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write_map(folder / "country.osm.pbf", (0, 0, 3, 3))
    index = imported(path, folder)
    index.write_bytes(index.read_bytes().replace(index.read_bytes()[20:40], bytes(20)))
    (extract,) = catalogue.covering(PAGE)
    assert catalogue.read(extract, PAGE) is None
    assert "Import the map file again" in caplog.text
    assert names(catalogue) == ["country.osm.pbf"]


def test_an_import_in_progress_is_not_looked_at(catalogue: Catalogue, folder: Path) -> None:
    write_map(folder / UNFINISHED / "index.osm.pbf", (0, 0, 3, 3))
    assert names(catalogue) == []


def test_small_files_come_before_indexes_and_those_before_large_files(
    catalogue: Catalogue, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE_MAX_BYTES", 1_000)
    write_map(folder / "small.osm.pbf", (0, 0, 3, 3))
    imported(write_map(tmp_path / "country.osm.pbf", (0, 0, 3, 3), streets=5000), folder)
    write_map(folder / "large.osm.pbf", (0, 0, 3, 3), streets=500)
    found = catalogue.covering(PAGE)
    assert [extract.name for extract in found] == ["small.osm.pbf", "country.osm.pbf", "large.osm.pbf"]
    assert [extract.is_scanned for extract in found] == [False, False, True]


def test_a_file_too_large_to_scan_waits_for_its_import(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WHOLE_MAX_BYTES", 10)
    monkeypatch.setattr(module, "SCANNED_MAX_BYTES", 20)
    path = write_map(folder / "country.osm.pbf", (0, 0, 3, 3))
    assert [extract.waits_for_import for extract in catalogue.covering(PAGE)] == [True]
    assert names(catalogue) == ["country.osm.pbf"]
    assert caplog.text.count(f"flask mural import-extract {path}") == 1
    imported(path, folder)
    assert [extract.waits_for_import for extract in catalogue.covering(PAGE)] == [False]


def test_a_large_file_that_does_not_say_how_far_it_reaches_is_not_read_to_find_out(
    catalogue: Catalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "WHOLE_MAX_BYTES", 10)
    path = write_map(folder / "country.osm.pbf", (0, 0, 3, 3), box=False)
    assert names(catalogue) == []
    assert "import-extract" in caplog.text
    imported(path, folder)
    assert [extract.bbox for extract in catalogue.covering(PAGE)] == [BBox(0, 0, 3, 3)]


@pytest.mark.parametrize(
    "contents",
    [
        *(b"", b"[]", b'{"x": 1}', b'{"x": {"stamp": []}}', b"\xff", b"[" * 100_000, b'{"a": '),
        *(b'{"MAP": {"stamp": %s, "bbox": [0, 0, "east", 3]}}', b'{"MAP": {"stamp": %s, "bbox": [0, 0, NaN, 3]}}'),
        *(b'{"MAP": {"stamp": %s, "bbox": [0, 3]}}', b'{"MAP": {"stamp": %s, "bbox": null, "fault": "moon"}}'),
        *(b'{"MAP": {"stamp": %s, "bbox": null}}', b'{"MAP": {"stamp": %s, "bbox": [0, 0, 3, 3], "source": 7}}'),
    ],
)
def test_a_damaged_index_is_made_again(tmp_path: Path, folder: Path, contents: bytes) -> None:
    path = write_map(folder / "map.osm", (0, 0, 3, 3))
    index = tmp_path / "cache" / "extracts.json"
    index.parent.mkdir()
    about = json.dumps([path.stat().st_size, path.stat().st_mtime_ns]).encode()
    index.write_bytes(contents.replace(b"MAP", os.fsencode(path)).replace(b"%s", about))
    assert [extract.bbox for extract in open_again(tmp_path, folder).covering(PAGE)] == [BBox(0, 0, 3, 3)]
    assert b"map.osm" in index.read_bytes()


def test_an_index_that_cannot_be_written_is_no_failure(
    tmp_path: Path, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_map(folder / "map.osm", (0, 0, 3, 3))
    (tmp_path / "cache").write_bytes(b"in the way")
    assert names(open_again(tmp_path, folder)) == ["map.osm"]
    assert "cannot be written" in caplog.text


def faults(tmp_path: Path) -> dict[str, str | None]:
    known = load_index(tmp_path / "cache" / "extracts.json")
    return {Path(path).name: about.fault for path, about in known.items()}


@pytest.mark.parametrize(
    ("content", "fault"), [(in_no_known_script(), "damaged"), (deadly(None), "deadly"), (b"", "damaged")]
)
def test_whatever_a_file_does_when_it_is_looked_at_costs_that_file_only(
    catalogue: Catalogue, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes, fault: str
) -> None:
    (folder / "broken.osm.pbf").write_bytes(content)
    write_map(folder / "map.osm", (0, 0, 3, 3))
    assert names(catalogue) == names(catalogue) == names(open_again(tmp_path, folder)) == ["map.osm"]
    assert faults(tmp_path) == {"broken.osm.pbf": fault, "map.osm": None}
    assert caplog.text.count("broken.osm.pbf") == 1
    assert "Replace it by a sound copy" in caplog.text


def test_a_file_that_kills_its_reader_only_when_it_is_read_gives_way_to_the_next(
    catalogue: Catalogue, folder: Path, tmp_path: Path
) -> None:
    (folder / "deadly.osm.pbf").write_bytes(deadly())
    (folder / "sound.osm.pbf").write_bytes(header() + streets())
    first, second = catalogue.covering(TOWN)
    assert (first.name, second.name) == ("deadly.osm.pbf", "sound.osm.pbf")
    assert catalogue.read(first, TOWN) is None
    assert names(catalogue) == ["sound.osm.pbf"]
    area = catalogue.read(second, TOWN)
    assert area is not None
    assert area.bbox == AROUND
    assert faults(tmp_path)["deadly.osm.pbf"] == "deadly"


def test_what_one_process_finds_out_the_others_know(catalogue: Catalogue, folder: Path, tmp_path: Path) -> None:
    (folder / "deadly.osm.pbf").write_bytes(deadly())
    other = open_again(tmp_path, folder)
    assert names(other) == names(catalogue) == ["deadly.osm.pbf"]
    assert catalogue.read(catalogue.extracts()[0], TOWN) is None
    assert names(other) == []
    write_map(folder / "map.osm", (0, 0, 3, 3))
    assert names(other) == ["map.osm"]
    assert faults(tmp_path)["deadly.osm.pbf"] == "deadly", "who knew no better has not written over it"


def test_a_file_that_was_left_out_is_tried_again_when_its_time_changes(catalogue: Catalogue, folder: Path) -> None:
    path = folder / "map.osm.pbf"
    path.write_bytes(b"no map")
    assert names(catalogue) == []
    path.write_bytes(header() + streets())
    os.utime(path, (1, 1))
    assert names(catalogue) == ["map.osm.pbf"]


def test_what_only_has_the_name_of_a_map_is_told_and_left_out(
    catalogue: Catalogue, folder: Path, tmp_path: Path
) -> None:
    (folder / "folder.osm.pbf").mkdir()
    (folder / "nowhere.osm").symlink_to("../gone.osm")
    (folder / "loop.osm").symlink_to("loop.osm")
    os.mkfifo(folder / "pipe.osm")
    write_map(folder / "map.osm", (0, 0, 3, 3))
    assert names(catalogue) == ["map.osm"]
    odd = {"folder.osm.pbf", "nowhere.osm", "loop.osm", "pipe.osm"}
    assert faults(tmp_path) == {"map.osm": None} | dict.fromkeys(odd, "place")
    (tmp_path / "gone.osm").write_bytes((folder / "map.osm").read_bytes())
    assert names(catalogue) == ["map.osm", "nowhere.osm"]


@pytest.mark.parametrize("name", [b"bad\xff.osm.pbf", b"two\nlines.osm.pbf"])
def test_a_name_that_is_no_text_harms_nobody(
    catalogue: Catalogue, folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: bytes
) -> None:
    (folder / os.fsdecode(name)).write_bytes(b"no map")
    write_map(folder / "map.osm", (0, 0, 3, 3))
    assert names(catalogue) == names(open_again(tmp_path, folder)) == ["map.osm"]
    assert [record.getMessage().isprintable() for record in caplog.records] == [True]


def test_a_folder_that_is_a_file_holds_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "extracts").write_bytes(b"")
    assert names(open_again(tmp_path, tmp_path / "extracts")) == []
    assert "cannot be seen" in caplog.text
