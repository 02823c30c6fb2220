"""Have map files read by mural/geo/reader.py: whatever is wrong with one comes back as BrokenExtract.

A file is marked on the disk for as long as it is open, so that also the death of everything at once leaves a trace.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from mural.errors import Unavailable
from mural.files import printable
from mural.geo.area_file import Stamp, load_area_in
from mural.geo.bbox import BBox
from mural.geo.catalogue_index import unreadable
from mural.geo.layers import Area
from mural.geo.reading_marks import ReadingMarks

ROOT: Final = Path(__file__).resolve().parents[2]

FROM_OUTSIDE: Final = frozenset({-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})
"""Deaths that may have nothing to do with the file: a person, or the system when memory runs out. Once is no proof."""

_WORDS: Final[dict[str, str]] = {
    "memory": "reading it takes more memory than its size accounts for, or than RENDER_MEMORY_MB allows",
    "slow": "reading it does not come to an end",
    "deadly": "the process that reads it dies of it",
}


class MapReader:
    """Reads map files in another process, which is started when it is needed and ends when it was not for a while.

    Raises Unavailable where there is no such process to be had: that says nothing about any file.
    """

    def __init__(self, marks: ReadingMarks) -> None:
        self._marks = marks
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None
        self._end: Callable[[], object] = lambda: None

    @property
    def pid(self) -> int | None:
        """Name the process, where there is one."""
        return self._process.pid if self._process else None

    def header_bbox(self, path: Path, stamp: Stamp) -> BBox | None:
        """Give the box (degrees) that the file declares, or None where it declares none; raises BrokenExtract."""
        answer, _ = self._read(path, stamp, {"what": "header"})
        return BBox(*answer["bbox"]) if answer["bbox"] else None

    def read_area(self, path: Path, stamp: Stamp, bbox: BBox | None = None) -> Area:
        """Read the features that touch ``bbox`` (degrees), or all of them; raises BrokenExtract."""
        _, shelf = self._read(path, stamp, {"what": "area", "bbox": bbox})
        with os.fdopen(shelf, "rb") as file:
            return load_area_in(file)

    def rest(self) -> None:
        """End the process now, and give back what it held."""
        self._end()
        self._channel = self._process = None

    def _read(self, path: Path, stamp: Stamp, task: dict[str, Any]) -> tuple[dict[str, Any], int]:
        with self._marks.reading(path, stamp):
            request = {"path": str(path), "size": stamp.size} | task
            answer, shelf = self._ask(request)
            if answer.get("status") in FROM_OUTSIDE:
                answer, shelf = self._ask(request)
            if "fault" in answer:
                raise unreadable(path, answer["fault"], _reason(answer))
        return answer, shelf

    def _ask(self, task: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Give the answer and the descriptor that came with it, -1 for none; a process that has gone is replaced."""
        trouble: OSError | None = None
        for _ in range(2):
            try:
                return _exchange(self._started(), task)
            except OSError as error:
                self.rest()
                trouble = error
        raise Unavailable("The process that reads map files cannot be kept running.") from trouble

    def _started(self) -> socket.socket:
        if self._channel is None:
            channel, theirs = socket.socketpair()
            with theirs:
                try:
                    self._process = _spawn(theirs)
                except OSError:
                    channel.close()
                    raise
            self._channel = channel
            self._end = weakref.finalize(self, _end, self._process, channel)
        return self._channel


def _spawn(channel: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "mural.geo.reader", str(channel.fileno())],
        pass_fds=(channel.fileno(),),
        stdin=subprocess.DEVNULL,
        stdout=2,  # into the log
        cwd=ROOT,
        # Forks must find no threads of a library's in their way.
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def _exchange(channel: socket.socket, task: dict[str, Any]) -> tuple[dict[str, Any], int]:
    channel.sendall(json.dumps(task).encode() + b"\n")
    line = b""
    shelves: list[int] = []
    while not line.endswith(b"\n"):
        received, descriptors, _, _ = socket.recv_fds(channel, 1 << 16, 1)
        if not received:
            raise ConnectionResetError
        line += received
        shelves += descriptors
    answer: dict[str, Any] = json.loads(line)
    return answer, shelves[0] if shelves else -1


def _reason(answer: dict[str, Any]) -> str:
    if "reason" in answer:
        return printable(answer["reason"])
    status = answer.get("status", 0)
    return _WORDS[answer["fault"]] + (f" ({signal.Signals(-status).name})" if status < 0 else "")


def _end(process: subprocess.Popen[bytes], channel: socket.socket) -> None:
    channel.close()
    process.kill()
    process.wait()
