"""An SVG file with named groups, the lettering as outlines, and no date, so that equal posters are equal files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TextIO

from matplotlib import rc_context
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

from mural.render.fades import FadeStrip
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
        renderer = _NamingRenderer(width_in * PT_PER_INCH, height_in * PT_PER_INCH, file, metadata)
        figure.draw(renderer)
        renderer.finalize()


class _NamingRenderer(RendererSVG):
    """Knows the gradients that matplotlib's SVG lacks, and gives no two groups the same name."""

    def __init__(self, width_pt: float, height_pt: float, file: TextIO, metadata: dict[str, str | None]) -> None:
        self._named: Counter[str] = Counter()
        super().__init__(width_pt, height_pt, file, metadata=metadata)

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin a group; from the second of a name on they are numbered."""
        name = gid or s
        self._named[name] += 1
        count = self._named[name]
        super().open_group(s, name if count == 1 else f"{name}-{count}")

    def draw_fade(self, strip: FadeStrip) -> None:
        """Write a gradient and a rectangle that is filled with it."""
        ident = ("" if strip.outline is None else "sea-") + ("fade-head" if strip.from_top else "fade-foot")
        start, end = ("0", "1") if strip.from_top else ("1", "0")
        self.writer.start("linearGradient", id=ident, x1="0", x2="0", y1=start, y2=end)
        for number, share in enumerate(strip.opacities):
            offset = number / (len(strip.opacities) - 1)
            attributes = {"offset": f"{offset:.5f}", "stop-color": strip.colour, "stop-opacity": f"{share:.5f}"}
            self.writer.element("stop", attrib=attributes)
        self.writer.end("linearGradient")
        top_pt = self.height - strip.bottom_pt - strip.height_pt
        box = {"x": strip.left_pt, "y": top_pt, "width": strip.width_pt, "height": strip.height_pt}
        clip = {} if strip.outline is None else {"clip-path": f"url(#{self._clip(strip.outline, ident)})"}
        fill = {"fill": f"url(#{ident})"} | clip
        self.writer.element("rect", attrib={key: f"{pt:.3f}" for key, pt in box.items()} | fill)

    def _clip(self, outline: Outline, ident: str) -> str:
        name = f"clip-{ident}"
        upright = Affine2D().scale(1.0, -1.0).translate(0.0, self.height)
        self.writer.start("clipPath", id=name)
        self.writer.element("path", d=self._convert_path(outline, upright, simplify=False))
        self.writer.end("clipPath")
        return name
