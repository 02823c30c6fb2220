"""python-socketio's client, such that what comes keeps its order, and that nobody waits for what is lost."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import engineio
import socketio
import websocket

from tests.support.waiting import wait_until


class ClosingWebSocket(websocket.WebSocket):
    """Closes its socket when nothing more can come: the library leaves that to whoever forgets it last."""

    def recv(self) -> Any:
        """Read a message; an empty one says that the other side closes."""
        try:
            message = super().recv()
        except BaseException:
            self.shutdown()
            raise
        if not message:
            self.shutdown()
        return message


class Engine(engineio.Client):  # type: ignore[misc]  # the library ships no types
    """Hands messages on one after the other: the library gives each a thread of its own, which mixes binary ones up."""

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        return self.handlers[event](*args) if event == "message" else super()._trigger_event(event, *args, **options)

    def _reset(self) -> None:
        super()._reset()
        if self.ws:  # could no longer be written to
            self.ws.shutdown()


class Client(socketio.Client):  # type: ignore[misc]  # the library ships no types
    """The library's client on such an engine; it looks into no letters, which in Python takes it most of its time."""

    def __init__(self, **options: Any) -> None:
        sockets = {"skip_utf8_validation": True, "class_": ClosingWebSocket}
        super().__init__(websocket_extra_options=sockets, **options)

    def _engineio_client_class(self) -> type[Engine]:
        return Engine


class SimpleClient(socketio.SimpleClient):  # type: ignore[misc]  # the library ships no types
    """The library's simple client on such an engine."""

    client_class = Client


def connect(client: socketio.Client, base_url: str, **options: Any) -> None:
    """Connect; raise ConnectionError, at once, where the connection is lost before the server has greeted us."""
    try:
        client.connect(base_url, wait=False, **options)
    except (socketio.exceptions.ConnectionError, ValueError) as error:  # the second over half a greeting
        raise ConnectionError(str(error)) from error
    _wait_while_connected(client, lambda: bool(client.namespaces), "nobody greets us")


def ask(client: socketio.Client, command: str, payload: Any) -> dict[str, Any]:
    """Send a command and wait for its acknowledgement; raise ConnectionError, at once, where the connection is lost."""
    answers: list[dict[str, Any]] = []
    try:
        client.emit(command, payload, callback=answers.append)
    except socketio.exceptions.BadNamespaceError as error:
        raise ConnectionError("the connection is lost") from error
    _wait_while_connected(client, lambda: bool(answers), f"{command} is not acknowledged")
    return answers[0]


def is_lost(client: socketio.Client) -> bool:
    """Tell whether the connection has ended, or cannot be written to any more, which the library notices much later."""
    return client.eio.state != "connected" or not client.eio.write_loop_task


def hang_up(client: socketio.Client) -> None:
    """End the connection at once."""
    ws = getattr(client.eio, "ws", None)
    if ws is not None and ws.sock is not None:
        with suppress(OSError):  # cut already, from the other side
            # Closing alone would leave its reader waiting until the next ping is due.
            ws.sock.shutdown(socket.SHUT_RDWR)
    client.eio.disconnect(abort=is_lost(client))


def _wait_while_connected(client: socketio.Client, holds: Callable[[], bool], trouble: str) -> None:
    wait_until(lambda: holds() or is_lost(client), lambda: trouble)
    if not holds():
        raise ConnectionError("the connection is lost")
