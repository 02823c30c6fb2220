"""What every event carries: one type for each, closed. A field more or less is refused where the event is made.

Events carry facts. Where a payload holds something that has addresses, ``services/posters/addressing.py`` adds them on
the way out; what clients get then is said in ``HEARD``. Docs and the browser's list are written from these types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Annotated, Any, Final, NotRequired, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

Seq = Annotated[int, "its number in the stream"]
JobId = Annotated[str, "the job's id"]
Said = Annotated[str, "when it was said"]


class ConnectionEstablished(TypedDict):
    """A socket is greeted."""

    connection_id: Annotated[str, "names this connection"]
    user_id: Annotated[str, "the visitor's public id"]
    server_time: Annotated[str, "the server's clock"]
    version: Annotated[str, "Mural's version"]


class ConnectionRefused(TypedDict):
    """A socket hears why it is ended."""

    error: Annotated[str, "a sentence"]
    code: Annotated[str, "a word for programs: `flooding`"]


class Progress(TypedDict):
    """How far a job is."""

    request_id: JobId
    progress: Annotated[int, "per cent, 0 to 100"]
    status: Annotated[str, "`pending` or `processing`"]
    message: Annotated[str, "what is being done, as a sentence"]
    queue_position: NotRequired[Annotated[int, "how many are before it, while it waits"]]
    estimated_completion: NotRequired[Annotated[str, "when it should be done"]]
    timestamp: Said


class PosterNews(TypedDict):
    """A poster without its addresses; ``version`` names its hanging, and becomes part of them."""

    id: str
    job_id: str
    city: str
    country: str
    latitude: float
    longitude: float
    theme: str
    theme_name: str
    distance: float
    format: str
    page: dict[str, float]
    dimensions: dict[str, int]
    filename: str
    file_size: int
    visibility: str
    source: str
    generation_time: float
    created_at: str
    expires_at: NotRequired[str]
    version: str


class Completed(TypedDict):
    """A job's poster is there."""

    request_id: JobId
    poster: Annotated[PosterNews, "as GET /api/v1/posters/{id} tells it"]
    processing_time: Annotated[float, "seconds of drawing"]
    timestamp: Said


class CompletedHeard(TypedDict):
    """A job's poster is there, as clients hear it."""

    request_id: JobId
    poster: Annotated[dict[str, Any], "as GET /api/v1/posters/{id} tells it"]
    thumbnail_url: Annotated[str, "its small picture"]
    processing_time: Annotated[float, "seconds of drawing"]
    timestamp: Said


class NotMade(TypedDict):
    """A job has failed or was cancelled."""

    request_id: JobId
    error: Annotated[str | None, "title of what went wrong"]
    message: Annotated[str | None, "the same as a sentence"]
    retry_possible: Annotated[bool, "whether POST /api/v1/jobs/{id}/retry makes sense"]
    timestamp: Said


class MakingJob(TypedDict):
    """A public poster on its way."""

    id: str
    city: str
    theme: str
    progress: int


class Making(TypedDict):
    """What is being made."""

    jobs: Annotated[list[MakingJob], "the public posters on their way: `[{id, city, theme, progress}]`"]


class PosterAdded(TypedDict):
    """A poster is hung."""

    seq: Seq
    poster: Annotated[PosterNews, "as GET /api/v1/gallery lists it"]


class PosterAddedHeard(TypedDict):
    """A poster is hung, as clients hear it."""

    seq: Seq
    poster: Annotated[dict[str, Any], "as GET /api/v1/gallery lists it"]


class PosterRemoved(TypedDict):
    """A poster is taken down."""

    seq: Seq
    id: Annotated[str, "the poster's id"]


class Presence(TypedDict):
    """How many look at a room."""

    viewers: Annotated[int, "how many people are there"]


class BoardPosition(TypedDict):
    """How far the board is."""

    epoch: Annotated[int, "which stream this is"]
    seq: Annotated[int, "its last number"]


class BrakesNews(TypedDict):
    """Who has to wait longer on the board."""

    everybody: Annotated[bool, "whether everybody waits longer for a while"]
    newcomers: Annotated[bool, "whether those do who came just now"]
    networks: Annotated[int, "how many ranges of addresses do"]
    factor: Annotated[int, "how many times as long they wait"]


class Maintenance(TypedDict):
    """The server goes away."""

    message: Annotated[str, "a sentence to show"]
    scheduled_time: Annotated[str, "when"]
    duration_minutes: Annotated[int, "for about how long"]


