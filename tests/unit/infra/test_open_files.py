from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import resource, sys
from infra import open_files
soft, hard, wanted = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
print(open_files.raise_open_files(wanted), *resource.getrlimit(resource.RLIMIT_NOFILE))
print(open_files.most_sockets(), open_files.most_connections())
"""


@pytest.mark.parametrize(
    ("limits", "wanted", "answer"),
    [
        pytest.param((256, 4000), 1000, "1000 1000 4000", id="raised"),
        pytest.param((256, 4000), 9000, "4000 4000 4000", id="as far as the system allows"),
        pytest.param((2000, 4000), 1000, "1000 2000 4000", id="never lowered"),
    ],
)
def test_the_limit_is_raised_where_the_system_allows_it(limits: tuple[int, int], wanted: int, answer: str) -> None:
    assert said(*limits, wanted)[0] == answer


@pytest.mark.parametrize(
    ("hard", "sockets", "connections"), [(4000, 3000, 3500), (1200, 200, 700), (1024, 24, 524), (300, 16, 32)]
)
def test_room_is_left_for_everything_else(hard: int, sockets: int, connections: int) -> None:
    assert said(256, hard, hard)[1] == f"{sockets} {connections}"


def said(*limits: int) -> list[str]:
    """Ask in a process of its own: a limit that was lowered cannot be raised again."""
    command = [sys.executable, "-c", PROGRAM, *map(str, limits)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
