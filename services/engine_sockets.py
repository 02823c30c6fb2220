"""Everything that goes beyond the public interface of python-engineio and of the libraries under it.

Engine.IO gives each client an unbounded queue and a thread of its own that writes what is in it: a broadcast to 1,000
clients wakes 1,000 threads, and a client that reads nothing has its queue grow until its next ping is missed. Here the
queue is an Outbox. It writes straight to the client's connection when nothing waits before it and the system takes it
without waiting; else the packet is queued and the client's own thread writes it. What waits is bounded.

What this relies on, each with a test in tests/sockets/test_engine_sockets.py that notices when it is no longer so:

- ``Server.create_queue`` makes the queue of each socket, which is then only used by put, get, task_done and join;
- ``Server._async["websocket"]`` is called with ``Socket._websocket_handler``, and makes a WSGI application;
- the handler uses its websocket by wait, send and close, and sends through the queue once ``Socket.upgraded`` is set;
- eventlet's websockets read and write through ``socket``, those of simple-websocket through ``ws.sock``;
- a green socket keeps the system's socket as ``fd`` (eventlet) or ``_sock`` (gevent).
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from services.frames import Frames, Message, websocket_frame
from services.rate_limit import TokenBucket

log = logging.getLogger(__name__)

BEHIND_BYTES: Final = 64 * 1024
"""A client for which more than this waits is behind: what can be asked for again is not sent to it."""

MAX_WAITING_BYTES: Final = 512 * 1024
"""A client for which more than this waits is disconnected."""

PACKET_BYTES: Final = 256
"""What a waiting packet costs beside its content."""

SEND_BUFFER_BYTES: Final = 64 * 1024
"""What the system keeps for one client (it doubles the figure); by itself it would go up to megabytes."""

PACKETS_PER_POLL: Final = 8
"""python-socketio's own client refuses a polling answer of more than 16; ours may count twice for an attachment."""

READS_PER_TURN: Final = 32
"""After so many reads in a row others get their turn: a flood always has more to read and would never yield."""

MAX_UNHANDLED: Final = 32
"""So many messages of a client are read ahead of handling them."""

UNHANDLED_PAUSE_S: Final = 0.01

INCOMING_KB_PER_S: Final = 200.0
INCOMING_KB_BURST: Final = 1000.0
"""What a client may send on average and at once, each message counting as a kilobyte at least."""


class Wire:
    """A client's connection, to which several may write without mixing their frames; libraries take it for a socket."""

    def __init__(self, sock: Any, sleep: Callable[[float], None]) -> None:
        self._sock = sock
        self._sleep = sleep
        # Under the green socket: its writes return at once instead of letting the green thread wait.
        self._raw = getattr(sock, "fd", None) or getattr(sock, "_sock", None) or sock
        self._state = threading.Lock()
        self._turn = threading.Lock()
        self._writing = False
        self._rest = b""
        self._reads = 0
        self.unhandled: list[Any] = []
        with contextlib.suppress(OSError):  # gone already
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            self._raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @property
    def green(self) -> bool:
        """Tell whether waiting on it lets other threads of the same process run."""
        return self._raw is not self._sock

    def offer(self, frames: bytes) -> int | None:
        """Write what the system takes at once; tell how much is left for ``flush``, or None if it is busy."""
        with self._state:
            if self._writing or self._rest:
                return None
            try:
                sent = self._raw.send(frames, socket.MSG_DONTWAIT)
            except BlockingIOError:
                sent = 0
            except OSError:
                return 0  # it is being closed, which the reading side notices
            self._rest = frames[sent:]
            return len(self._rest)

    def flush(self, frames: bytes = b"") -> None:
        """Write what an offer left, then frames; wait as long as it takes."""
        with self._turn:
            with self._state:
                self._writing = True
                whole, self._rest = self._rest + frames, b""
            try:
                self._sock.sendall(whole)
            finally:
                with self._state:
                    self._writing = False

    def sendall(self, frames: bytes, *_flags: int) -> None:
        """Write the libraries' own frames: handshakes, pongs, closing."""
        self.flush(frames)

    def send(self, frames: bytes, *_flags: int) -> int:
        """Write all, which simple-websocket takes for granted."""
        self.flush(frames)
        return len(frames)

    def recv(self, size: int, *flags: int) -> bytes:
        """Read, no faster than what was read is handled, and not without end."""
        self._reads += 1
        if self._reads % READS_PER_TURN == 0:
            self._sleep(0)
        while len(self.unhandled) > MAX_UNHANDLED:
            self._sleep(UNHANDLED_PAUSE_S)
        content: bytes = self._sock.recv(size, *flags)
        return content

    def cut(self) -> None:
        """End the connection at once, and let the system forget what it holds for the client."""
        with contextlib.suppress(OSError):  # gone already
            self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.end()

    def end(self) -> None:
        """End the connection; what was written still arrives."""
        with contextlib.suppress(OSError):  # gone already
            self._raw.shutdown(socket.SHUT_RDWR)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Line:
    """One websocket, as Engine.IO sees it."""

    def __init__(self, websocket: Any, wire: Wire, outbox: Outbox) -> None:
        self._websocket = websocket
        self._wire = wire
        self._outbox = outbox
        self._gate = TokenBucket(INCOMING_KB_PER_S, INCOMING_KB_BURST)

    def wait(self) -> Any:
        """Receive a message; end the connection of a client that sends more than anybody can handle."""
        message = self._websocket.wait()
        if message is not None and not self._gate.take(max(1.0, len(message) / 1024)):
            log.warning("disconnecting a flooding socket")
            self._wire.cut()
            return None
        return message

    def send(self, content: str | bytes) -> None:
        """Write a packet that waited, or one of the upgrade, which did not."""
        upgraded = self._outbox.open
        self._wire.flush(content if isinstance(content, Frames) else websocket_frame(content))
        if upgraded:
            self._outbox.written()

    def close(self) -> None:
        """Close, and make sure that whoever reads notices."""
        self._websocket.close()
        self._wire.end()


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
            full = self._waiting_bytes > MAX_WAITING_BYTES
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


