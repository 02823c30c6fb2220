"""Socket.IO: connections, and the commands of each noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_socketio import SocketIO

from infra.delivery.fanout import Fanout
from routes.board import sockets as canvas
from routes.permissions import COMMANDS
from routes.posters import sockets as jobs
from routes.wall import sockets as gallery
from routes.web import connections
from routes.web.commands import Commands

if TYPE_CHECKING:
    from services.container import Services


def init_sockets(socketio: SocketIO, fanout: Fanout, services: Services) -> None:
    """Register every handler on the server."""
    connections.register(socketio, COMMANDS)
    commands = Commands(socketio, fanout, services.floodgate, COMMANDS)
    gallery.register(commands)
    jobs.register(commands)
    canvas.register(commands)
    canvas.PlacementCommands(socketio.server, commands, fanout, services).register()
