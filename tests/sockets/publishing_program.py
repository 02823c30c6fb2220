"""Mural with commands for tests.

`test:publish` sends events to the wall, `test:look` looks into the sockets, and `test:vanish` loses its own.
"""

from __future__ import annotations

import wsgi  # first: it patches

# isort: split
import gc
import threading
from pathlib import Path
from typing import Any, TypedDict

from greenlet import greenlet

from app_factory import create_app
from config import Config
from infra.delivery.fanout import Fanout
from infra.events import payloads
from infra.events.events import GALLERY_ROOM, Event
from routes.web.commands import Commands, Connection, NoPayload
from services.accounts.permissions import Permission
from tests.support.quick_server import draw_at_once


class Filled(TypedDict):
    """What the tests' own event carries."""

    number: int
    filling: str


class Empty(TypedDict):
    """Nothing."""


payloads.CARRIED["test:instead"] = Empty


def payload_of(number: int, wish: dict[str, Any]) -> Any:
    """Make a payload of the size and kind that was wished for."""
    if wish.get("binary"):
        return number.to_bytes(4) + bytes(wish["size"])
    return {"number": number, "filling": "x" * wish["size"]}


def count_threads() -> int:
    """Count the threads that live, green ones where there are such; what lived at the start may be left out."""
    if wsgi.ASYNC_MODE == "threading":
        return threading.active_count()
    return sum(isinstance(one, greenlet) and not one.dead for one in gc.get_objects())


def main() -> None:
    """Serve."""
    draw_at_once()
    config = Config.from_env(wsgi.ENVIRON)
    app = create_app(config)
    services, socketio = app.extensions["mural"], app.extensions["socketio"]
    fanout: Fanout = socketio.server.manager
    engine = socketio.server.eio
    vanished: list[str] = []

    def publish(wish: dict[str, Any]) -> dict[str, Any]:
        payloads.CARRIED["test:event"] = bytes if wish.get("binary") else Filled
        instead = Event("test:instead", {}, ()) if wish.get("instead") else None
        for number in range(wish["first"], wish["first"] + wish["count"]):
            fanout.publish(Event("test:event", payload_of(number, wish), (GALLERY_ROOM,), instead))
        # Before any other thread has had a turn:
        members = [engine.sockets.get(engine_id) for _id, engine_id in fanout.get_participants("/", GALLERY_ROOM)]
        return {"queued": [member.queue.waiting_bytes for member in members if member is not None]}

    def look() -> dict[str, Any]:
        connections = list(engine.sockets.values())
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return {
            "clients": fanout.clients,
            "waiting_bytes": [connection.queue.waiting_bytes for connection in connections],
            "green": [connection.queue.open.green for connection in connections if connection.queue.open],
            "in_room": len(list(fanout.get_participants("/", GALLERY_ROOM))),
            "jobs_watched": [room for room in fanout.rooms["/"] if room and room.startswith("job:")],
            "threads": count_threads(),
            "vanished": len(vanished),
            "viewers": services.presence.viewers(GALLERY_ROOM),
            "resident_mb": pages * 4096 / 2**20,
        }

    commands = Commands(socketio, fanout, services.floodgate, {"test:vanish": Permission.SOCKET_OPEN})

    @commands.on("test:vanish", NoPayload)
    def _vanish(sender: Connection, _payload: NoPayload) -> dict[str, Any]:
        fanout.cut(sender.id)
        while sender.id in fanout.rooms.get("/", {}).get(None, {}):
            socketio.sleep(0.01)
        services.presence.join(GALLERY_ROOM, sender.id, sender.actor.id)
        vanished.append(sender.id)
        return {}

    socketio.on_event("test:publish", publish)
    socketio.on_event("test:look", look)
    wsgi.serve(app, config)


main()
