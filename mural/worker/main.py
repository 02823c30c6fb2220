"""The render process: it draws one picture after the other for the web process that started it.

``python -m mural.worker --fonts-dir DIR --memory-mb N --nice N FD`` speaks the lines of protocol.py over the socket FD.
It has no database and no secrets, and it ends as soon as the socket closes: when the web process dies, however it dies,
nothing is left over.
"""

from __future__ import annotations

import argparse
import ctypes
import errno
import gc
import logging
import os
import queue
import resource
import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from mural.errors import MuralError, OutOfMemory, RenderError, StorageFull
from mural.files import limit_files
from mural.worker.protocol import (
    LARGEST_FILE_MB,
    MAX_REQUEST_BYTES,
    REQUEST,
    Answer,
    Failed,
    Finished,
    Progress,
    Ready,
    RenderRequest,
    RenderResult,
    encode_answer,
)

log = logging.getLogger("mural.worker")

NO_ROOM: Final = StorageFull("There is no room left for this poster.")
DISK_TROUBLE: Final[dict[int, MuralError]] = {
    errno.ENOSPC: NO_ROOM,
    errno.EDQUOT: NO_ROOM,
    errno.EFBIG: RenderError("A file of this poster would be larger than this installation allows."),
}
"""What the system says of a file that cannot be written, and what that means."""

Report = Callable[[Progress], None]
Render = Callable[[RenderRequest, Report], RenderResult]


def load_renderer(fonts_dir: Path) -> Render:
    """Import what drawing needs and draw something small, so that the first picture is as fast as the next."""
    from mural.worker.render import Renderer  # noqa: PLC0415 - the limits must hold before the heavy libraries come in

    renderer = Renderer()
    renderer.warm_up(fonts_dir)
    return renderer.render


def main(arguments: Sequence[str] | None = None, load: Callable[[Path], Render] = load_renderer) -> None:
    """Serve the web process until it closes the socket."""
    options = _options(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    _limit(options.memory_mb, options.file_mb, options.nice)
    # The descriptor is ours alone: a program that a library starts must not keep the socket open.
    os.set_inheritable(options.fd, False)  # noqa: FBT003 - it takes no keyword
    channel = socket.socket(fileno=options.fd)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(channel, requests), daemon=True).start()
    render = load(options.fonts_dir)
    # What is here now stays: later collections need not look at it.
    gc.freeze()
    _send(channel, Ready())
    while True:
        line = requests.get()
        _send(channel, answer(line, render, lambda progress: _send(channel, progress), options.memory_mb))
        _tidy()


def answer(line: bytes, render: Render, report: Report, memory_mb: int) -> Finished | Failed:
    """Draw what one line asks for and say how that went; no error gets past this."""
    try:
        request = REQUEST.validate_json(line)
    except ValidationError:
        log.exception("A request cannot be understood.")
        return Failed.from_error(RenderError("The render process did not understand what it was asked."))
    try:
        return Finished(render(request, report))
    except MuralError as error:
        return Failed.from_error(error)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in DISK_TROUBLE:
            return Failed.from_error(DISK_TROUBLE[error.errno])
        if _is_out_of_memory(error):
            return Failed.from_error(_too_big(memory_mb))
        log.exception("Drawing failed.")
        return Failed.from_error(RenderError("Drawing failed unexpectedly; the server's log has the reason."))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m mural.worker", description="A render process of Mural.")
    parser.add_argument("fd", type=int, help="the socket to the web process")
    parser.add_argument("--fonts-dir", type=Path, required=True, help="the fonts to open before the first picture")
    parser.add_argument("--memory-mb", type=int, required=True, help="how much memory it may use")
    parser.add_argument("--file-mb", type=int, default=LARGEST_FILE_MB, help="how large a file it may write")
    parser.add_argument("--nice", type=int, default=0, help="how far it steps back behind other processes")
    return parser.parse_args(arguments)


def _limit(memory_mb: int, file_mb: int, niceness: int) -> None:
    os.nice(niceness)
    limit_files(file_mb)
    # Private writable memory, not address space: libraries reserve gigabytes of addresses that they never touch.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb * 2**20, memory_mb * 2**20))
    # A core dump would be as large as the process, and hold the poster's texts.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _listen(channel: socket.socket, requests: queue.SimpleQueue[bytes]) -> None:
    """Take requests in beside the drawing, so that the socket's end is noticed at any moment."""
    with channel.makefile("rb") as lines:
        while (line := lines.readline(MAX_REQUEST_BYTES)).endswith(b"\n"):
            requests.put(line)
    # At once, whatever is being drawn: nobody waits for it any more.
    os._exit(0)


def _send(channel: socket.socket, message: Answer) -> None:
    try:
        channel.sendall(encode_answer(message))
    except OSError:
        os._exit(0)


def _tidy() -> None:
    """Give back what the picture took, while nobody waits: the C library would keep tens of megabytes."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _is_out_of_memory(error: Exception) -> bool:
    # C++ libraries that translate no exceptions of their own give it this name.
    return isinstance(error, MemoryError) or "bad_alloc" in str(error)


def _too_big(memory_mb: int) -> OutOfMemory:
    return OutOfMemory(
        f"This picture needs more than the {memory_mb} MB of memory that a render process may use. "
        "A smaller page, a lower resolution or a shorter distance will fit.",
        memory_mb=memory_mb,
    )
