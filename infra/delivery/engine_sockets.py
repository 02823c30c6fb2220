"""Everything that goes beyond the public interface of python-engineio and of the libraries under it.

Engine.IO gives each client an unbounded queue, a thread of its own that writes what is in it, and another that waits to
ping: a broadcast to 1,000 clients wakes 1,000 threads, a client that reads nothing has its queue grow until its next
ping is missed, and two thirds of the threads sleep. Here the queue is an Outbox. It writes straight to the client's
connection when nothing waits before it and the system takes it without waiting; else the packet is queued, and a thread
writes until nothing waits. What waits is bounded. One thread pings all clients.

What this relies on, each with a test in tests/sockets that notices when it is no longer so:

- ``Server.create_queue`` makes the queue of each socket, which is then only used by put, get, task_done and join;
- a client is in ``Server.sockets`` before its "connect", and may change its class then: its first ping comes after;
- its ``schedule_ping`` is called when it has come and with each pong, and ``last_ping`` is when it was pinged;
- what it sends by polling is read by its ``handle_post_request``, whose EngineIOError is answered with 400;
- its ``_websocket_handler`` gets its websocket and serves it, whose start and end ``connected``, ``upgrading`` and
  ``upgraded`` tell;
- eventlet's websockets read and write through ``socket``, those of simple-websocket through ``ws.sock``;
- handlers of Engine.IO's own events are in ``Server.handlers``, and "connect" may refuse a client by returning a text;
- a green socket keeps the system's socket as ``fd`` (eventlet) or ``_sock`` (gevent).
"""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from typing import Any, Final

from engineio.exceptions import EngineIOError, SocketIsClosedError, UnknownPacketError
from engineio.packet import NOOP, PING, UPGRADE, Packet
from engineio.socket import Socket

from infra.delivery.frames import websocket_frame
from infra.delivery.outbox import Outbox
from infra.delivery.rounds import Rounds
from infra.delivery.wire import Wire
from infra.limits import TokenBucket
from infra.observing.logs_sparing import Blameless, Sparing

log = logging.getLogger(__name__)

INCOMING_KB_PER_S: Final = 200.0
INCOMING_KB_BURST: Final = 1000.0
"""What a client may send on average and at once, each message counting as a kilobyte at least."""

BINARY_PACKETS: Final = ("5", "6")
"""Socket.IO's types of packets that announce attachments."""

PROBE, PROBED = "2probe", "3probe"
"""Engine.IO's packets by which a client tries a websocket before it stops polling."""

BROKEN: Final = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What the libraries raise over packets that they cannot read."""

for name in (__name__, "engineio.server", "socketio.server", "werkzeug"):
    logging.getLogger(name).addFilter(Sparing())
logging.getLogger("engineio.server").addFilter(Blameless())


class Line:
    """One websocket, to be read from."""

    __slots__ = ("_gate", "_most_bytes", "_websocket", "wire")

    def __init__(self, websocket: Any, wire: Wire, most_bytes: int) -> None:
        self._websocket = websocket
        self.wire = wire
        self._most_bytes = most_bytes
        self._gate = TokenBucket(INCOMING_KB_PER_S, INCOMING_KB_BURST)

    def wait(self) -> Any:
        """Receive a message, or None at the end: for a client that breaks off, and for one that sends too much."""
        try:
            message = self._websocket.wait()
        except (OSError, *BROKEN) as error:
            log.info("a websocket breaks off: %r", error)
            return None
        if message is None or len(message) > self._most_bytes:
            return None
        if not self._gate.take(max(1.0, len(message) / 1024)):
            log.warning("disconnecting a flooding socket")
            self.wire.cut()
            return None
        return message

    def send(self, packet: str) -> None:
        """Write a packet of the upgrade, before which nothing waits."""
        with suppress(OSError):  # gone already, which who reads notices
            self.wire.flush(websocket_frame(packet))

    def close(self) -> None:
        """Close, once, and make sure that whoever reads notices."""
        websocket, self._websocket = self._websocket, GONE
        websocket.close()
        self.wire.end()


class Gone:
    """The websocket of a line that was closed."""

    def wait(self) -> None:
        """Tell that nothing comes any more."""

    def close(self) -> None:
        """Do nothing."""


GONE: Final = Gone()


class Connection(Socket):  # type: ignore[misc]  # python-engineio ships no types
    """A client as Engine.IO knows it."""

    sockets: EngineSockets
    connected: bool
    last_ping: float | None

    def schedule_ping(self) -> None:
        """Ping it after a while, if it has answered the last time."""
        if self.last_ping:
            self.last_ping = None
            self.sockets.pings.ask(self.sid)

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Read what a polling client sends; one that cannot be read is disconnected, as on a websocket."""
        try:
            super().handle_post_request(environ)
        except BROKEN as error:
            log.warning("disconnecting a polling client for a packet that is not Engine.IO: %r", error)
            self.end()  # the library would wait until the client takes what is queued for it
            raise EngineIOError from error

    def _websocket_handler(self, websocket: Any) -> list[bytes]:
        """Serve a websocket for as long as it lasts."""
        wire = self.sockets.lay_wire(websocket)
        line = Line(websocket, wire, self.server.max_http_buffer_size)
        if self.connected and not self._has_changed_over(line):
            return []  # the upgrade has failed, and the client goes on polling
        self.connected = self.upgraded = True
        try:
            self.queue.open_to(line)
            self._listen(line)
        finally:
            self.queue.finish()
            line.close()
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            wire.discard()
            self.sockets.forget(self)
        return []

    def _has_changed_over(self, line: Line) -> bool:
        """Let a client that polls try its websocket, and tell whether it wants to use it from now on."""
        self.upgrading = True  # its polls are answered with nothing meanwhile
        try:
            if line.wait() != PROBE:
                return False
            line.send(PROBED)
            self.queue.put(Packet(NOOP))  # ends a poll that waits
            answer = line.wait()
            return isinstance(answer, str) and answer.startswith(str(UPGRADE))
        finally:
            self.upgrading = False

    def _listen(self, line: Line) -> None:
        """Receive packets until there are no more, or one that cannot be read."""
        try:
            while (content := line.wait()) is not None:
                with suppress(UnknownPacketError):
                    self.receive(Packet(encoded_packet=content))
        except SocketIsClosedError:
            pass
        except BROKEN as error:
            log.warning("disconnecting a socket for a packet that is not Engine.IO: %r", error)
            line.wire.cut()

    def end(self) -> None:
        """Count as closed, whatever the client does."""
        self.close(wait=False, abort=True)
        self.sockets.forget(self)


