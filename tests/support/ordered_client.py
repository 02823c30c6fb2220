"""The library's client, taking messages in the order in which they came."""

from __future__ import annotations

from typing import Any

import engineio
import socketio


class OrderedEngine(engineio.Client):  # type: ignore[misc]  # the library ships no types
    """Handles a message where it is read.

    The library starts a thread for each, and these overtake one another: events change places, and a binary event's
    content arrives before its head.
    """

    def _trigger_event(self, event: str, *args: Any, **options: Any) -> Any:
        if event == "message":
            return self.handlers[event](*args)
        return super()._trigger_event(event, *args, **options)


class OrderedClient(socketio.Client):  # type: ignore[misc]  # the library ships no types
    """A client whose handlers are called one after the other; they must not wait for an answer."""

    def _engineio_client_class(self) -> type[engineio.Client]:
        return OrderedEngine


class SimpleClient(socketio.SimpleClient):  # type: ignore[misc]  # the library ships no types
    """The client without handlers, made of an ordered one."""

    client_class = OrderedClient
