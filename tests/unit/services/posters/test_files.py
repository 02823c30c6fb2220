from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mural.errors import StorageFull
from services.posters.files import SIDECAR, BrokenSidecar, PosterFiles

POSTER = "0123456789abcdef0123456789abcdef"
SAID = b'{"city": "Oslo"}'


@pytest.fixture
def files(tmp_path: Path) -> PosterFiles:
    made = PosterFiles(tmp_path / "posters", max_bytes=1_000_000, spare_bytes=0)
    made.start()
    return made


def place(files: PosterFiles, poster_id: str = POSTER, size: int = 1000) -> None:
    with files.making("job") as folder:
        (folder / "poster.png").write_bytes(b"x" * size)
        files.place(folder, poster_id, SAID)


def test_a_poster_is_in_place_with_its_sidecar_and_counted(files: PosterFiles) -> None:
    place(files)
    assert list(files.ids()) == [POSTER]
    assert files.holds(POSTER, "poster.png")
    assert files.sidecar(POSTER) == SAID
    assert files.used_bytes == 1000 + (files.folder(POSTER) / SIDECAR).stat().st_size


def test_what_is_there_is_counted_at_the_start(files: PosterFiles, tmp_path: Path) -> None:
    place(files)
    again = PosterFiles(tmp_path / "posters", max_bytes=1, spare_bytes=0)
    again.start()
    assert again.used_bytes == files.used_bytes


def test_a_poster_leaves_completely(files: PosterFiles) -> None:
    place(files)
    files.remove(POSTER)
    files.remove(POSTER)
    assert list(files.ids()) == []
    assert files.used_bytes == 0


def test_what_was_half_made_is_gone_after_the_job_and_after_a_kill(files: PosterFiles, tmp_path: Path) -> None:
    with files.making("job") as folder:
        (folder / "poster.png").write_bytes(b"half")
    assert not folder.exists()
    left = tmp_path / "posters" / ".making" / "killed"
    left.mkdir()
    (left / "poster.png").write_bytes(b"half")
    files.start()
    assert not left.exists()


def test_a_job_that_runs_again_begins_with_an_empty_folder(files: PosterFiles, tmp_path: Path) -> None:
    left = tmp_path / "posters" / ".making" / "job"
    left.mkdir()
    (left / "poster.png").write_bytes(b"half")
    with files.making("job") as folder:
        assert list(folder.iterdir()) == []


def test_everything_is_on_the_disk_before_the_poster_is_in_place(
    files: PosterFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bool] = []
    sync = os.fsync

    def noting(descriptor: int) -> None:
        synced.append(files.folder(POSTER).exists())
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", noting)
    place(files)
    # The poster, the sidecar and their folder before; the shelf after.
    assert synced == [False, False, False, True]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_becomes_full_leaves_nothing_behind(
    files: PosterFiles, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(code, "full")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        place(files)
    assert list(files.ids()) == []
    assert files.used_bytes == 0


def test_no_new_poster_beyond_the_limit(files: PosterFiles, tmp_path: Path) -> None:
    files.check_room(900_000)
    with pytest.raises(StorageFull, match=r"limit of 0\.001 GB"):
        files.check_room(1_100_000)
    scarce = PosterFiles(tmp_path / "posters", max_bytes=10**18, spare_bytes=10**17)
    with pytest.raises(StorageFull, match="on the disk"):
        scarce.check_room()


@pytest.mark.parametrize("ident", ["../../etc", "0123", POSTER.upper(), POSTER + "/x", ""])
def test_only_ids_make_paths(files: PosterFiles, ident: str) -> None:
    with pytest.raises(ValueError, match="not the id"):
        files.folder(ident)


def test_a_sidecar_that_is_gone_is_named(files: PosterFiles) -> None:
    place(files)
    (files.folder(POSTER) / SIDECAR).unlink()
    with pytest.raises(BrokenSidecar) as broken:
        files.sidecar(POSTER)
    assert POSTER in broken.value.message


def test_waiting_for_the_disk_is_done_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced_aside: list[bool] = []
    at_it: list[object] = []

    def run_blocking(function: Callable[[], Any]) -> Any:
        at_it.append(function)
        try:
            return function()
        finally:
            at_it.clear()

    monkeypatch.setattr(os, "fsync", lambda _descriptor: synced_aside.append(bool(at_it)))
    files = PosterFiles(tmp_path / "posters", max_bytes=1_000_000, spare_bytes=0, run_blocking=run_blocking)
    files.start()
    place(files)
    assert synced_aside == [True] * 4
