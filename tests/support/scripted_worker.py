"""A render process whose drawing does what the job's id says; everything around the drawing is the real thing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import numpy as np

from mural.errors import NoStreets
from mural.jobs.progress import Step
from mural.worker.main import Render, Report, main
from mural.worker.protocol import Progress, RenderRequest, RenderResult
from tests.render_requests import make_result

KEPT: list[np.ndarray] = []


def _say_nonsense(nonsense: bytes) -> None:
    os.write(int(sys.argv[-1]), nonsense)
    time.sleep(60)


def _raise(error: Exception) -> NoReturn:
    raise error


def _write_on_the_sides() -> None:
    os.write(1, b"said on standard output\n")
    ctypes.CDLL(None).perror(b"said by a C library \x1b[31m")


BEHAVIOUR: dict[str, Callable[[RenderRequest], object]] = {
    "ok": lambda _: None,
    "slow": lambda _: time.sleep(60),
    "segv": lambda _: os.kill(os.getpid(), signal.SIGSEGV),
    "exit": lambda _: os._exit(7),
    "hungry": lambda _: np.ones(4 * 2**30, dtype=np.uint8),
    "heavy": lambda _: KEPT.append(np.ones(250 * 2**20, dtype=np.uint8)),
    "bad_alloc": lambda _: _raise(RuntimeError("std::bad_alloc")),
    "empty": lambda _: _raise(NoStreets("There are no streets there.", latitude=1.5)),
    "wrong": lambda _: _raise(ZeroDivisionError()),
    "garbage": lambda _: _say_nonsense(b"{nonsense}\n"),
    "flood": lambda _: _say_nonsense(b"x" * 2_000_000),
    "noisy": lambda _: _write_on_the_sides(),
    "environment": lambda request: (request.output_dir / "environment").write_text("\n".join(sorted(os.environ))),
    "busy": lambda _: sum(number * number for number in range(10_000_000)),
}


def draw(request: RenderRequest, report: Report) -> RenderResult:
    """Behave as the part of the job's id before the colon says."""
    report(Progress(Step.MAP_DATA, 0.5))
    BEHAVIOUR[request.job_id.partition(":")[0]](request)
    report(Progress(Step.DRAWING, 1.0))
    return make_result(seconds={"pid": float(os.getpid()), "nice": float(os.nice(0))})


def load(_fonts_dir: Path) -> Render:
    """Start, unless a file in the temporary folder forbids it."""
    if (Path(os.environ.get("TMPDIR", "/nonexistent")) / "refuse-to-start").exists():
        sys.exit("refusing to start")
    return draw


if __name__ == "__main__":
    main(load=load)
