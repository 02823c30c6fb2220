"""Commands about one job."""

from __future__ import annotations

from flask_socketio import join_room, leave_room
from pydantic import Field

from infra.events.events import Command, job_room
from routes.web.commands import Commands, Connection, Payload
from routes.web.context import services
from routes.web.errors import Body


class JobRef(Payload):
    """Which job is meant."""

    job_id: str = Field(min_length=1, max_length=64)


def register(commands: Commands) -> None:
    """Register the commands."""

    @commands.on(Command.JOB_SUBSCRIBE, JobRef)
    def _subscribe(sender: Connection, payload: JobRef) -> Body:
        known = services().jobs.get(payload.job_id, sender.actor)
        if not known.state.ended:  # of one that has ended nothing more is told
            join_room(job_room(known.job_id))
            # Read again inside the room, so that nothing that happens from here on is missed.
            known = services().jobs.get(known.job_id, sender.actor)
        return {"job": known.to_json()}

    @commands.on(Command.JOB_UNSUBSCRIBE, JobRef)
    def _unsubscribe(_sender: Connection, payload: JobRef) -> Body:
        leave_room(job_room(payload.job_id))
        return {}
