"""One download at a time for the whole installation, whatever number of processes want one."""

from __future__ import annotations

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

DOWNLOADS: Final = "overpass"
"""The folder within the cache."""

LOCK: Final = "turn.lock"
WORK: Final = "work"
"""The folder in which whoever has the turn keeps what is being downloaded."""

LONGEST_QUIET_S = 3600.0
"""Nobody is left alone for longer, whatever they ask for."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to download; it holds until the file is closed, even by a kill."""

    _file: TextIO

    def quiet_s(self) -> float:
        """Tell how many more seconds the server has asked for quiet, of whichever process it asked."""
        self._file.seek(0)
        try:
            asked_at, seconds = map(float, self._file.read().split())
        except ValueError:
            return 0.0
        if not 0 < seconds <= LONGEST_QUIET_S:
            return 0.0
        left_s = asked_at + seconds - time.time()
        if left_s > seconds:  # the clock was set back: what is left is not known, but it is no more than was asked for
            self.keep_quiet(seconds)
        return min(seconds, max(0.0, left_s))

    def keep_quiet(self, seconds: float) -> None:
        """Note for every process that the server wants no request for so many seconds."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{time.time():.3f} {min(seconds, LONGEST_QUIET_S):.3f}")
        self._file.flush()


@contextmanager
def download_turn(folder: Path, waiting: Callable[[], None], *, poll_s: float = 0.5) -> Iterator[Turn]:
    """Wait for the turn and hold it for the ``with`` block; ``waiting`` is called before every pause of ``poll_s``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("a+", encoding="ascii") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                waiting()
                time.sleep(poll_s)
        yield Turn(file)


def clear_leftovers(folder: Path) -> None:
    """Delete what a killed process had downloaded, unless somebody is downloading now."""
    with suppress(FileNotFoundError, BlockingIOError), (folder / LOCK).open("r+", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder / WORK, ignore_errors=True)
