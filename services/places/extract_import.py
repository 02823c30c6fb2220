"""Index large map files in a process of their own, and watch how far it is."""

from __future__ import annotations

import queue
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from infra.processes.render_process import ROOT
from mural.errors import MapDataError
from mural.geo.import_protocol import MESSAGE, UNFINISHED, Imported, Message, Stage
from mural.worker.protocol import Failed

LOOK_S: Final = 0.25
"""How often the reader's place in the file is looked up."""
SHARES: Final[Mapping[Stage, tuple[float, float]]] = {
    "relations": (0.0, 0.1),
    "features": (0.1, 0.9),
    "tiles": (0.9, 1.0),
}
"""From where to where each stage moves the bar; measured."""

Show = Callable[[Stage, float], None]
"""Takes what is being done and how much of the whole is done, 0 to 1."""


def import_extract(file: Path, folder: Path, env: Mapping[str, str], show: Show) -> Imported:
    """Make the index of a map file among the extracts in ``folder``; raises what mural.geo.import_extract does.

    Whatever ends the import before its time leaves nothing behind but what was there.
    """
    file = file.resolve()
    command = [sys.executable, "-m", "mural.geo.import_extract", str(file), str(folder)]
    with subprocess.Popen(  # noqa: S603 - our own program, by exec: no shell sees the file's name
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
    ) as process:
        try:
            last = _watch(process, file, show)
        except BaseException:
            process.kill()
            raise
        finally:
            if process.wait() < 0:
                shutil.rmtree(folder / UNFINISHED, ignore_errors=True)
    if isinstance(last, Failed):
        raise last.to_error()
    if isinstance(last, Imported):
        return last
    raise MapDataError(f"{file.name} was not imported: {_reason(process.returncode)}", file=file.name)


def _watch(process: subprocess.Popen[bytes], file: Path, show: Show) -> Message | None:
    """Listen until the process has said its last word."""
    messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(process.stdout, messages), daemon=True).start()
    stage: Stage = "relations"
    last: Message | None = None
    while True:
        try:
            message = messages.get(timeout=LOOK_S)
        except queue.Empty:
            if stage != "tiles":
                show(stage, _share(stage, _place_in(process.pid, file)))
            continue
        if message is None:
            return last
        last = message
        if message.kind == "doing":
            stage = message.stage
            show(stage, _share(stage, message.fraction))


def _listen(lines: IO[bytes] | None, messages: queue.SimpleQueue[Message | None]) -> None:
    try:
        for line in lines or ():
            messages.put(MESSAGE.validate_json(line))
    finally:
        messages.put(None)


def _share(stage: Stage, fraction: float) -> float:
    start, end = SHARES[stage]
    return start + (end - start) * fraction


def _place_in(pid: int, file: Path) -> float:
    """Tell how much of the file a process has read, 0 to 1, where the system knows (Linux)."""
    with suppress(OSError):
        size = file.stat().st_size
        return max((min(1.0, place / max(1, size)) for place in _places(Path(f"/proc/{pid}"), file)), default=0.0)
    return 0.0


def _places(process: Path, file: Path) -> Iterator[int]:
    for link in (process / "fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            if link.readlink() == file:
                about = (process / "fdinfo" / link.name).read_text(encoding="ascii")
                yield int(about.split(maxsplit=2)[1])


def _reason(status: int) -> str:
    if status < 0:
        name = signal.Signals(-status).name
        if -status in {signal.SIGSEGV, signal.SIGILL, signal.SIGFPE}:
            return f"reading it ended the import ({name}). The file is damaged; replace it by a sound copy."
        return f"the system ended it ({name}), most likely because memory or disk space ran out."
    return "the import failed unexpectedly; the reason is above."
