"""What the web process and a render process say to each other: one JSON object a line over a socketpair.

The web process sends a RenderRequest; the render process answers with any number of Progress lines and then exactly one
Finished or Failed. A Ready line comes first of all, once the process has warmed up. Cancelling is a kill, so there is
no message for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from mural import errors
from mural.jobs.progress import Step
from mural.poster import PosterDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class MapSources:
    """Where a render process may look for map data; paths are absolute."""

    mode: Literal["auto", "extract", "overpass", "sample"] = "auto"
    extracts_dir: Path
    samples_dir: Path
    cache_dir: Path
    cache_max_mb: int = 1024
    overpass_url: str = ""
    overpass_attempts: int = 3
    overpass_timeout_s: float = 180.0
    overpass_max_mb: int = 1000
    user_agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderRequest:
    """One picture to draw into ``output_dir``, which exists and is the job's own.

    ``preview`` draws one PNG of ``preview_width_px`` and neither thumbnail nor sidecar.
    """

    job_id: str
    design: PosterDesign
    sources: MapSources
    fonts_dir: Path
    output_dir: Path
    preview_width_px: int = 800
    preview: bool = False
    kind: Literal["render"] = "render"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What was drawn: file names inside ``output_dir``, the size, and where the time went."""

    poster: str
    thumbnail: str | None
    preview: str | None
    width_px: int
    height_px: int
    dpi: int
    file_size: int
    source: str
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has imported what it needs and waits for work."""

    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the job is: ``fraction`` (0 to 1) of the named step, with a sentence where there is something to say."""

    step: Step
    fraction: float = 0.0
    message: str = ""
    kind: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class Finished:
    """The picture is drawn and its files are complete."""

    result: RenderResult
    kind: Literal["finished"] = "finished"


@dataclass(frozen=True, slots=True)
class Failed:
    """The picture could not be drawn; ``error`` is the name of a class in mural.errors."""

    error: str
    message: str
    transient: bool = False
    facts: dict[str, object] = field(default_factory=dict)
    kind: Literal["failed"] = "failed"

    @classmethod
    def from_error(cls, error: errors.MuralError) -> Failed:
        """Describe an error so that it can cross to the web process."""
        return cls(error=error.kind, message=error.message, transient=error.transient, facts=error.facts)

    def to_error(self) -> errors.MuralError:
        """Make the error again; a kind that is not known here becomes a RenderError."""
        kind = errors.kind_named(self.error) or errors.RenderError
        error = kind.__new__(kind)
        # Not the class's own __init__: what it would put into the facts is in them already.
        errors.MuralError.__init__(error, self.message, **self.facts)
        return error


Answer = Ready | Progress | Finished | Failed

MAX_REQUEST_BYTES: Final = 32 * 1024 * 1024
"""No request is longer: the tracks in it are bounded where they come in."""

MAX_ANSWER_BYTES: Final = 1024 * 1024
"""No answer is longer; whoever writes more than that without a line's end is broken."""

LARGEST_FILE_MB: Final = 2_000
"""No file of a render process is larger: an A0 at 600 dpi is not, unpacked, and a download has a bound of its own."""

REQUEST: TypeAdapter[RenderRequest] = TypeAdapter(RenderRequest)
ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def encode_request(request: RenderRequest) -> bytes:
    """Write a request as one line."""
    return REQUEST.dump_json(request) + b"\n"


def encode_answer(answer: Answer) -> bytes:
    """Write an answer as one line."""
    # An error's facts may hold anything; what JSON has no word for goes as its text.
    return ANSWER.dump_json(answer, fallback=str) + b"\n"
