"""A poster's design as canonical JSON, and the fingerprint by which equal wishes are known."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import fields
from typing import Any, Final

from pydantic import TypeAdapter

from mural.poster import PosterDesign, Track
from mural.themes import CHOICES

RENDERER_VERSION: Final = 4
"""Raised whenever the same design would come out looking different: old posters are then not given for new wishes."""

LABELS_VERSION: Final = 4
"""The same for designs with labels on the map: those without stay what they were until RENDERER_VERSION passes it."""

FIRST: Final = {
    *("place", "distance_m", "theme", "page", "format"),
    *("layers", "texts", "rotation_deg", "furniture", "markers", "tracks"),
}
"""What the text of every design says. What a design can say since stands in it only where it is not the usual thing, so
that all others keep their fingerprints."""

_SINCE: Final = {field.name for field in fields(PosterDesign)} - FIRST

_DESIGN: Final[TypeAdapter[PosterDesign]] = TypeAdapter(PosterDesign)
_POINTS: Final[TypeAdapter[tuple[tuple[float, float], ...]]] = TypeAdapter(tuple[tuple[float, float], ...])

_SMALL: Final = re.compile(r"\b0\.0000\d+|\b[\d.]+e-\d+")
"""What Python writes otherwise than pydantic, of the numbers that degrees can be."""


def design_to_json(design: PosterDesign) -> str:
    """Write a design as canonical JSON text, the same for equal designs: keys in order, numbers as Python has them."""
    rest = _DESIGN.dump_python(design, mode="json", exclude={"tracks", *_SINCE})
    rest |= _DESIGN.dump_python(design, mode="json", include=_SINCE, exclude_defaults=True)
    rest["layers"].sort()
    # Without a manner of its own a theme is what themes were before they could have one, and has their fingerprints.
    for key, (usual, *_others) in CHOICES.items():
        if rest["theme"][key] == usual:
            del rest["theme"][key]
    # The tracks, which come last, are too long for that: their numbers would hold up everybody.
    tracks = ",".join(f'{{"label":{_canonical(track.label)},"points":{_points(track)}}}' for track in design.tracks)
    return f'{_canonical(rest)[:-1]},"tracks":[{tracks}]}}'


def design_from_json(text: str) -> PosterDesign:
    """Read a design back; raise ValueError when the text does not hold one."""
    return _DESIGN.validate_json(text)


def tells_where(text: str) -> bool:
    """Tell from a design's canonical JSON text alone whether it has tracks or markers: it can be megabytes long."""
    return not ('"markers":[]' in text and text.endswith('"tracks":[]}'))


def fingerprint(design: PosterDesign) -> str:
    """Name a design by its content: 64 hexadecimal digits, equal exactly for equal designs of this renderer."""
    return fingerprint_of(design, design_to_json(design))


def fingerprint_of(design: PosterDesign, text: str) -> str:
    """Name a design of which the canonical JSON text is at hand."""
    version = max(RENDERER_VERSION, LABELS_VERSION if any(design.labels) else 0)
    return hashlib.sha256(f"{version}\n{text}".encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _points(track: Track) -> str:
    text = _POINTS.dump_json(track.points).decode()
    if "0.0000" in text or "e-" in text:  # somebody walked on the equator or a meridian that counts
        text = _SMALL.sub(lambda number: repr(float(number[0])), text)
    return text
