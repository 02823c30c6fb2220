"""Mural with commands for tests: `test:publish` sends events to the wall, `test:look` looks into the sockets."""

from __future__ import annotations

import wsgi  # first: it patches

# isort: split
from pathlib import Path
from typing import Any

from app_factory import create_app
from config import Config
from services.events import GALLERY_ROOM, Event
from services.fanout import Fanout
from tests.support.quick_server import draw_at_once


def payload_of(number: int, wish: dict[str, Any]) -> Any:
    """Make a payload of the size and kind that was wished for."""
    if wish.get("binary"):
        return number.to_bytes(4) + bytes(wish["size"])
    return {"number": number, "filling": "x" * wish["size"]}


def main() -> None:
    """Serve."""
    draw_at_once()
    config = Config.from_env(wsgi.ENVIRON)
    app = create_app(config)
    socketio = app.extensions["socketio"]
    fanout: Fanout = socketio.server.manager
    engine = socketio.server.eio

    def publish(wish: dict[str, Any]) -> dict[str, Any]:
        instead = Event("test:instead", {}, ()) if wish.get("instead") else None
        for number in range(wish["first"], wish["first"] + wish["count"]):
            fanout.publish(Event("test:event", payload_of(number, wish), (GALLERY_ROOM,), instead))
        # Before any other thread has had a turn:
        members = fanout.get_participants("/", GALLERY_ROOM)
        return {"queued": [engine.sockets[engine_id].queue._queue.qsize() for _id, engine_id in members]}

    def look() -> dict[str, Any]:
        connections = list(engine.sockets.values())
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return {
            "clients": fanout.clients,
            "waiting_bytes": [connection.queue.waiting_bytes for connection in connections],
            "green": [connection.queue.open.green for connection in connections if connection.queue.open],
            "in_room": len(list(fanout.get_participants("/", GALLERY_ROOM))),
            "resident_mb": pages * 4096 / 2**20,
        }

    socketio.on_event("test:publish", publish)
    socketio.on_event("test:look", look)
    wsgi.serve(app, config)


main()
