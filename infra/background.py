"""Green threads without naming the library that makes them: eventlet, gevent and plain threads all fit this shape."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar


class Background(Protocol):
    """Runs things beside the request; Flask-SocketIO's server has exactly these two methods."""

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function in a thread of the server's kind."""

    def sleep(self, seconds: float = 0) -> None:
        """Let others run for at least so long."""


class ThreadBackground:
    """Plain threads, for the command line and for tests without a server."""

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> threading.Thread:
        """Run a function in a daemon thread."""
        thread = threading.Thread(target=target, args=args, kwargs=kwargs, daemon=True)
        thread.start()
        return thread

    def sleep(self, seconds: float = 0) -> None:
        """Block this thread only."""
        time.sleep(seconds)


T = TypeVar("T")


class RunBlocking(Protocol):
    """Calls a function that waits or works inside C so that no green thread waits with it, and returns its result.

    The function may run in a thread of the operating system: it must use no lock and no socket of the server's kind.
    """

    def __call__(self, function: Callable[[], T], /) -> T:
        """Call the function."""


def directly(function: Callable[[], T], /) -> T:
    """Call the function here: right where threads are plain ones."""
    return function()
