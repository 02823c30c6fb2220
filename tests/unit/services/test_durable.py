from __future__ import annotations

import os
from pathlib import Path

import pytest

from services.durable import write_whole


def test_a_file_is_written_in_place_of_an_older_one(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    for content in (b"first", b"second, which is longer"):
        write_whole(file, content)
        assert file.read_bytes() == content
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_disk_that_fails_leaves_the_older_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    write_whole(file, b"first")

    def fail(_descriptor: int) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="gone"):
        write_whole(file, b"second")
    assert file.read_bytes() == b"first"
