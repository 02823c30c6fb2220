"""A poster's design as canonical JSON, and the fingerprint by which equal wishes are known."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from pydantic import TypeAdapter

from mural.poster import PosterDesign

RENDERER_VERSION: Final = 2
"""Raised whenever the same design would come out looking different: old posters are then not given for new wishes."""

_DESIGN: Final[TypeAdapter[PosterDesign]] = TypeAdapter(PosterDesign)


def design_to_data(design: PosterDesign) -> dict[str, Any]:
    """Write a design as JSON types, the same for equal designs."""
    data: dict[str, Any] = _DESIGN.dump_python(design, mode="json")
    data["layers"].sort()
    return data


def design_to_json(design: PosterDesign) -> str:
    """Write a design as canonical JSON text."""
    return json.dumps(design_to_data(design), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def design_from_json(text: str) -> PosterDesign:
    """Read a design back; raise ValueError when the text does not hold one."""
    return _DESIGN.validate_json(text)


def fingerprint(design: PosterDesign) -> str:
    """Name a design by its content: 64 hexadecimal digits, equal exactly for equal designs of this renderer."""
    return hashlib.sha256(f"{RENDERER_VERSION}\n{design_to_json(design)}".encode()).hexdigest()
