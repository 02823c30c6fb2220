"""An SVG file with named groups, the lettering as outlines, and no date, so that equal posters are equal files."""

from __future__ import annotations

from pathlib import Path

from matplotlib import rc_context
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from mural.units import PT_PER_INCH


def write_svg(figure: Figure, path: Path, facts: dict[str, str]) -> None:
    """Write a figure as SVG, one unit a point."""
    width_in, height_in = figure.get_size_inches()
    metadata = {
        "Title": facts["Title"],
        "Creator": facts["Author"],
        "Rights": facts["Copyright"],
        "Publisher": facts["Software"],
        "Date": None,
    }
    # The salt makes the names of clip paths repeatable.
    with path.open("w", encoding="utf-8") as file, rc_context({"svg.hashsalt": "mural"}):
        renderer = RendererSVG(width_in * PT_PER_INCH, height_in * PT_PER_INCH, file, metadata=metadata)
        figure.draw(renderer)
        renderer.finalize()
