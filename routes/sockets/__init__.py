"""Socket.IO: connections, and the commands of each noun."""

from __future__ import annotations

from flask_socketio import SocketIO

from routes.sockets import connections, gallery, jobs
from routes.sockets.commands import Commands
from services.fanout import Fanout


def init_sockets(socketio: SocketIO, fanout: Fanout) -> None:
    """Register every handler on the server."""
    connections.register(socketio)
    commands = Commands(socketio, fanout)
    gallery.register(commands)
    jobs.register(commands)
