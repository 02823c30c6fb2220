"""What happens when a socket comes and goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import request
from flask_socketio import ConnectionRefusedError as Refused
from flask_socketio import SocketIO, emit, join_room

from infra.clock import iso, utc_now
from infra.events.events import Name, session_room
from mural import __version__
from mural.errors import NotAllowed
from routes.web.commands import connection, forget
from routes.web.errors import body_of
from routes.web.guard import require_named
from routes.web.identity import pin_actor
from services.accounts.permissions import Permission

CONNECT: Final = "connect"


def register(socketio: SocketIO, permissions: Mapping[str, Permission]) -> None:
    """Register the handlers of connections."""

    def connect(_auth: Any = None) -> None:
        pin_actor(request.environ)
        sender = connection()
        try:
            require_named(permissions, CONNECT, sender.actor)
        except NotAllowed as error:
            raise Refused(error.message, body_of(error)) from error
        join_room(session_room(sender.actor.id))
        emit(
            Name.CONNECTION_ESTABLISHED,
            {
                "connection_id": sender.id,
                "user_id": sender.actor.id,
                "server_time": iso(utc_now()),
                "version": __version__,
            },
        )

    def disconnect(_reason: Any = None) -> None:
        forget(connection().id)

    socketio.on_event(CONNECT, connect)
    socketio.on_event("disconnect", disconnect)
