"""The whole program with render processes that draw at once: ``python -m tests.support.quick_server``."""

from __future__ import annotations

import sys
from functools import partial

import wsgi  # first of all: it patches the standard library
from infra.processes.render_process import WorkerCommand
from services.drawing import rendering


def draw_at_once() -> None:
    """Have another program started where render processes are."""
    rendering.WorkerCommand = partial(  # type: ignore[assignment,misc]  # the same command, of another program
        WorkerCommand, argv=(sys.executable, "-m", "tests.support.quick_worker")
    )


if __name__ == "__main__":
    draw_at_once()
    wsgi.main()
