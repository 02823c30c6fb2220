"""What is on its way to one client: written at once where possible, else waiting, and never without bound."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

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


class Line(Protocol):
    """A websocket that an outbox writes to."""

    wire: Wire

    def close(self) -> None:
        """End it properly; once it has ended, do nothing."""


class Start(Protocol):
    """Runs something in a thread of the server's kind, which can be waited for by its ``join``."""

    def __call__(self, target: Callable[[], None], /) -> Any:
        """Start it."""


class Outbox:
    """What is on its way to one client, in its order; Engine.IO takes it for a queue.

    A thread writes what waits for a websocket, for as long as something does: who keeps up needs none.
    """

    __slots__ = (
        "__weakref__",
        "_changed",
        "_empty",
        "_line",
        "_lock",
        "_on_overflow",
        "_over",
        "_polled",
        "_start",
        "_waiting",
        "_waiting_bytes",
        "_writer",
    )

    def __init__(self, empty: type[Exception], start: Start, on_overflow: Callable[[Outbox], None]) -> None:
        self._empty = empty
        self._start = start
        self._on_overflow = on_overflow
        self._lock = threading.Lock()
        self._changed: threading.Condition | None = None
        self._waiting: list[tuple[Any, int]] = []  # a deque takes as much as everything else of an outbox together
        self._waiting_bytes = 0
        self._polled = 0
        self._line: Line | None = None
        self._writer: Any = None
        self._over = False

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
        return self._line.wire if self._line is not None else None

    def open_to(self, line: Line) -> None:
        """Write to a websocket from now on, first of all what waits."""
        with self._lock:
            self._line = line
            waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
            for packet, _size in waiting:
                self._write_or_queue(packet, line.wire)
            self._notify()

    def put(self, packet: Any) -> None:
        """Send a packet, or note that it has to wait; None ends the writing."""
        with self._lock:
            if self._over:
                return
            # The first may be all that somebody missed: whoever takes their time for it must not begin anew each time.
            first_bytes = self._waiting[0][1] if self._waiting else 0
            full = packet is not None and self._waiting_bytes - first_bytes > MAX_WAITING_BYTES
            if not full:
                self._write_or_queue(packet, self.open)
        if full:
            self._on_overflow(self)

    def _write_or_queue(self, packet: Any, wire: Wire | None) -> None:
        if packet is None:
            self._enqueue(None, 0)
        elif wire is None:
            self._enqueue(packet, packet.size if isinstance(packet, Message) else len(packet.data or ""))
        else:
            frames = packet.frames if isinstance(packet, Message) else websocket_frame(packet.encode())
            left = None if self._waiting else wire.offer(frames)
            if left is None:
                self._enqueue(frames, len(frames))
            elif left:
                self._enqueue(Frames(), left)  # the wire has it; somebody must write it

    def _enqueue(self, packet: Any, size: int) -> None:
        cost = size + PACKET_BYTES
        self._waiting.append((packet, cost))
        self._waiting_bytes += cost
        self._notify()
        if self._line is not None and self._writer is None:
            self._writer = self._start(self._write_waiting)

    def _notify(self) -> None:
        if self._changed is not None:
            self._changed.notify_all()

    def _write_waiting(self) -> None:
        line = self._line
        if line is None:
            return
        while (frames := self._next_frames()) is not None:
            try:
                line.wire.flush(frames)
            except OSError:  # it is gone, or takes nothing any more
                break
            with self._lock:
                self._taken()
        if self._waiting:
            line.close()

    def _next_frames(self) -> Frames | None:
        """Give what is to be written next; nothing, and have no writer any more, where that is all."""
        with self._lock:
            if not self._waiting:
                self._writer = None
                return None
            frames: Frames | None = self._waiting[0][0]
            return frames

    def _taken(self) -> Any:
        packet, cost = self._waiting.pop(0)
        self._waiting_bytes -= cost
        return packet

    def finish(self) -> None:
        """Wait until what waits is written, or cannot be, and take nothing more."""
        with self._lock:
            self._over, writer = True, self._writer
            if writer is not None:
                self._enqueue(None, 0)
        if writer is not None:
            writer.join()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the next packet for the answer to a poll."""
        self._polled = 0 if block else self._polled + 1
        if self._polled >= PACKETS_PER_POLL:
            raise self._empty
        until_s = time.monotonic() + (timeout or 0.0) if block else 0.0
        with self._lock:
            while not self._waiting or self._line is not None:
                if self._line is not None:
                    return None  # the poll ends: a websocket has taken its place
                left_s = until_s - time.monotonic()
                if left_s <= 0:
                    raise self._empty
                self._changed = self._changed or threading.Condition(self._lock)
                self._changed.wait(left_s)
            return self._taken()

    def task_done(self) -> None:
        """Do nothing: nobody waits for packets to be done with."""

    def join(self) -> None:
        """Do not wait: a client that polls no more would never take what is queued for it."""
