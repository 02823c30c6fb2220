"""What an import says while it runs: one JSON object a line on its standard output, the last one Imported or Failed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import TypeAdapter

from mural.worker.protocol import Failed

Stage = Literal["relations", "features", "tiles"]
"""The passes over the file, which the reader's place in it measures, and the writing of the index."""

UNFINISHED: Final = ".importing"
"""The folder, among the extracts, of what an import needs meanwhile."""


@dataclass(frozen=True, slots=True)
class Doing:
    """A stage has begun or is so far, 0 to 1."""

    stage: Stage
    fraction: float = 0.0
    kind: Literal["doing"] = "doing"


@dataclass(frozen=True, slots=True)
class Imported:
    """The index is in its place: its path and size, and what it holds."""

    path: Path
    size: int
    features: int
    points: int
    kind: Literal["imported"] = "imported"


Message = Doing | Imported | Failed

MESSAGE: Final[TypeAdapter[Message]] = TypeAdapter(Message)
