"""Servers that are started by a fork of one that has loaded its libraries: a start costs a tenth."""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.real_parts import ROOT


class Starter:
    """The process that forks servers of one kind of green thread."""

    def __init__(self, mode: str) -> None:
        self._asking = threading.Lock()
        environ = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.warm_starter"],
            cwd=ROOT,
            env=environ | {"ASYNC_MODE": mode},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._end)

    def ask(self, wish: dict[str, Any]) -> int:
        """Have a server started or reaped."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None
        assert stdout is not None
        with self._asking:
            stdin.write(json.dumps(wish).encode() + b"\n")
            stdin.flush()
            return int(stdout.readline())

    def _end(self) -> None:
        self._process.communicate()


@cache
def starter(mode: str) -> Starter:
    """Have one starter for each kind of green thread."""
    return Starter(mode)


class WarmProcess:
    """A started server, to be handled as a ``subprocess.Popen``."""

    def __init__(self, program: tuple[str, ...], environ: dict[str, str], log_file: Path) -> None:
        self._starter = starter(environ.get("ASYNC_MODE", "eventlet"))
        self.pid = self._starter.ask({"start": program, "environ": environ, "log": str(log_file)})
        self._alive: int | None = os.pidfd_open(self.pid)
        self._code: int | None = None

    def poll(self) -> int | None:
        """Tell its exit code, or None while it runs."""
        return self._ended(0)

    def wait(self, timeout: float) -> int:
        """Wait until it has ended and tell its exit code."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired("the server", timeout)
        return code

    def send_signal(self, how: signal.Signals) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, how)

    def _ended(self, timeout_s: float) -> int | None:
        if self._alive is not None and select.select([self._alive], [], [], timeout_s)[0]:
            self._code = os.waitstatus_to_exitcode(self._starter.ask({"reap": self.pid}))
            os.close(self._alive)
            self._alive = None
        return self._code
