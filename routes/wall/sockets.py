"""Commands about the wall."""

from __future__ import annotations

from flask_socketio import join_room, leave_room
from pydantic import Field

from infra.events.events import GALLERY_ROOM, Command
from routes.web.commands import Commands, Connection, NoPayload, Payload
from routes.web.context import services
from routes.web.errors import Body
from routes.web.schemas import SequenceNumber


class Join(Payload):
    """Where the client's own copy of the wall stands; nothing for a client that has none."""

    epoch: str | None = Field(default=None, max_length=64)
    seq: SequenceNumber | None = None


def register(commands: Commands) -> None:
    """Register the commands."""

    @commands.on(Command.GALLERY_JOIN, Join)
    def _join(sender: Connection, payload: Join) -> Body:
        # The room first: an event in between is then sent twice rather than never, and clients drop what they have.
        join_room(GALLERY_ROOM)
        presence = services().presence
        presence.join(GALLERY_ROOM, sender.id, sender.actor.id)
        gallery = services().gallery
        resume, making = gallery.join(payload.epoch, payload.seq)
        return resume.to_json(gallery.worded) | {"viewers": presence.viewers(GALLERY_ROOM), "making": making}

    @commands.on(Command.GALLERY_LEAVE, NoPayload)
    def _leave(sender: Connection, _payload: NoPayload) -> Body:
        leave_room(GALLERY_ROOM)
        services().presence.leave(GALLERY_ROOM, sender.id)
        return {}
