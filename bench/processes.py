"""Run a program of ours and measure it."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Measured:
    """What a program printed and took; ``own_mb`` leaves out mapped files, which the system takes back at need."""

    output: str
    seconds: float
    peak_mb: float
    own_mb: float


def measure(*arguments: str) -> Measured:
    """Run ``python ARGUMENTS`` to its end; raises CalledProcessError when it fails."""
    began = time.perf_counter()
    peak_mb = own_mb = 0.0
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            with suppress(OSError, KeyError):
                status = status_mb(process.pid)
                peak_mb, own_mb = max(peak_mb, status["VmHWM"]), max(own_mb, status["RssAnon"])
            time.sleep(LOOK_S)
        seconds = time.perf_counter() - began
        output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return Measured(output, seconds, peak_mb, own_mb)


def status_mb(pid: int) -> dict[str, float]:
    """Read the sizes (MB) that the system knows of a process, by their names in /proc/PID/status."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    values = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(kilobytes) / 1024 for name, kilobytes, _ in values}
