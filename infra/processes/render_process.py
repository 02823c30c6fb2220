"""One render process as the web process sees it: start it, hand it a picture, hear it out, end it.

It is started by exec and speaks JSON lines (mural/worker/protocol.py) over a socketpair, because sockets are what
eventlet, gevent and plain threads all wait for in the same way. What it writes to its standard error comes over a
second socketpair and goes into the log. Nothing here waits in a way that would hold up a green-thread server.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from infra.background import Background
from mural.errors import MuralError, OutOfMemory, RenderCrashed, RenderTimeout
from mural.worker.protocol import (
    ANSWER,
    LARGEST_FILE_MB,
    MAX_ANSWER_BYTES,
    Answer,
    Failed,
    Progress,
    Ready,
    RenderRequest,
    RenderResult,
    encode_request,
)

ROOT: Final = Path(__file__).resolve().parent.parent.parent

PASSED_ON: Final = frozenset(
    {"PATH", "HOME", "LANG", "LANGUAGE", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "PYTHONPATH"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
    | {"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"}
)
"""The only variables a render process inherits, besides LC_*: none of them is one of our secrets."""

REAP_S: Final = 5.0
"""How long a killed process may take to go before that is worth a line in the log."""

MAX_LOG_LINE: Final = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCommand:
    """How a render process is started; fonts, limits and its channel's file descriptor are added as arguments."""

    env: Mapping[str, str]
    fonts_dir: Path
    file_mb: int = LARGEST_FILE_MB
    argv: tuple[str, ...] = (sys.executable, "-m", "mural.worker")
    cwd: Path = ROOT


def worker_environment(environ: Mapping[str, str], cache_dir: Path) -> dict[str, str]:
    """Pick what a render process may know of our environment, and keep its libraries to one thread and our cache."""
    passed = {name: value for name, value in environ.items() if name in PASSED_ON or name.startswith("LC_")}
    return passed | {
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(cache_dir / "matplotlib"),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }


