"""What is on its way to one client: written at once where possible, else waiting, and never without bound."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from infra.delivery.frames import Frames, Message, websocket_frame
from infra.delivery.wire import Wire

BEHIND_BYTES: Final = 64 * 1024
"""A client for which more than this waits is behind: what can be asked for again is not sent to it."""

MAX_WAITING_BYTES: Final = 512 * 1024
"""A client for which more than this waits is disconnected; what is being written does not count, however long it is."""

PACKET_BYTES: Final = 256
"""What a waiting packet costs beside its content."""

PACKETS_PER_POLL: Final = 8
"""python-socketio's own client refuses a polling answer of more than 16; ours may count twice for an attachment."""


class Waiting:
    """Frames in a queue; they pass for a packet of Engine.IO that needs no encoding."""

    __slots__ = ("frames",)

    def __init__(self, frames: Frames) -> None:
        self.frames = frames

    def encode(self) -> Frames:
        """Give the frames as they are."""
        return self.frames


class Outbox:
    """What is on its way to one client, in its order; Engine.IO takes it for a queue."""

    def __init__(self, queue: Any, empty: type[Exception], on_overflow: Callable[[Outbox], None]) -> None:
        self._queue = queue
        self._empty = empty
        self._on_overflow = on_overflow
        self._lock = threading.Lock()
        self._sizes: deque[int] = deque()
        self._waiting_bytes = 0
        self._polled = 0
        self._connection: Any = None
        self._wire: Wire | None = None

    def attach(self, connection: Any, wire: Wire | None) -> None:
        """Write to this wire from the moment on that the connection has been upgraded to a websocket."""
        self._connection, self._wire = connection, wire

    @property
    def waiting_bytes(self) -> int:
        """About how much waits for the client."""
        return self._waiting_bytes

    @property
    def behind(self) -> bool:
        """Tell whether the client takes less than it is sent."""
        return self._waiting_bytes > BEHIND_BYTES

    @property
    def open(self) -> Wire | None:
        """Give the wire that packets are written to, if there is one yet."""
        return self._wire if self._wire is not None and self._connection.upgraded else None

    def put(self, packet: Any) -> None:
        """Send a packet, or note that it has to wait; None ends the writing."""
        if packet is None:
            self._queue.put(None)
            return
        with self._lock:
            # The first may be all that somebody missed: whoever takes their time for it must not begin anew each time.
            full = self._waiting_bytes - (self._sizes[0] if self._sizes else 0) > MAX_WAITING_BYTES
            if not full:
                self._write_or_queue(packet)
        if full:
            self._on_overflow(self)

    def _write_or_queue(self, packet: Any) -> None:
        wire = self.open
        if wire is None:
            self._enqueue(packet, packet.size if isinstance(packet, Message) else len(packet.data or ""))
            return
        frames = packet.frames if isinstance(packet, Message) else websocket_frame(packet.encode())
        left = None if self._sizes else wire.offer(frames)
        if left is None:
            self._enqueue(Waiting(frames), len(frames))
        elif left:
            self._enqueue(Waiting(Frames()), left)  # the wire has it; somebody must write it

    def _enqueue(self, packet: Any, size: int) -> None:
        self._sizes.append(size + PACKET_BYTES)
        self._waiting_bytes += size + PACKET_BYTES
        self._queue.put(packet)

    def written(self) -> None:
        """Note that the first of those that waited is on its way."""
        with self._lock:
            if self._sizes:
                self._waiting_bytes -= self._sizes.popleft()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next packet: for the thread that writes to a websocket, or for the answer to a poll."""
        if self.open is not None:
            # Pings pass by the queue: that nothing waits says nothing about the client.
            return self._queue.get(block=block)
        self._polled = 0 if block else self._polled + 1
        if self._polled >= PACKETS_PER_POLL:
            raise self._empty
        packet = self._queue.get(block=block, timeout=timeout)
        if packet is not None:
            self.written()
        return packet

    def task_done(self) -> None:
        """Note that a packet that was taken is done with."""
        self._queue.task_done()

    def join(self) -> None:
        """Wait until all were taken."""
        self._queue.join()
