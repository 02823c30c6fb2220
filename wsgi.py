"""The entry point: `python wsgi.py` serves Mural. The only file that knows which green-thread library is in use."""

from __future__ import annotations

import os
import warnings

from infra.environ import read_environ

ENVIRON = read_environ()
ASYNC_MODE = ENVIRON.get("ASYNC_MODE", "").strip() or "eventlet"

# Its makers tell everybody at every start that it is in maintenance; docs/decisions/0002-libraries.md says it once.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

# Patching must come before anything else is imported that makes threads, locks or sockets.
if ASYNC_MODE == "eventlet":
    import eventlet

    eventlet.monkey_patch()
    import eventlet.wsgi

    # The PostgreSQL driver would wait for answers inside C, and everybody with it. It asks gevent by itself.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
elif ASYNC_MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

import errno
import gc
import itertools
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

from apiflask import APIFlask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from app_factory import create_app
from config import OWN_DATA_DIR, Config, ConfigError
from infra.background import RunBlocking, directly
from infra.observing.errors_reporting import start_reporting
from infra.observing.logs import configure_logs
from infra.open_files import most_connections
from mural.errors import MuralError
from routes.web.front_door import SILENCE_S, FrontDoor, guarded
from services.upkeep.data_paths import DataPaths
from services.upkeep.instance_lock import instance_lock
from services.upkeep.restore import undo_interrupted
from services.upkeep.start_checks import check_port, check_prepared, lend_prepared

log = logging.getLogger("mural")

BACKLOG = 4096
"""So many connections may wait to be accepted: after a restart everybody comes back at once."""

ACCEPTED_PER_TURN = 256
"""After so many connections accepted in a row those that are open already get their turn."""

STOP_GRACE_S = 20.0


def serve(app: APIFlask, config: Config, at_end: Callable[[], object] = logging.shutdown) -> None:
    """Start the services and answer requests until told to stop."""
    services = app.extensions["mural"]
    socketio = app.extensions["socketio"]
    services.start()
    with app.app_context():
        _ = app.spec  # kept; made at its first use, it would have everybody wait
    stopping = threading.Event()

    def ask_to_stop(asked: int, _frame: FrameType | None) -> None:
        if stopping.is_set():  # asked again: whoever it is does not want to wait
            os._exit(128 + asked)
        stopping.set()

    def stop_when_asked() -> None:
        # Polled: a signal handler must not touch locks of green threads.
        while not stopping.is_set():
            socketio.sleep(0.1)
        log.info("Stopping; jobs that do not finish within %.0f s run again after the next start", STOP_GRACE_S)
        services.stop(STOP_GRACE_S)
        at_end()
        log.info("Stopped")
        logging.shutdown()
        os._exit(0)

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, ask_to_stop)
    socketio.start_background_task(stop_when_asked)
    # What was made until now stays: going through all of it again and again would hold everybody up each time.
    gc.collect()
    gc.freeze()
    log.info("Mural is open at http://%s:%s%s/", _shown_host(config.host), config.port, config.url_prefix)
    door: FrontDoor = app.extensions["mural.door"]
    serving = {"eventlet": _serve_with_eventlet, "gevent": _serve_with_gevent, "threading": _serve_with_threads}
    serving[ASYNC_MODE](app, config, door)


def _serve_with_eventlet(app: APIFlask, config: Config, door: FrontDoor) -> None:
    """Do as Flask-SocketIO does, but let more than 50 connections wait to be accepted."""
    family, _kind, _protocol, _name, address = socket.getaddrinfo(config.host, config.port)[0]
    listening = eventlet.listen(address, family, backlog=BACKLOG)
    # Every connection inherits it. An answer's head and body are written apart, and the second write would wait some
    # 40 ms until the client has acknowledged the first.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.accept = partial(next, _let_in(listening.accept, door))
    # Its server takes 1,024 connections by default; the system's limit on open files is the one that should count.
    eventlet.wsgi.server(
        listening,
        app,
        max_size=most_connections(),
        log_output=False,
        socket_timeout=SILENCE_S,
        protocol=guarded(eventlet.wsgi.HttpProtocol, door),
    )


def _let_in(accept: Callable[[], Any], door: FrontDoor) -> Iterator[Any]:
    """Accept connections and give those that may come in; while no file is left for another, wait."""
    for count in itertools.count(1):
        if count % ACCEPTED_PER_TURN == 0:
            eventlet.sleep(0)
        try:
            connection, client = accept()
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
            log.warning("No more connections are accepted just now: %s", error.strerror)
            eventlet.sleep(1)
            continue
        if door.lets_in(connection, client):
            yield connection, client
        else:
            connection.close()


def _serve_with_gevent(app: APIFlask, config: Config, door: FrontDoor) -> None:
    from gevent import pywsgi  # noqa: PLC0415 - only where it is in use

    class Server(pywsgi.WSGIServer):  # type: ignore[misc]  # it has no types
        def do_handle(self, connection: Any, client: Any) -> None:
            if door.lets_in(connection, client):
                super().do_handle(connection, client)
            else:
                connection.close()

    handler = guarded(pywsgi.WSGIHandler, door)
    Server((config.host, config.port), app, handler_class=handler, backlog=BACKLOG, log=None).serve_forever()


def _serve_with_threads(app: APIFlask, config: Config, door: FrontDoor) -> None:
    class Server(ThreadedWSGIServer):
        request_queue_size = BACKLOG

        def verify_request(self, connection: Any, client: Any) -> bool:
            return door.lets_in(connection, client)

    Server(config.host, config.port, app, guarded(WSGIRequestHandler, door)).serve_forever()


def _run_blocking() -> RunBlocking:
    """Choose how a wait inside C, such as for the disk, is kept from the green threads."""
    if ASYNC_MODE == "eventlet":
        from eventlet import tpool  # noqa: PLC0415 - only where it is in use

        return tpool.execute  # type: ignore[no-any-return]
    if ASYNC_MODE == "gevent":
        import gevent  # noqa: PLC0415

        return gevent.get_hub().threadpool.apply  # type: ignore[no-any-return]
    return directly


def _shown_host(host: str) -> str:
    if host in {"127.0.0.1", "0.0.0.0", "::", "::1"}:  # noqa: S104  # shown, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def main() -> None:
    """Serve with the settings of the environment and of .env."""
    try:
        config = Config.from_env(ENVIRON)
        lines = configure_logs(config.log_format, verbose=config.development)
        at_end = start_reporting(config.sentry_dsn, config.environment)
        check_port(config.host, config.port)
        with instance_lock(config.data_dir):
            lend_prepared(OWN_DATA_DIR, config.data_dir)
            check_prepared(config.fonts_dir, config.gazetteer_file)
            undo_interrupted(DataPaths.of(config))
            run_blocking = _run_blocking()
            app = create_app(config, run_blocking=run_blocking)
            lines.write_in_background(app.extensions["socketio"], run_blocking)
            serve(app, config, at_end)
    except (ConfigError, MuralError) as error:
        sys.exit(f"Mural cannot start: {error}")


if __name__ == "__main__":
    main()
