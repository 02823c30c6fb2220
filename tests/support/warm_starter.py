"""Starts Murals that have loaded their libraries already: ``python -m tests.support.warm_starter``, one for each mode.

Loading takes most of a start, and is the same each time. It is done once here, patched as ASYNC_MODE says and before
anything runs; then every line on standard input has a fork become the program that it names, as if just started.
``{"start": ["wsgi.py"], "environ": {...}, "log": "..."}`` is answered with its id, ``{"reap": ID}`` with its end.
"""

from __future__ import annotations

import wsgi  # first of all: it patches

# isort: split
import json
import os
import posix  # its calls stay as they are where os is patched
import runpy
import sys
import traceback
from typing import Any, NoReturn

import tests.support.quick_server  # noqa: F401  # what most of them load


def main() -> None:
    """Start a server at each word."""
    for line in sys.stdin.buffer:
        wish = json.loads(line)
        answer = _started(wish) if "start" in wish else posix.waitpid(wish["reap"], 0)[1]
        posix.write(1, f"{answer}\n".encode())


def _started(wish: dict[str, Any]) -> int:
    pid = posix.fork()
    if pid == 0:
        _become(wish["start"], wish["environ"], wish["log"])
    return pid


def _become(program: list[str], environ: dict[str, str], log: str) -> NoReturn:
    nothing, logging_to = posix.open(os.devnull, os.O_RDONLY), posix.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for theirs, ours in ((nothing, 0), (logging_to, 1), (logging_to, 2)):
        posix.dup2(theirs, ours)
    posix.close(nothing)
    posix.close(logging_to)
    os.environ.clear()
    os.environ.update(environ)
    _renew_hub(wsgi.ASYNC_MODE)
    del sys.modules["wsgi"]  # it reads its settings when it is loaded
    code = 1
    try:
        _run(program)
        code = 0
    finally:
        if trouble := sys.exc_info()[1]:
            sys.stderr.writelines(traceback.format_exception(trouble))
        sys.stderr.flush()
        os._exit(code)


def _run(program: list[str]) -> None:
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program
        runpy.run_path(program[0], run_name="__main__")


def _renew_hub(mode: str) -> None:
    """Leave the hub of green threads, which waits for files of the parent's, for one of its own."""
    if mode == "eventlet":
        from eventlet import hubs  # noqa: PLC0415

        hubs.use_hub()
    elif mode == "gevent":
        import gevent  # noqa: PLC0415

        gevent.reinit()


if __name__ == "__main__":
    main()
