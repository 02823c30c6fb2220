"""The entry point: `python wsgi.py` serves Mural. The only file that knows which green-thread library is in use."""

from __future__ import annotations

import os

from dotenv import dotenv_values

ENVIRON = {**{name: value or "" for name, value in dotenv_values(".env").items()}, **os.environ}
ASYNC_MODE = ENVIRON.get("ASYNC_MODE", "").strip() or "eventlet"

# Patching must come before anything else is imported that makes threads, locks or sockets.
if ASYNC_MODE == "eventlet":
    import eventlet

    eventlet.monkey_patch()
    import eventlet.wsgi
elif ASYNC_MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

import logging
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any

from flask import Flask

from app_factory import create_app
from config import Config, ConfigError
from mural.errors import MuralError
from services.logs import configure_logs

log = logging.getLogger("mural")

MAX_SOCKETS = 20_000
"""Eventlet's server accepts 1,024 by default; the machine's own limit on open files is the one that should count."""

BACKLOG = 4096
"""So many connections may wait to be accepted: after a restart everybody comes back at once."""

SILENCE_S = 60.0
"""Who sends or takes nothing for so long loses the connection; websockets and polls have limits of their own."""

STOP_GRACE_S = 20.0


def serve(app: Flask, config: Config) -> None:
    """Start the services and answer requests until told to stop."""
    services = app.extensions["mural"]
    socketio = app.extensions["socketio"]
    services.start()
    stopping = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    def stop_when_asked() -> None:
        # Polled: a signal handler must not touch locks of green threads.
        while not stopping.is_set():
            socketio.sleep(0.1)
        log.info("stopping")
        services.stop(STOP_GRACE_S)
        logging.shutdown()
        os._exit(0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_stop)
    socketio.start_background_task(stop_when_asked)
    log.info("Mural is open at http://%s:%s%s/", _shown_host(config.host), config.port, config.url_prefix)
    if ASYNC_MODE == "eventlet":
        _serve_with_eventlet(app, config)
    else:
        options: dict[str, Any] = {"backlog": BACKLOG} if ASYNC_MODE == "gevent" else {"allow_unsafe_werkzeug": True}
        socketio.run(app, host=config.host, port=config.port, **options)


def _serve_with_eventlet(app: Flask, config: Config) -> None:
    """Do as Flask-SocketIO does, but let more than 50 connections wait to be accepted."""
    family, _kind, _protocol, _name, address = socket.getaddrinfo(config.host, config.port)[0]
    listener = eventlet.listen(address, family, backlog=BACKLOG)
    eventlet.wsgi.server(listener, app, max_size=MAX_SOCKETS, log_output=False, socket_timeout=SILENCE_S)


def _shown_host(host: str) -> str:
    return "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104  # shown, not bound


def main() -> None:
    """Serve with the settings of the environment and of .env."""
    try:
        config = Config.from_env(ENVIRON)
        configure_logs(config.log_format)
        app = create_app(config)
    except (ConfigError, MuralError) as error:
        sys.exit(f"Mural cannot start: {error}")
    serve(app, config)


if __name__ == "__main__":
    main()
