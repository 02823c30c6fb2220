"""The catalogue of everything the server pushes, and the way to push it.

Services publish Event values to a Publisher; which sockets hear it is the event's room, made here from ids the services
have checked. A test compares this catalogue with static/js/web/events.js and docs/events.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from infra.events.payloads import check

EVERYONE: Final = ""
"""The room of every connected socket."""

GALLERY_ROOM: Final = "gallery"
CANVAS_ROOM: Final = "canvas"


def job_room(job_id: str) -> str:
    """Name the room of those who watch one job."""
    return f"job:{job_id}"


def session_room(user_id: str) -> str:
    """Name the room of all sockets of one visitor."""
    return f"session:{user_id}"


class Name:
    """Event names, as clients see them."""

    CONNECTION_ESTABLISHED: Final = "connection:established"
    CONNECTION_ERROR: Final = "connection:error"
    GENERATION_PROGRESS: Final = "generation:progress"
    GENERATION_COMPLETED: Final = "generation:completed"
    GENERATION_FAILED: Final = "generation:failed"
    GENERATION_CANCELLED: Final = "generation:cancelled"
    GALLERY_MAKING: Final = "gallery:making"
    GALLERY_POSTER_ADDED: Final = "gallery:poster_added"
    GALLERY_POSTER_REMOVED: Final = "gallery:poster_removed"
    PRESENCE_CHANGED: Final = "presence:changed"
    CANVAS_PIXELS: Final = "canvas:pixels"
    CANVAS_RESYNC: Final = "canvas:resync"
    CANVAS_BRAKES: Final = "canvas:brakes"
    SYSTEM_MAINTENANCE: Final = "system:maintenance"
    SYSTEM_CREDITS_LOW: Final = "system:credits_low"


class Command:
    """Command names, as clients send them."""

    JOB_SUBSCRIBE: Final = "job:subscribe"
    JOB_UNSUBSCRIBE: Final = "job:unsubscribe"
    GALLERY_JOIN: Final = "gallery:join"
    GALLERY_LEAVE: Final = "gallery:leave"
    CANVAS_JOIN: Final = "canvas:join"
    CANVAS_PLACE: Final = "canvas:place"
    CANVAS_UNDO: Final = "canvas:undo"
    CANVAS_LEAVE: Final = "canvas:leave"
    CANVAS_INSPECT: Final = "canvas:inspect"


def names_of(catalogue: type) -> frozenset[str]:
    """List the names a catalogue holds."""
    return frozenset(value for key, value in vars(catalogue).items() if key.isupper())


@dataclass(frozen=True, slots=True)
class Event:
    """One thing to push: its name, its payload (JSON types, or bytes for binary frames) and the rooms that hear it.

    The payload has exactly the fields of its type, or NotAsDeclared is raised: nothing leaves that nobody has declared.

    A socket in several of the rooms hears it once. A socket that cannot keep up hears ``instead``, once, and leaves the
    room: it has to ask for what it missed.
    """

    name: str
    payload: Mapping[str, Any] | bytes
    rooms: tuple[str, ...]
    instead: Event | None = None

    def __post_init__(self) -> None:
        """Refuse a payload with other fields than the event's."""
        check(self.name, self.payload)


class Publisher(Protocol):
    """Pushes events; never blocks on a slow client and never raises on a missing one."""

    def publish(self, event: Event) -> None:
        """Push one event to its rooms."""


class RecordingPublisher:
    """Keeps what was published; for command-line use, where nobody listens, and for tests."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        """Keep one event."""
        self.events.append(event)
