"""What the events and acknowledgements of infra/events/events.py carry, in words: docs/events.md is written from this.

A question mark behind a field says that it may be absent. Tests compare all of it with what a running server sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from infra.events.events import Command, Name
from infra.events.payloads import HEARD, fields_of

OPTIONAL: Final = "?"


@dataclass(frozen=True, slots=True)
class Told:
    """An event: who hears it and when, and the fields of its payload."""

    name: str
    to: str
    when: str
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> frozenset[str]:
        """Name the fields that are always there."""
        return frozenset(name for name in self.fields if not name.endswith(OPTIONAL))

    @property
    def known(self) -> frozenset[str]:
        """Name all fields."""
        return frozenset(name.removesuffix(OPTIONAL) for name in self.fields)


def _said_of(name: str) -> dict[str, str]:
    """Say in words what an event carries, from its type."""
    return {f"{field}{OPTIONAL if one.optional else ''}": one.about for field, one in fields_of(HEARD[name]).items()}


def _event(name: str, to: str, when: str) -> Told:
    return Told(name, to, when, _said_of(name))


JOB: Final = "the job's room and whoever asked for it"
WALL: Final = "the wall"
BOARD: Final = "the board"
VIEWERS: Final = _said_of(Name.PRESENCE_CHANGED)
OUTCOME: Final = {**_said_of(Name.CANVAS_RESYNC), "outcome": "`current`, `replay` or `refetch`, see below"}
CHARGES: Final = {
    "charges": "pixels that may be placed at once now",
    "available_at": "when there is one more",
    "braked": "whether a brake makes this visitor wait longer",
}

EVENTS: Final = (
    _event(Name.CONNECTION_ESTABLISHED, "the socket", "first of all"),
    _event(
        Name.CONNECTION_ERROR,
        "the socket",
        "before the server ends the connection of a client that sends too much; one that is refused hears Socket.IO's "
        "own `connect_error`",
    ),
    _event(Name.GENERATION_PROGRESS, JOB, "at most four times a second for a job"),
    _event(Name.GENERATION_COMPLETED, JOB, "once the poster can be fetched"),
    _event(Name.GENERATION_FAILED, JOB, "at the end of the last attempt"),
    _event(Name.GENERATION_CANCELLED, JOB, "after somebody cancelled it"),
    _event(Name.GALLERY_MAKING, WALL, "at most once a second, when it has changed"),
    _event(Name.GALLERY_POSTER_ADDED, WALL, "when a poster is hung"),
    _event(
        Name.GALLERY_POSTER_REMOVED,
        WALL,
        "when a poster is taken down; in a replay also in the place of the news that it was hung",
    ),
    _event(Name.PRESENCE_CHANGED, "the room", "at most once a second"),
    _event(Name.CANVAS_PIXELS, BOARD, "some 20 times a second while people paint: a binary frame, see canvas.md"),
    _event(Name.CANVAS_RESYNC, BOARD, "when deltas were dropped for this client, or a season began: join again"),
    _event(Name.CANVAS_BRAKES, BOARD, "when a brake is pulled or let go of"),
    _event(Name.SYSTEM_MAINTENANCE, "everybody", "before the server goes away, also for a restart"),
    _event(Name.SYSTEM_CREDITS_LOW, "that person's sockets", "once each time the credits fall below the threshold"),
)
"""Every event."""

ACKNOWLEDGEMENTS: Final = (
    Told(
        Command.JOB_SUBSCRIBE,
        "",
        "Joins the room of a job. Anyone who knows the id may; of a private poster, its owner alone. Send it again "
        "after every reconnect.",
        {"job": "its present state, as GET /api/v1/jobs/{id} tells it"},
    ),
    Told(Command.JOB_UNSUBSCRIBE, "", "Leaves the room."),
    Told(
        Command.GALLERY_JOIN,
        "",
        "Joins the wall; `epoch` and `seq` say what the client has.",
        {
            **OUTCOME,
            "events?": "what was missed: `[{seq, event, payload}]`",
            **VIEWERS,
            "making": "as `jobs` of the event about them",
        },
    ),
    Told(Command.GALLERY_LEAVE, "", "Leaves the wall."),
    Told(
        Command.CANVAS_JOIN,
        "",
        "Joins the board; `epoch` and `seq` say what the client has.",
        {
            **OUTCOME,
            "pixels?": "what was missed, a binary frame",
            "width": "of the board",
            "height": "of the board",
            "palette": "`[{name, color}]` in the order of the indexes",
            "cooldown": "seconds between two pixels",
            "stack": "how many pixels may be saved up",
            **CHARGES,
            "read_only": "whether nobody may place just now",
            "protected": "where nobody may: `[{left, top, right, bottom}]`, all inside",
            "brakes": "as the event about them",
            **VIEWERS,
        },
    ),
    Told(
        Command.CANVAS_PLACE,
        "",
        "Places a pixel. The same `request_id` twice is answered with the first result.",
        {"seq": "the pixel's number", **CHARGES},
    ),
    Told(
        Command.CANVAS_UNDO,
        "",
        "Takes back one's own last pixel where it still stands. The same `request_id` twice is answered with the first "
        "result.",
        {"seq": "the number of that change", **CHARGES},
    ),
    Told(
        Command.CANVAS_INSPECT,
        "",
        "Asks who placed a pixel and when.",
        {
            "x": "which one",
            "y": "which one",
            "color": "its colour",
            "name": "the colour's name",
            "user_id": "whose it is",
            "timestamp": "when it was placed",
            "history": "`[{seq, color, timestamp, user_id, kind}]`, newest first",
        },
    ),
    Told(Command.CANVAS_LEAVE, "", "Leaves the board."),
)
"""What every command does, and what its acknowledgement carries beside ``ok``."""