class RenderProcess:
    """A running render process; it draws one picture at a time."""

    def __init__(
        self,
        command: WorkerCommand,
        limits: tuple[str, ...],
        background: Background,
        log: logging.Logger,
        on_exit: Callable[[RenderProcess], None],
    ) -> None:
        self._background = background
        self._log = log
        self._on_exit = on_exit
        self._buffer = bytearray()
        self._answered = False
        self._killed = False
        # Kept when the picture is done: what was written about it may be read later than the answer.
        self._job_id = ""
        self.jobs_done = 0
        self._process, self._channel, self._stderr = _spawn(command, limits)
        background.start_background_task(self._relay_log)

    @property
    def pid(self) -> int:
        """Name the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Tell whether the process runs and nobody has asked for its end."""
        return not self._killed and self._process.poll() is None

    @property
    def reusable(self) -> bool:
        """Tell whether the process answered what it was asked and can be asked again."""
        return self._answered and self.alive

    def await_ready(self, timeout_s: float) -> None:
        """Wait for the process to warm up; raise RenderCrashed or RenderTimeout, the process being of no use then."""
        answer = self._answer(time.monotonic() + timeout_s)
        if not isinstance(answer, Ready):
            raise self._nonsense()
        self._answered = True

    def run(self, request: RenderRequest, on_progress: Callable[[Progress], None], timeout_s: float) -> RenderResult:
        """Have one picture drawn; raise what went wrong there, RenderTimeout or RenderCrashed."""
        deadline = time.monotonic() + timeout_s
        self._job_id, self._answered = request.job_id, False
        self._send(encode_request(request), deadline)
        while isinstance(answer := self._answer(deadline), Progress):
            on_progress(answer)
        if isinstance(answer, Ready):
            raise self._nonsense()
        self._answered = True
        self.jobs_done += 1
        if isinstance(answer, Failed):
            error = answer.to_error()
            # What was being done when memory ran out may hold on to its share for good.
            self._answered = not isinstance(error, OutOfMemory)
            raise error
        return answer.result

    def kill(self) -> None:
        """End the process, whatever it is doing; whoever waits for its answer hears of it at once."""
        self._killed = True
        self._process.kill()

    def reap(self) -> None:
        """Wait until the killed process is gone and give back what it held; nobody may be waiting for its answer."""
        if not self._exited_within(REAP_S):
            self._log.error("Render process %d does not end.", self.pid)
        self._channel.close()

    def resident_mb(self) -> float:
        """Measure the memory that the process holds now; 0 where the system does not tell."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, ValueError, IndexError):
            return 0.0
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def _send(self, line: bytes, deadline: float) -> None:
        try:
            self._channel.settimeout(_left(deadline))
            self._channel.sendall(line)
        except TimeoutError:
            raise self._late() from None
        except OSError:
            raise self._gone() from None

    def _answer(self, deadline: float) -> Answer:
        try:
            return ANSWER.validate_json(self._line(deadline))
        except ValidationError:
            raise self._nonsense() from None
        except TimeoutError:
            raise self._late() from None
        except OSError:
            raise self._gone() from None

    def _line(self, deadline: float) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > MAX_ANSWER_BYTES:
                raise self._nonsense()
            self._channel.settimeout(_left(deadline))
            received = self._channel.recv(65536)
            if not received:
                raise ConnectionResetError
            self._buffer += received
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _late(self) -> MuralError:
        self.kill()
        return RenderTimeout("The picture took longer to draw than this installation allows.")

    def _nonsense(self) -> MuralError:
        self.kill()
        return RenderCrashed("The render process answered something that cannot be understood.")

    def _gone(self) -> MuralError:
        if not self._exited_within(1.0):
            self.kill()
            return RenderCrashed("The render process closed its connection.")
        code = self._process.returncode
        if code >= 0:
            return RenderCrashed(f"The render process ended with exit status {code}.", exit_status=code)
        # Real-time signals have no names of their own.
        name = next((known.name for known in signal.Signals if known == -code), f"signal {-code}")
        return RenderCrashed(f"The render process was ended by {name}.", signal=name)

    def _exited_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self._process.poll() is None:
            if time.monotonic() > deadline:
                return False
            self._background.sleep(0.005)
        return True

    def _relay_log(self) -> None:
        rest = b""
        with self._stderr as source:
            while received := _received(source):
                *lines, rest = (rest + received).split(b"\n")
                for line in [*lines, rest] if len(rest) > MAX_LOG_LINE else lines:
                    self._log_line(line)
                rest = b"" if len(rest) > MAX_LOG_LINE else rest
        self._log_line(rest)
        self._on_exit(self)

    def _log_line(self, line: bytes) -> None:
        text = "".join(letter if letter.isprintable() else " " for letter in line.decode("utf-8", "replace")).rstrip()
        if text:
            extra = {"render_pid": self.pid, "job_id": self._job_id}
            self._log.warning("Render process %d (job %s): %s", self.pid, self._job_id or "none", text, extra=extra)


def _spawn(
    command: WorkerCommand, limits: tuple[str, ...]
) -> tuple[subprocess.Popen[bytes], socket.socket, socket.socket]:
    channel, their_channel = socket.socketpair()
    stderr, their_stderr = socket.socketpair()
    with their_channel, their_stderr:
        for theirs in (their_channel, their_stderr):
            # Green sockets are made non-blocking, and the flag would be shared with the process.
            os.set_blocking(theirs.fileno(), True)
        try:
            process = subprocess.Popen(  # noqa: S603 - our own program and arguments, no shell
                [*command.argv, *_options(command), *limits, str(their_channel.fileno())],
                pass_fds=(their_channel.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=their_stderr.fileno(),
                stderr=their_stderr.fileno(),
                env=dict(command.env),
                cwd=command.cwd,
                # Ctrl-C in the server's terminal is for the server, which ends its processes in its own order.
                start_new_session=True,
            )
        except OSError:
            channel.close()
            stderr.close()
            raise
    return process, channel, stderr


def _options(command: WorkerCommand) -> tuple[str, ...]:
    return ("--fonts-dir", str(command.fonts_dir), "--file-mb", str(command.file_mb))


def _left(deadline: float) -> float:
    left_s = deadline - time.monotonic()
    if left_s <= 0:
        raise TimeoutError
    return left_s


def _received(source: socket.socket) -> bytes:
    try:
        return source.recv(65536)
    except OSError:
        return b""
