from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from mural.files import write_durably, write_whole


def test_a_file_appears_whole_in_a_folder_that_is_made_for_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    write_whole(path, b"one ", memoryview(b"two"))
    write_whole(path, b"three")
    assert path.read_bytes() == b"three"
    assert list(path.parent.iterdir()) == [path]


def test_a_file_may_be_read_by_a_process_of_another_user(tmp_path: Path) -> None:
    write_whole(tmp_path / "file", b"contents")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644


def test_nothing_is_left_of_a_file_that_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="file"):
        write_whole(tmp_path / "file", b"contents")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_file_is_written_in_place_of_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    for content in (b"first", b"second, which is longer"):
        write_durably(file, content)
        assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_leaves_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    write_durably(file, b"first")

    def fail(_descriptor: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="gone"):
        write_durably(file, b"second")
    assert file.read_bytes() == b"first"
