"""The paper in the form of the workbench and in its address: a size of the list, or sides written beside it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from werkzeug.datastructures import MultiDict

from mural.errors import InvalidInput
from mural.paper import DEFAULT_SIZE, SIZES, Size, size_called
from routes.web.wording import as_measured

OWN_SIZE: Final = "own"
"""What the list of sizes says where the sides are written beside it."""


def paper_of(values: MultiDict[str, str]) -> dict[str, str]:
    """Read the size and which way it hangs: one of one's own stands as it is measured."""
    size = values.get("size") or DEFAULT_SIZE
    if size in SIZES:
        return {"size": size, "orientation": values.get("orientation") or "portrait"}
    if size == OWN_SIZE:
        width, height = (values.get(side, 0.0, type=float) for side in ("width", "height"))
        size = f"{width:g}x{height:g}{values.get('unit')}"
    sides = sides_of(size)
    return {"size": size, "orientation": "landscape" if sides.width > sides.height else "portrait"}


def sides_of(words: str) -> Size:
    """Measure a size as a person would; what is none is as large as the usual one."""
    if not is_size(words):
        words = DEFAULT_SIZE
    return as_measured(SIZES[words]) if words in SIZES else size_called(words)


def is_size(words: str) -> bool:
    """Tell whether there is such a size."""
    with suppress(InvalidInput):
        return bool(size_called(words))
    return False
