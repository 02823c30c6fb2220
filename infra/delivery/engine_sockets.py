"""Everything that goes beyond the public interface of python-engineio and of the libraries under it.

Engine.IO gives each client an unbounded queue and a thread of its own that writes what is in it: a broadcast to 1,000
clients wakes 1,000 threads, and a client that reads nothing has its queue grow until its next ping is missed. Here the
queue is an Outbox. It writes straight to the client's connection when nothing waits before it and the system takes it
without waiting; else the packet is queued and the client's own thread writes it. What waits is bounded.

What this relies on, each with a test in tests/sockets that notices when it is no longer so:

- ``Server.create_queue`` makes the queue of each socket, which is then only used by put, get, task_done and join;
- ``Server._async["websocket"]`` is called with ``Socket._websocket_handler``, and makes a WSGI application;
- the handler uses its websocket by wait, send and close, and sends through the queue once ``Socket.upgraded`` is set;
- eventlet's websockets read and write through ``socket``, those of simple-websocket through ``ws.sock``;
- handlers of Engine.IO's own events are in ``Server.handlers``, and "connect" may refuse a client by returning a text;
- a client is in ``Server.sockets`` before its "connect", and what it sends by polling is read by its
  ``Socket.handle_post_request``, whose EngineIOError is answered with 400;
- a green socket keeps the system's socket as ``fd`` (eventlet) or ``_sock`` (gevent).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from engineio.exceptions import EngineIOError

from infra.delivery.frames import Frames, websocket_frame
from infra.delivery.outbox import Outbox
from infra.delivery.wire import Wire
from infra.limits import TokenBucket
from infra.observing.logs_sparing import Blameless, Sparing

log = logging.getLogger(__name__)

INCOMING_KB_PER_S: Final = 200.0
INCOMING_KB_BURST: Final = 1000.0
"""What a client may send on average and at once, each message counting as a kilobyte at least."""

BINARY_PACKETS: Final = ("5", "6")
"""Socket.IO's types of packets that announce attachments."""

BROKEN: Final = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What the libraries raise over packets that they cannot read."""

for name in (__name__, "engineio.server", "socketio.server", "werkzeug"):
    logging.getLogger(name).addFilter(Sparing())
logging.getLogger("engineio.server").addFilter(Blameless())


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


class EngineSockets:
    """The sockets of an Engine.IO server, each with an outbox, and with a wire once it is a websocket."""

    def __init__(self, engine: Any, max_clients: int) -> None:
        """Take the server's sockets over, before the first of them comes."""
        self._engine = engine
        self._max_clients = max_clients
        self._connected, self._received = engine.handlers["connect"], engine.handlers["message"]
        engine.on("connect", self._connect)
        engine.on("message", self._receive)
        self._make_queue = engine.create_queue
        self._driver = engine._async["websocket"]  # noqa: SLF001  # there is no public place for this
        engine.create_queue = self._outbox
        engine._async = engine._async | {"websocket": self._websocket}  # noqa: SLF001

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
        connection.handle_post_request = partial(self._read_posted, connection, connection.handle_post_request)
        self._connected(engine_id, environ)
        return None

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

    def _read_posted(self, connection: Any, read: Callable[[dict[str, Any]], None], environ: dict[str, Any]) -> None:
        """Read what a polling client sends; one that cannot be read is disconnected, as on a websocket."""
        try:
            read(environ)
        except BROKEN as error:
            log.warning("disconnecting a polling client for a packet that is not Engine.IO: %r", error)
            self._close(connection)  # the library would wait until the client takes what is queued for it
            raise EngineIOError from error

    def _outbox(self) -> Outbox:
        return Outbox(self._make_queue(), self._engine.get_queue_empty_exception(), self._overflow)

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
        self._engine.start_background_task(self._close, connection)

    def _close(self, connection: Any) -> None:
        connection.close(wait=False, abort=True)
        self._forget(connection)

    def _forget(self, connection: Any) -> None:
        """Leave nothing of a closed socket to Engine.IO's sweep, which comes by every 20 seconds."""
        self._engine.sockets.pop(connection.sid, None)

    def _websocket(self, handler: Callable[[Any], Any], engine: Any) -> Any:
        connection = handler.__self__  # type: ignore[attr-defined]  # it is a method of the socket
        return self._driver(lambda websocket: self._serve(websocket, connection, handler), engine)

    def _serve(self, websocket: Any, connection: Any, handler: Callable[[Any], Any]) -> Any:
        wire = self._lay_wire(websocket)
        outbox: Outbox = connection.queue
        outbox.attach(connection, wire)
        try:
            return handler(Line(websocket, wire, outbox))
        except BROKEN as error:
            log.warning("disconnecting a socket for a packet that is not Engine.IO: %r", error)
            self._cut(connection)
            outbox.put(None)
            return []
        finally:
            if connection.upgraded:
                wire.discard()
                self._forget(connection)
            else:  # the upgrade has failed, and the client goes on polling
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
