"""The process that opens map files for a render process: what a file does to its reader it does to nobody else.

``python -m mural.geo.reader FD [IDLE_S]`` takes one JSON line after the other over the socket FD, until none comes for
a while. It loads the libraries once and never opens a map file itself; each file is read in a fork of its own, which is
bounded in memory and time and whose end, whatever it dies of, is an answer like any other. An area comes back as the
descriptor of a file in memory.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import stat
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Final

from mural.errors import BrokenExtract
from mural.geo.area_file import Stamp, area_parts
from mural.geo.bbox import BBox
from mural.geo.extract import header_bbox, read_area

LEAST_MEMORY_BYTES: Final = 512 * 2**20
MEMORY_PER_BYTE: Final = 64
"""A file may take this much memory for each of its bytes, twice what the most tightly packed ones do, and the least
besides; a render process's own limit holds, too."""
LEAST_CPU_S: Final = 4
CPU_S_PER_MB: Final = 5
"""The same for the time of the processor: ten times what reading takes on a slow machine."""
PATIENCE: Final = 6
"""So many times as long it may take by the clock, on a machine that is busy with other things."""
MAX_LINE_BYTES: Final = 1 << 20

IDLE_S: Final = 600.0
"""After so long without a file to read it ends; loading the libraries takes half a second each time."""

_NO_STAMP: Final = Stamp(origin="extract", name="")


def main() -> None:
    """Read what the other side of the socket asks for until it closes."""
    # What libraries print must not look like an answer, and a dump of memory would be as large as the map.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=int(sys.argv[1])) as channel, channel.makefile("rb") as lines:
        idle_s = float(sys.argv[2]) if len(sys.argv) > 2 else IDLE_S
        # Each task is answered before the next is sent, so none waits in the buffer unseen.
        while select.select([channel], [], [], idle_s)[0]:
            line = lines.readline(MAX_LINE_BYTES)
            if not line.endswith(b"\n"):
                return
            _serve(json.loads(line), channel)


def _serve(task: dict[str, Any], channel: socket.socket) -> None:
    # In memory: a full disk must not stop a map.
    with os.fdopen(os.memfd_create("area"), "wb") as shelf:
        answer = _read_aside(task, shelf.fileno(), channel)
        descriptors = [shelf.fileno()] if answer.get("area") else []
        socket.send_fds(channel, [json.dumps(answer).encode() + b"\n"], descriptors)


def _read_aside(task: dict[str, Any], shelf: int, channel: socket.socket) -> dict[str, Any]:
    """Read a file in a fork of this process and tell how that went."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(ours)
        os.close(channel.fileno())  # else nobody would notice the end of the process in between
        _as_fork(task, shelf, theirs)
    os.close(theirs)
    try:
        said = _hear_out(ours, channel, pid, PATIENCE * _cpu_s(task["size"]))
    finally:
        os.close(ours)
    if said is None:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if said is None or status == -signal.SIGXCPU:
        return {"fault": "slow"}
    if status:
        return {"fault": "deadly", "status": status}
    answer: dict[str, Any] = json.loads(said)
    return answer


def _hear_out(answers: int, channel: socket.socket, pid: int, seconds: float) -> bytes | None:
    """Collect what a fork says until its end; None when it takes too long. Ends with it when nobody waits any more."""
    said, deadline = b"", time.monotonic() + seconds
    poll = select.poll()
    poll.register(answers, select.POLLIN)
    poll.register(channel, 0)  # only whether it closes
    while True:
        events = dict(poll.poll(max(0.0, deadline - time.monotonic()) * 1000))
        if channel.fileno() in events:
            os.kill(pid, signal.SIGKILL)
            os._exit(0)
        if not events:
            return None
        received = os.read(answers, 1 << 16)
        if not received:
            return said
        said += received


def _as_fork(task: dict[str, Any], shelf: int, answers: int) -> None:
    """Do what the fork is there for, and end."""
    try:
        _limit(task["size"])
        answer = json.dumps(_answer(task, shelf)).encode()
        os.write(answers, answer)
    except BaseException:  # noqa: BLE001 - the edge of the process: what is not told here nobody hears of
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _answer(task: dict[str, Any], shelf: int) -> dict[str, Any]:
    try:
        return _read(task, shelf)
    except MemoryError:
        return {"fault": "memory"}
    except (BrokenExtract, OSError) as error:
        reason = error.facts["reason"] if isinstance(error, BrokenExtract) else error.strerror or str(error)
        return {"fault": "damaged", "reason": reason}


def _read(task: dict[str, Any], shelf: int) -> dict[str, Any]:
    path = Path(task["path"])
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe without a writer would wait for ever
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError("it is not a file")
    finally:
        os.close(descriptor)
    if task["what"] == "header":
        return {"bbox": header_bbox(path)}
    area = read_area(path, BBox(*task["bbox"]) if task["bbox"] else None)
    with os.fdopen(os.dup(shelf), "wb") as file:
        file.writelines(area_parts(area, _NO_STAMP))
    return {"area": True}


def _limit(size: int) -> None:
    cpu_s, memory = _cpu_s(size), LEAST_MEMORY_BYTES + MEMORY_PER_BYTE * size
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    memory = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))


def _cpu_s(size: int) -> int:
    return LEAST_CPU_S + CPU_S_PER_MB * size // 1_000_000


if __name__ == "__main__":
    main()