class CreditsLow(TypedDict):
    """Somebody's credits come to an end."""

    user_id: Annotated[str, "whose they are"]
    current_credits: Annotated[int, "how many are left"]
    threshold: Annotated[int, "below how many it is told"]


CARRIED: Final[dict[str, type]] = {
    "connection:established": ConnectionEstablished,
    "connection:error": ConnectionRefused,
    "generation:progress": Progress,
    "generation:completed": Completed,
    "generation:failed": NotMade,
    "generation:cancelled": NotMade,
    "gallery:making": Making,
    "gallery:poster_added": PosterAdded,
    "gallery:poster_removed": PosterRemoved,
    "presence:changed": Presence,
    "canvas:pixels": bytes,
    "canvas:resync": BoardPosition,
    "canvas:brakes": BrakesNews,
    "system:maintenance": Maintenance,
    "system:credits_low": CreditsLow,
}
"""The payload of every event as it travels inside; ``bytes`` where it is a binary frame."""

HEARD: Final[Mapping[str, type]] = {
    **CARRIED,
    "generation:completed": CompletedHeard,
    "gallery:poster_added": PosterAddedHeard,
}
"""The payload of every event as clients get it."""


class NotAsDeclared(TypeError):
    """An event is none of the catalogue's, or does not carry exactly its fields: an error of the program."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The fields that a payload must and may have, and the shapes of the objects in it."""

    required: frozenset[str]
    known: frozenset[str]
    inner: Mapping[str, Shape]

    def check(self, name: str, payload: Mapping[str, Any]) -> None:
        """Raise NotAsDeclared where a field is missing or nobody knows it."""
        fields = payload.keys()
        if not self.required <= fields <= self.known:
            wrong = sorted((self.required - fields) | (fields - self.known))
            raise NotAsDeclared(f"{name} has fields too many or too few: {', '.join(wrong)}")
        for field, shape in self.inner.items():
            value = payload[field]
            for one in value if isinstance(value, list) else (value,):
                shape.check(f"{name}, {field},", one)


def check(name: str, payload: Mapping[str, Any] | bytes) -> None:
    """Raise NotAsDeclared unless a payload is what the event of that name carries."""
    kind = CARRIED.get(name)
    if kind is None:
        raise NotAsDeclared(f"there is no event {name}")
    if isinstance(payload, bytes) or kind is bytes:
        if not (isinstance(payload, bytes) and kind is bytes):
            raise NotAsDeclared(f"{name} carries {kind.__name__}")
        return
    shape_of(kind).check(name, payload)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a payload: what it is, its type, and whether it may be absent."""

    about: str
    kind: Any
    optional: bool


def fields_of(kind: type) -> dict[str, Field]:
    """List the fields of a payload; a binary frame has none."""
    hints = get_type_hints(kind, include_extras=True) if is_typeddict(kind) else {}
    return {name: _field(hint) for name, hint in hints.items()}


def _field(hint: Any) -> Field:
    optional = get_origin(hint) is NotRequired
    plain = get_args(hint)[0] if optional else hint
    if get_origin(plain) is Annotated:
        kind, about = get_args(plain)
        return Field(about, kind, optional)
    return Field("", plain, optional)


@cache
def shape_of(kind: type) -> Shape:
    """Tell which fields a payload has."""
    fields = fields_of(kind)
    inner = {name: _object_in(field.kind) for name, field in fields.items()}
    return Shape(
        frozenset(name for name, field in fields.items() if not field.optional),
        frozenset(fields),
        {name: shape_of(found) for name, found in inner.items() if found is not None},
    )


def _object_in(kind: Any) -> type | None:
    inside = get_args(kind)[0] if get_origin(kind) is list else kind
    return inside if is_typeddict(inside) else None


IN_SCRIPTS: Final = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def script_type(kind: Any) -> str:
    """Name a type as JSDoc does."""
    if is_typeddict(kind):
        marked = ((f"{name}?" if one.optional else name, one.kind) for name, one in fields_of(kind).items())
        return f"{{{', '.join(f'{name}: {script_type(inner)}' for name, inner in marked)}}}"
    if get_origin(kind) is list:
        return f"{script_type(get_args(kind)[0])}[]"
    if get_origin(kind) is dict:
        return "Record<string, any>"
    if kind in IN_SCRIPTS:
        return IN_SCRIPTS[kind]
    return " | ".join(script_type(one) for one in get_args(kind))