class EngineSockets:
    """The sockets of an Engine.IO server, each with an outbox, and with a wire once it is a websocket."""

    def __init__(self, engine: Any, max_clients: int) -> None:
        """Take the server's sockets over, before the first of them comes."""
        self._engine = engine
        self._max_clients = max_clients
        self._connected, self._received = engine.handlers["connect"], engine.handlers["message"]
        engine.on("connect", self._connect)
        engine.on("message", self._receive)
        engine.create_queue = self._outbox
        self.pings = Rounds(engine, engine.ping_interval, self._ping)

    def __len__(self) -> int:
        return len(self._engine.sockets)

    def outbox(self, engine_id: str) -> Outbox | None:
        """Find the outbox of a client that is connected."""
        connection = self._engine.sockets.get(engine_id)
        return None if connection is None or connection.closed else connection.queue

    def cut(self, engine_id: str) -> None:
        """Disconnect a client at once, whatever it does."""
        connection = self._engine.sockets.get(engine_id)
        if connection is not None:
            self._cut(connection)

    def _connect(self, engine_id: str, environ: dict[str, Any]) -> str | None:
        if len(self) > self._max_clients:  # it is counted already
            log.warning("refusing a socket: there are %d", self._max_clients)
            return "Too many connections."
        connection = self._engine.sockets[engine_id]
        connection.__class__, connection.sockets = Connection, self
        self._connected(engine_id, environ)
        return None

    def _ping(self, engine_id: str) -> None:
        connection = self._engine.sockets.get(engine_id)
        if connection is not None and not connection.closing and not connection.closed:
            connection.last_ping = time.time()
            with suppress(SocketIsClosedError):
                connection.send(Packet(PING))

    def _receive(self, engine_id: str, data: str | bytes) -> None:
        """Hand a packet on to Socket.IO; nobody who speaks to Mural sends binary ones, or ones that cannot be read."""
        try:
            if isinstance(data, str) and not data.startswith(BINARY_PACKETS):
                self._received(engine_id, data)
                return
            error: Exception = ValueError("not a text")
        except BROKEN as trouble:
            error = trouble
        log.warning("disconnecting a socket for a packet that is not Socket.IO: %r", error)
        self.cut(engine_id)

    def _outbox(self) -> Outbox:
        return Outbox(self._engine.get_queue_empty_exception(), self._engine.start_background_task, self._overflow)

    def _overflow(self, outbox: Outbox) -> None:
        open_now = list(self._engine.sockets.values())  # others come and go meanwhile
        connection = next((one for one in open_now if one.queue is outbox), None)
        if connection is not None and not connection.closing:
            log.warning("disconnecting a client that does not take what it is sent")
            self._cut(connection)

    def _cut(self, connection: Any) -> None:
        wire = connection.queue.open
        if wire is not None:
            wire.cut()
        # Not here: it tells the handlers of disconnections, and who publishes must not wait for them.
        self._engine.start_background_task(connection.end)

    def forget(self, connection: Connection) -> None:
        """Leave nothing of a closed socket to Engine.IO's sweep, which comes by every 20 seconds."""
        self._engine.sockets.pop(connection.sid, None)

    def lay_wire(self, websocket: Any) -> Wire:
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
