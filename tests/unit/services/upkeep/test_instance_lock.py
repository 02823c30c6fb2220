from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mural.errors import Conflict, Unavailable
from services.upkeep.instance_lock import holder, instance_lock
from tests.support.real_parts import ROOT

HOLD = """
import sys
from pathlib import Path
from services.upkeep.instance_lock import instance_lock
with instance_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_it_is_held_by_one_process_until_that_ends(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        assert holder(tmp_path) == other.pid
        with pytest.raises(Conflict, match=rf"Another Mural \(process {other.pid}\) is using .*DATA_DIR"):
            instance_lock(tmp_path).__enter__()
        other.kill()
    assert holder(tmp_path) is None
    with instance_lock(tmp_path):
        assert holder(tmp_path) == os.getpid()
    with instance_lock(tmp_path):
        pass


def test_the_folder_is_made(tmp_path: Path) -> None:
    with instance_lock(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()


def test_a_folder_that_cannot_be_is_named_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match=r"file/data: Not a directory"):
        instance_lock(tmp_path / "file" / "data").__enter__()
