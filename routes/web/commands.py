"""How a command of a client reaches its handler: checked, bounded and always acknowledged."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from flask import request
from flask_socketio import SocketIO
from pydantic import BaseModel, ConfigDict, ValidationError

from infra.delivery.fanout import NAMESPACE, Fanout
from infra.events.events import Event, Name
from infra.limits import Floodgate, Verdict
from infra.observing import logs
from mural.errors import MuralError
from routes.web.context import services
from routes.web.errors import Body, refusal, validation_body
from routes.web.guard import require_named
from routes.web.identity import current_actor
from routes.web.reserved import sent_name
from services.accounts.actors import Actor
from services.accounts.permissions import Permission

log = logging.getLogger(__name__)


UNEXPECTED: Final[Body] = {
    "ok": False,
    "error": "Internal Server Error",
    "message": "Something went wrong on our side.",
}

LAST_WORD: Final[Body] = {"error": "Too many commands; this connection is closed.", "code": "flooding"}


class Payload(BaseModel):
    """What a command carries; a field that it does not have is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoPayload(Payload):
    """For commands that carry nothing."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The socket that sent a command."""

    id: str
    actor: Actor
    address: str


P = TypeVar("P", bound=Payload)


def connection() -> Connection:
    """Return the socket that the current event came from."""
    return Connection(
        id=request.sid,  # type: ignore[attr-defined]  # set by Flask-SocketIO
        actor=current_actor(),
        address=request.remote_addr or "",
    )


def forget(connection_id: str) -> None:
    """Drop everything that is known of a socket that is gone."""
    services().presence.leave_all(connection_id)
    services().floodgate.forget(connection_id)


class Commands:
    """Registers commands on a Socket.IO server.

    A handler gets the connection and the checked payload and returns what its acknowledgement carries beside ok.
    """

    def __init__(
        self, socketio: SocketIO, fanout: Fanout, floodgate: Floodgate, permissions: Mapping[str, Permission]
    ) -> None:
        self._socketio = socketio
        self._permissions = permissions
        self._floodgate = floodgate
        self._fanout = fanout
        socketio.on_event("*", self._unknown)

    def on(self, name: str, schema: type[P]) -> Callable[[Callable[[Connection, P], Body]], None]:
        """Register the decorated handler for a command."""

        def register(handler: Callable[[Connection, P], Body]) -> None:
            self._socketio.on_event(name, lambda *args: self._run(name, schema, handler, args))

        return register

    def _run(self, name: str, schema: type[P], handler: Callable[[Connection, P], Body], args: tuple[Any, ...]) -> Body:
        sender = connection()
        logs.about_from_here(command=name, socket=sender.id)
        began_at = time.monotonic()
        answer = self.flooding(sender) or self._answer(name, schema, handler, sender, args)
        services().metrics.command(name, time.monotonic() - began_at)
        if not self._fanout.is_connected(sender.id, NAMESPACE):
            forget(sender.id)  # it went in the middle: what was noted since then nobody else would take back
        return answer

    def _answer(
        self,
        name: str,
        schema: type[P],
        handler: Callable[[Connection, P], Body],
        sender: Connection,
        args: tuple[Any, ...],
    ) -> Body:
        try:
            self.require(name, sender)
            payload = schema.model_validate(args[0] if args else {})
            return {"ok": True} | handler(sender, payload)
        except ValidationError as error:
            return {"ok": False} | validation_body(error)
        except MuralError as error:
            return refusal(error)
        except Exception:  # the edge of the process: the client must get its answer
            log.exception("unexpected error in command %s", name)
            return UNEXPECTED

    def _unknown(self, name: str, *_args: Any) -> Body:
        shown = sent_name(name)[:100]
        refused = self.flooding(connection())
        return refused or {"ok": False, "error": "Unknown command", "message": f"There is no command “{shown}”."}

    def require(self, name: str, sender: Connection) -> None:
        """Raise NotAllowed unless the sender may give a command."""
        require_named(self._permissions, name, sender.actor)

    def flooding(self, sender: Connection) -> Body | None:
        """Count one command; give the answer where it is one too many."""
        verdict = self._floodgate.admit(sender.id, sender.address)
        if verdict is Verdict.PASS:
            return None
        if verdict is Verdict.DISCONNECT:
            log.warning("disconnecting a flooding socket from %s", sender.address)
            self._fanout.publish(Event(Name.CONNECTION_ERROR, LAST_WORD, (sender.id,)))
            self._fanout.cut(sender.id)
        return {"ok": False, "error": "rate_limited", "message": "Too many commands; slow down."}
