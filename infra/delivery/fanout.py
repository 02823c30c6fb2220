"""Events to many sockets at once: encoded once, written without a detour, never waiting for a slow client."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from socketio import Manager
from socketio.packet import EVENT

from infra.delivery.engine_sockets import EngineSockets
from infra.delivery.frames import Message
from infra.delivery.outbox import Outbox
from infra.events.events import EVERYONE, Event
from infra.events.streams import Worded
from infra.open_files import most_sockets

NAMESPACE: Final = "/"


class Fanout(Manager):  # type: ignore[misc]  # python-socketio ships no types
    """A Socket.IO server's rooms, and the publisher that speaks to them."""

    def __init__(self) -> None:
        super().__init__()
        self._sockets: EngineSockets | None = None
        self.worded: Worded = lambda _name, facts: facts
        """Makes of an event's facts what clients get, addresses and all; set by whoever knows how they are made."""
        self._rooms_of: dict[str, list[str | None]] = {}

    def attach(self, server: Any) -> None:
        """Take over how a Socket.IO server writes to its clients."""
        self._sockets = EngineSockets(server.eio, most_sockets())
        # An acknowledgement with attachments would go out part by part, and a broadcast could come between them.
        server._send_packet = self._send_whole  # noqa: SLF001  # there is no public place for this

    def basic_enter_room(self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None) -> None:
        """Let a client into a room, and note that it is there."""
        super().basic_enter_room(sid, namespace, room, eio_sid)
        rooms = self._rooms_of.setdefault(sid, [])
        if room not in rooms:
            rooms.append(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Let a client out of a room."""
        super().basic_leave_room(sid, namespace, room)
        rooms = self._rooms_of.get(sid, [])
        if room in rooms:
            rooms.remove(room)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        """Forget a client; the library would look for it in every room, and each client has two of its own."""
        for room in self._rooms_of.pop(sid, []):
            super().basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            waiting = pending.get(namespace, [])
            if sid in waiting:
                waiting.remove(sid)
                if not waiting:
                    del pending[namespace]

    @property
    def clients(self) -> int:
        """Count the sockets that are open."""
        return len(self._sockets) if self._sockets else 0

    def publish(self, event: Event) -> None:
        """Push one event to its rooms; a client that is behind hears what is meant for it instead."""
        rooms = None if EVERYONE in event.rooms else list(event.rooms)
        message = self._message(event)
        for connection_id, outbox in self._outboxes(NAMESPACE, rooms):
            if event.instead is not None and outbox.behind:
                self._leave(connection_id, event.rooms)
                outbox.put(self._message(event.instead))
            else:
                outbox.put(message)

    def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: str | list[str] | None = None,
        callback: Any = None,
        to: Any = None,
        **kwargs: Any,
    ) -> None:
        """Emit as python-socketio does, for Flask-SocketIO's ``emit``."""
        if callback or self._sockets is None:
            super().emit(event, data, namespace, room, skip_sid, callback, to, **kwargs)
            return
        arguments = data if isinstance(data, tuple) else () if data is None else (data,)
        message = self._encode(event, *arguments, namespace=namespace)
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        for connection_id, outbox in self._outboxes(namespace, to or room):
            if connection_id not in skipped:
                outbox.put(message)

    def send(self, engine_id: str, packets: Sequence[str]) -> None:
        """Send Socket.IO packets, encoded already, to one client, together."""
        outbox = self._sockets.outbox(engine_id) if self._sockets else None
        if outbox is not None:
            outbox.put(Message(packets))

    def _send_whole(self, engine_id: str, packet: Any) -> None:
        encoded = packet.encode()
        self.send(engine_id, encoded if isinstance(encoded, list) else [encoded])

    def cut(self, connection_id: str) -> None:
        """Disconnect a client at once."""
        engine_id = self.eio_sid_from_sid(connection_id, NAMESPACE)
        if engine_id is not None and self._sockets is not None:
            self._sockets.cut(engine_id)

    def _message(self, event: Event) -> Message:
        payload = event.payload
        return self._encode(event.name, payload if isinstance(payload, bytes) else self.worded(event.name, payload))

    def _encode(self, name: str, *arguments: Any, namespace: str = NAMESPACE) -> Message:
        encoded = self.server.packet_class(EVENT, namespace=namespace, data=[name, *arguments]).encode()
        return Message(encoded if isinstance(encoded, list) else [encoded])

    def _outboxes(self, namespace: str, rooms: Any) -> Iterator[tuple[str, Outbox]]:
        if self._sockets is None or namespace not in self.rooms:
            return
        for connection_id, engine_id in self.get_participants(namespace, rooms):
            outbox = self._sockets.outbox(engine_id)
            if outbox is not None:
                yield connection_id, outbox

    def _leave(self, connection_id: str, rooms: Sequence[str]) -> None:
        for room in rooms:
            self.leave_room(connection_id, NAMESPACE, room)
