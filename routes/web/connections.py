"""What happens when a socket comes and goes."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_socketio import SocketIO, emit, join_room

from infra.clock import iso, utc_now
from infra.events.events import Name, session_room
from mural import __version__
from routes.web.commands import connection, forget
from routes.web.identity import pin_actor


def register(socketio: SocketIO) -> None:
    """Register the handlers of connections."""

    def connect(_auth: Any = None) -> None:
        pin_actor(request.environ)
        sender = connection()
        join_room(session_room(sender.actor.user_id))
        emit(
            Name.CONNECTION_ESTABLISHED,
            {
                "connection_id": sender.id,
                "user_id": sender.actor.user_id,
                "server_time": iso(utc_now()),
                "version": __version__,
            },
        )

    def disconnect(_reason: Any = None) -> None:
        forget(connection().id)

    socketio.on_event("connect", connect)
    socketio.on_event("disconnect", disconnect)
