"""The whole program where the system allows few open files: ``python -m tests.sockets.few_files_program FILES``."""

from __future__ import annotations

import wsgi  # first of all: it patches the standard library

# isort: split
import resource
import sys

from tests.support.quick_server import draw_at_once

if __name__ == "__main__":
    files = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_NOFILE, (files // 2, files))
    draw_at_once()
    wsgi.main()
