"""Mural, sending a small event to the wall again and again: `python -m bench.fanout_program EVERY_MS PADDING`."""

from __future__ import annotations

import wsgi  # first: it patches

# isort: split
import sys
import time
from typing import TypedDict

from app_factory import create_app
from config import Config
from infra.events import payloads
from infra.events.events import GALLERY_ROOM, Event, Name
from infra.observing.logs import configure_logs


class Sent(TypedDict):
    """What is measured: when it was sent, and something to make it longer."""

    sent: str
    more: str


payloads.CARRIED[Name.PRESENCE_CHANGED] = Sent


def main() -> None:
    """Serve and send."""
    every_s, padding = int(sys.argv[1]) / 1000, int(sys.argv[2])
    config = Config.from_env(wsgi.ENVIRON)
    configure_logs(config.log_format)
    app = create_app(config)
    socketio = app.extensions["socketio"]

    def send() -> None:
        due_s = time.monotonic()
        while True:
            due_s = max(due_s + every_s, time.monotonic())  # as often as Node's timer, however long the sending takes
            socketio.sleep(max(0.0, due_s - time.monotonic()))
            payload = {"sent": str(time.monotonic_ns()), "more": "x" * padding}
            socketio.server.manager.publish(Event(Name.PRESENCE_CHANGED, payload, (GALLERY_ROOM,)))

    socketio.start_background_task(send)
    wsgi.serve(app, config)


main()
