from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from mural.errors import BrokenExtract
from mural.geo.area_file import Stamp
from mural.geo.map_reader import ROOT
from mural.geo.reading_marks import ReadingMarks

PATH = Path("/maps/town.osm.pbf")
STAMP = Stamp(origin="extract", name=str(PATH), size=10, mtime_ns=20)
READ_FOR_EVER = """
import sys, time
from pathlib import Path
from mural.geo.area_file import Stamp
from mural.geo.reading_marks import ReadingMarks
with ReadingMarks(Path(sys.argv[1])).reading(Path(sys.argv[2]), Stamp(origin="extract", name="", size=10, mtime_ns=20)):
    print(flush=True)
    time.sleep(600)
"""


@pytest.fixture
def marks(tmp_path: Path) -> ReadingMarks:
    return ReadingMarks(tmp_path / "marks")


def die_reading(folder: Path) -> None:
    """Let a process die in the middle of reading the file."""
    with reading_for_ever(folder):
        pass


class reading_for_ever(ExitStack):  # noqa: N801 - it is used like a function
    """Have another process read the file until the block ends."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        command = [sys.executable, "-c", READ_FOR_EVER, str(folder), str(PATH)]
        process = self.enter_context(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE))
        self.callback(process.kill)
        assert process.stdout is not None
        process.stdout.readline()


def read(marks: ReadingMarks, stamp: Stamp = STAMP) -> None:
    with marks.reading(PATH, stamp):
        pass


def refused(marks: ReadingMarks) -> bool:
    try:
        read(marks)
    except BrokenExtract as error:
        return "town.osm.pbf cannot be read: the server died 2 times while it was read" in error.message
    return False


def test_nothing_is_left_of_a_reading_that_ends_whatever_its_end(marks: ReadingMarks, tmp_path: Path) -> None:
    read(marks)
    with pytest.raises(ZeroDivisionError), marks.reading(PATH, STAMP):
        raise ZeroDivisionError
    assert list((tmp_path / "marks").iterdir()) == []


def test_a_file_over_which_two_servers_died_is_read_no_more_until_it_changes(
    marks: ReadingMarks, tmp_path: Path
) -> None:
    for _ in range(2):
        die_reading(tmp_path / "marks")
        marks.take_up()
    assert refused(marks)
    read(marks, replace(STAMP, mtime_ns=21))
    assert refused(marks)


def test_a_file_that_was_read_well_after_a_death_is_above_suspicion(marks: ReadingMarks, tmp_path: Path) -> None:
    die_reading(tmp_path / "marks")
    marks.take_up()
    read(marks)
    die_reading(tmp_path / "marks")
    marks.take_up()
    assert not refused(marks)


def test_an_end_that_was_asked_for_is_held_against_no_file(marks: ReadingMarks, tmp_path: Path) -> None:
    for _ in range(3):
        die_reading(tmp_path / "marks")
        marks.forget()
        marks.take_up()
    assert not refused(marks)


def test_a_process_that_was_ended_alone_is_held_against_no_file(marks: ReadingMarks, tmp_path: Path) -> None:
    for _ in range(3):
        die_reading(tmp_path / "marks")
        read(marks, replace(STAMP, size=11))  # the next process reads another file
        marks.take_up()
    assert not refused(marks)


def test_the_mark_of_a_process_that_lives_stays(marks: ReadingMarks, tmp_path: Path) -> None:
    with reading_for_ever(tmp_path / "marks"):
        read(marks, replace(STAMP, size=11))
        assert len(list((tmp_path / "marks").iterdir())) == 1


def test_a_suspect_is_read_alone(marks: ReadingMarks, tmp_path: Path) -> None:
    die_reading(tmp_path / "marks")
    marks.take_up()
    other = replace(STAMP, size=11)
    done = threading.Event()

    def read_another() -> None:
        read(marks, other)
        done.set()

    with marks.reading(PATH, STAMP):
        thread = threading.Thread(target=read_another)
        thread.start()
        handle = os.open(tmp_path / "marks", os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        os.close(handle)
        assert not done.is_set()
    thread.join()
    assert done.is_set()


@pytest.fixture
def no_place(tmp_path: Path) -> ReadingMarks:
    (tmp_path / "file").write_bytes(b"in the way")
    return ReadingMarks(tmp_path / "file")


def test_without_a_place_for_marks_files_are_read_all_the_same(no_place: ReadingMarks) -> None:
    no_place.take_up()
    read(no_place)
    no_place.forget()