class EngineSockets:
    """The sockets of an Engine.IO server, each with an outbox, and with a wire once it is a websocket."""

    def __init__(self, engine: Any) -> None:
        """Take the server's sockets over, before the first of them comes."""
        self._engine = engine
        self._make_queue = engine.create_queue
        self._driver = engine._async["websocket"]  # noqa: SLF001  # there is no public place for this
        engine.create_queue = self._outbox
        engine._async = engine._async | {"websocket": self._websocket}  # noqa: SLF001

    def outbox(self, engine_id: str) -> Outbox | None:
        """Find the outbox of a client that is connected."""
        connection = self._engine.sockets.get(engine_id)
        return None if connection is None or connection.closed else connection.queue

    def cut(self, engine_id: str) -> None:
        """Disconnect a client at once, whatever it does."""
        connection = self._engine.sockets.get(engine_id)
        if connection is not None:
            self._cut(connection)

    def _outbox(self) -> Outbox:
        return Outbox(self._make_queue(), self._engine.get_queue_empty_exception(), self._overflow)

    def _overflow(self, outbox: Outbox) -> None:
        connection = next((one for one in self._engine.sockets.values() if one.queue is outbox), None)
        if connection is not None and not connection.closing:
            log.warning("disconnecting a client that does not take what it is sent")
            self._cut(connection)

    def _cut(self, connection: Any) -> None:
        wire = connection.queue.open
        if wire is not None:
            wire.cut()
        # Not here: it tells the handlers of disconnections, and who publishes must not wait for them.
        self._engine.start_background_task(connection.close, wait=False, abort=True)

    def _websocket(self, handler: Callable[[Any], Any], engine: Any) -> Any:
        connection = handler.__self__  # type: ignore[attr-defined]  # it is a method of the socket
        return self._driver(lambda websocket: self._serve(websocket, connection, handler), engine)

    def _serve(self, websocket: Any, connection: Any, handler: Callable[[Any], Any]) -> Any:
        wire = self._lay_wire(websocket)
        outbox: Outbox = connection.queue
        outbox.attach(connection, wire)
        try:
            return handler(Line(websocket, wire, outbox))
        finally:
            if not connection.upgraded:  # the upgrade has failed, and the client goes on polling
                outbox.attach(connection, None)

    def _lay_wire(self, websocket: Any) -> Wire:
        """Put a wire between the websocket library and the socket."""
        if hasattr(websocket, "socket"):  # eventlet
            wire = websocket.socket = Wire(websocket.socket, self._engine.sleep)
        else:  # simple-websocket, for gevent and for threads
            library = websocket.ws
            wire = library.sock = Wire(library.sock, self._engine.sleep)
            wire.unhandled = library.input_buffer
            library.max_message_size = self._engine.max_http_buffer_size
        if wire.green:
            wire.settimeout(self._engine.ping_interval + self._engine.ping_timeout)
        return wire
