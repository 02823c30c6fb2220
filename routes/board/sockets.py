"""Commands about the board."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from flask_socketio import join_room, leave_room
from pydantic import Field, ValidationError

from infra.events.events import CANVAS_ROOM, Command
from mural.errors import MuralError
from routes.board.schemas import Coordinate, Paint, RequestId
from routes.web.commands import UNEXPECTED, Commands, Connection, NoPayload, Payload
from routes.web.context import services
from routes.web.errors import Body, refusal, validation_body
from routes.web.identity import PINNED
from routes.web.late_acks import AckId, acknowledgement, split_arguments
from services.board.rules import Visitor
from services.board.wishes import Answer, Done

if TYPE_CHECKING:
    from infra.delivery.fanout import Fanout
    from services.container import Services

log = logging.getLogger(__name__)

MAX_SEQ: Final = 2**53
"""The largest whole number that JavaScript keeps exact."""

Change = Callable[[Visitor, Any, Done], None]
"""Checks what a client sent and passes it on."""


class Join(Payload):
    """Where the client's own copy of the board stands; nothing for a client that has none."""

    epoch: int | None = Field(default=None, ge=0, lt=2**32)
    seq: int | None = Field(default=None, ge=0, le=MAX_SEQ)


class Place(Payload):
    """A pixel to place; the same request_id again is answered with the first result."""

    x: Coordinate
    y: Coordinate
    color: Paint
    request_id: RequestId | None = None


class Undo(Payload):
    """The last pixel is to be taken back; the same request_id again is answered with the first result."""

    request_id: RequestId | None = None


class Spot(Payload):
    """A pixel to ask about."""

    x: Coordinate
    y: Coordinate


def register(commands: Commands) -> None:
    """Register the commands that are answered at once."""

    @commands.on(Command.CANVAS_JOIN, Join)
    def _join(sender: Connection, payload: Join) -> Body:
        # The room first: a pixel in between is then sent twice rather than never, and clients drop what they have.
        join_room(CANVAS_ROOM)
        presence, canvas = services().presence, services().canvas
        presence.join(CANVAS_ROOM, sender.id, sender.actor.id)
        body = canvas.facts() | canvas.live.resume(payload.epoch, payload.seq).to_json()
        body |= canvas.allowance(Visitor(sender.actor.id, sender.address)).to_json()
        return body | {"viewers": presence.viewers(CANVAS_ROOM)}

    @commands.on(Command.CANVAS_LEAVE, NoPayload)
    def _leave(sender: Connection, _payload: NoPayload) -> Body:
        leave_room(CANVAS_ROOM)
        services().presence.leave(CANVAS_ROOM, sender.id)
        return {}

    @commands.on(Command.CANVAS_INSPECT, Spot)
    def _inspect(_sender: Connection, payload: Spot) -> Body:
        return services().canvas_history.pixel(payload.x, payload.y)


class PlacementCommands:
    """The commands that are answered when the placement is committed.

    They come thousands of times a second, so they are taken from Socket.IO without a Flask request around them, and
    the answers of one batch to one client leave together.
    """

    def __init__(self, server: Any, commands: Commands, fanout: Fanout, known: Services) -> None:
        self._server = server
        self._commands = commands
        self._fanout = fanout
        self._canvas = known.canvas
        self._lock = threading.Lock()
        self._outbox: defaultdict[str, list[str]] = defaultdict(list)

    def register(self) -> None:
        """Register the commands."""
        self._server.on(Command.CANVAS_PLACE, self._place)
        self._server.on(Command.CANVAS_UNDO, self._undo)
        self._canvas.after_each_batch(self._send)

    def _place(self, connection_id: str, *args: Any) -> Any:
        def place(visitor: Visitor, payload: Any, done: Done) -> None:
            wish = Place.model_validate(payload)
            self._canvas.place(visitor, wish.x, wish.y, wish.color, wish.request_id, done)

        return self._run(Command.CANVAS_PLACE, place, connection_id, args)

    def _undo(self, connection_id: str, *args: Any) -> Any:
        def undo(visitor: Visitor, payload: Any, done: Done) -> None:
            self._canvas.undo(visitor, Undo.model_validate(payload).request_id, done)

        return self._run(Command.CANVAS_UNDO, undo, connection_id, args)

    def _run(self, name: str, change: Change, connection_id: str, args: tuple[Any, ...]) -> Any:
        payload, ack = split_arguments(args)
        engine_id = self._server.manager.eio_sid_from_sid(connection_id, "/")
        environ = self._server.environ.get(engine_id, {})
        if PINNED in environ:
            sender = Connection(connection_id, environ[PINNED], environ.get("REMOTE_ADDR", ""))
            later = partial(self._later, engine_id, ack)
            refused = self._attempt(name, change, sender, payload, later)
            if refused:
                self._post(engine_id, ack, refused)
            if self._outbox:
                self._send()
        return self._server.not_handled

    def _attempt(self, name: str, change: Change, sender: Connection, payload: Any, done: Done) -> Body | None:
        """Pass a wish on; give the answer if it is refused at once."""
        # Where there is no cooldown people may place as fast as they can: then only what is refused counts as a flood.
        limited = self._canvas.rules.cooldown.interval_ms > 0
        refused = self._commands.flooding(sender) if limited else None
        if refused:
            return refused
        try:
            self._commands.require(name, sender)
            change(Visitor(sender.actor.id, sender.address), payload, done)
        except ValidationError as error:
            refused = {"ok": False} | validation_body(error)
        except MuralError as error:
            refused = refusal(error)
        except Exception:  # the edge of the process: the client must get its answer
            log.exception("unexpected error in a command of the canvas")
            refused = UNEXPECTED
        return refused if limited or refused is None else self._commands.flooding(sender) or refused

    def _later(self, engine_id: str, ack: AckId | None, answer: Answer) -> None:
        body = refusal(answer) if isinstance(answer, MuralError) else {"ok": True} | answer.to_json()
        self._post(engine_id, ack, body)

    def _post(self, engine_id: str, ack: AckId | None, body: Body) -> None:
        if ack is not None:
            with self._lock:
                self._outbox[engine_id].append(acknowledgement(ack, body))

    def _send(self, _seconds: float = 0.0) -> None:
        with self._lock:
            outbox, self._outbox = self._outbox, defaultdict(list)
        for engine_id, packets in outbox.items():
            self._fanout.send(engine_id, packets)
