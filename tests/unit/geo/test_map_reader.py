from __future__ import annotations

import bz2
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from mural.errors import BrokenExtract, Unavailable
from mural.geo.area_file import Stamp
from mural.geo.bbox import BBox
from mural.geo.layers import Layer
from mural.geo.map_reader import ROOT, MapReader
from mural.geo.reading_marks import ReadingMarks
from tests.support.broken_maps import AROUND, deadly, header, in_no_known_script, streets, swollen
from tests.support.maps import HELSINKI
from tests.support.server import children, runs
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MapReader]:
    reader = MapReader(ReadingMarks(tmp_path_factory.mktemp("marks")))
    yield reader
    reader.rest()


def stamp(path: Path) -> Stamp:
    return Stamp.of_file("extract", path)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def fault_of(reader: MapReader, path: Path) -> tuple[str, str]:
    with pytest.raises(BrokenExtract) as caught:
        reader.read_area(path, stamp(path))
    assert caught.value.facts["file"] == path.name
    return caught.value.facts["fault"], caught.value.facts["reason"]


def endless(path: Path, megabytes: int = 20_000) -> Path:
    """Write a map in which nothing comes for gigabytes, in a few kilobytes."""
    nothing = bz2.compress(b" " * 100_000_000)
    return written(path, bz2.compress(b'<osm version="0.6">') + nothing * (megabytes // 100))


def sound(path: Path) -> Path:
    return written(path, header() + streets())


def test_a_sound_file_is_read(reader: MapReader, tmp_path: Path) -> None:
    path = sound(tmp_path / "map.osm.pbf")
    assert reader.header_bbox(path, stamp(path)) == AROUND
    area = reader.read_area(path, stamp(path))
    assert (area.bbox, area.source, len(area.lines[Layer.ROAD_PRIMARY])) == (AROUND, "map.osm.pbf", 2)
    assert reader.read_area(path, stamp(path), BBox(1, 1, 2, 2)).lines == {}


def test_what_nobody_expects_of_a_file_is_an_answer_too(reader: MapReader, tmp_path: Path) -> None:
    path = written(tmp_path / "unicode.osm.pbf", in_no_known_script())
    fault, reason = fault_of(reader, path)
    assert (fault, "utf-8" in reason) == ("damaged", True)


def test_a_file_that_kills_what_reads_it_kills_nothing_else(reader: MapReader, tmp_path: Path) -> None:
    broken = written(tmp_path / "deadly.osm.pbf", deadly())
    assert fault_of(reader, broken) == ("deadly", "the process that reads it dies of it (SIGSEGV)")
    path = sound(tmp_path / "map.osm.pbf")
    assert reader.read_area(path, stamp(path)).lines


def test_a_small_file_that_swells_is_stopped(reader: MapReader, tmp_path: Path) -> None:
    path = written(tmp_path / "swollen.osm.pbf", swollen())
    assert path.stat().st_size < 200_000
    assert fault_of(reader, path)[0] == "memory"


def test_a_file_without_an_end_is_given_up(reader: MapReader, tmp_path: Path) -> None:
    path = endless(tmp_path / "endless.osm.bz2")
    assert path.stat().st_size < 50_000
    assert fault_of(reader, path)[0] == "slow"


@pytest.mark.parametrize("kind", ["pipe", "folder"])
def test_what_only_looks_like_a_file_keeps_nobody_waiting(reader: MapReader, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "map.osm"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    assert fault_of(reader, path) == ("damaged", "it is not a file")


@pytest.mark.parametrize("name", [b"bad\xffname.osm.pbf", b"two\nlines.osm.pbf", b"<b>\x1b[31m.osm.pbf"])
def test_a_strange_name_is_told_in_one_printable_line(reader: MapReader, tmp_path: Path, name: bytes) -> None:
    path = written(tmp_path / os.fsdecode(name), deadly())
    with pytest.raises(BrokenExtract) as caught:
        reader.read_area(path, stamp(path))
    assert caught.value.message.isprintable()
    caught.value.message.encode()


def _forks(reader: MapReader) -> list[int]:
    return children(reader.pid) if reader.pid else []


def kill_forks(reader: MapReader, times: int) -> threading.Thread:
    """Kill the next forks of the reader as soon as there are any, from aside."""

    killed: set[int] = set()

    def kill() -> None:
        for _ in range(times):
            (fork,) = wait_until(lambda: [pid for pid in _forks(reader) if pid not in killed])
            killed.add(fork)
            os.kill(fork, signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def slow(path: Path) -> Path:
    """Write a map that takes a second or so, and ends."""
    return written(path, bz2.compress(b'<osm version="0.6">' + b" " * 60_000_000 + b"</osm>"))


def test_one_kill_from_outside_is_no_proof_and_two_are(reader: MapReader, tmp_path: Path) -> None:
    path = slow(tmp_path / "large.osm.bz2")
    reader.rest()
    killer = kill_forks(reader, 1)
    assert reader.read_area(path, stamp(path)).lines == {}
    killer.join()
    killer = kill_forks(reader, 2)
    assert fault_of(reader, path) == ("deadly", "the process that reads it dies of it (SIGKILL)")
    killer.join()


def test_a_reader_that_was_killed_between_two_files_is_replaced(reader: MapReader, tmp_path: Path) -> None:
    path = sound(tmp_path / "map.osm.pbf")
    reader.read_area(path, stamp(path))
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    assert reader.read_area(path, stamp(path)).lines


def test_where_no_reader_can_be_started_no_file_is_accused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = sound(tmp_path / "map.osm.pbf")
    reader = MapReader(ReadingMarks(tmp_path / "marks"))
    for program in ("/nonexistent", "/bin/false"):
        monkeypatch.setattr(sys, "executable", program)
        with pytest.raises(Unavailable):
            reader.read_area(path, stamp(path))
    monkeypatch.undo()
    assert reader.read_area(path, stamp(path)).lines
    reader.rest()


def test_a_reader_that_is_not_needed_for_a_while_ends() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        command = [sys.executable, "-m", "mural.geo.reader", str(theirs.fileno()), "0.1"]
        with subprocess.Popen(command, cwd=ROOT, pass_fds=(theirs.fileno(),)) as process:
            assert process.wait() == 0


def test_nothing_outlives_a_process_that_is_killed_while_it_has_a_file_read(tmp_path: Path) -> None:
    path = endless(tmp_path / "endless.osm.bz2")
    script = (
        "import sys; from pathlib import Path; from mural.geo.area_file import Stamp\n"
        "from mural.geo.map_reader import MapReader; from mural.geo.reading_marks import ReadingMarks\n"
        "path = Path(sys.argv[1])\n"
        "MapReader(ReadingMarks(path.parent / 'marks')).read_area(path, Stamp.of_file('extract', path))"
    )
    with subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=ROOT) as process:
        (reader,) = wait_until(lambda: children(process.pid))
        (fork,) = wait_until(lambda: children(reader))
        process.kill()
    with suppress(FileNotFoundError):
        wait_until(lambda: not runs(reader) and not runs(fork))
    assert [mark.suffix for mark in (tmp_path / "marks").iterdir()] == [".reading"], "nobody cleared it away"
    reader_after = MapReader(ReadingMarks(tmp_path / "marks"))
    reader_after.header_bbox(HELSINKI, stamp(HELSINKI))
    reader_after.rest()
    assert list((tmp_path / "marks").iterdir()) == [], "who was ended alone accuses nobody"
