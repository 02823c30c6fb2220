"""The whole program with render processes that draw at once: ``python -m tests.system.quick_server``."""

from __future__ import annotations

import sys
from functools import partial

import wsgi  # first of all: it patches the standard library
from services import rendering
from services.render_process import WorkerCommand

if __name__ == "__main__":
    rendering.WorkerCommand = partial(  # type: ignore[assignment,misc]  # the same command, of another program
        WorkerCommand, argv=(sys.executable, "-m", "tests.system.quick_worker")
    )
    wsgi.main()
