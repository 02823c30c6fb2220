"""The soft edges at the head and foot of a poster, where the map gives way to a plain colour.

Rasters are blended in 16 bits and dithered by an ordered 16 x 16 pattern: eight bits alone show bands on paper.
SVG gets two gradients, PDF two smooth shadings.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_rgb
from matplotlib.transforms import IdentityTransform
from numpy.typing import NDArray

from mural.render.bands import BandRenderer
from mural.render.page import Sheet

HEAD_HEIGHT: Final = 0.16
"""Share of the page's height over which the map appears below its upper edge."""

FOOT_HEIGHT: Final = 0.20
"""The same above its lower edge, from the middle of the lettering up."""

STOPS: Final = 24
"""Straight pieces in which a vector file follows the curve of a fade: more than the eye can tell apart."""

OPAQUE: Final = 1 << 16
ROWS_AT_ONCE: Final = 16
"""Rows blended together: few enough for the processor's cache, and the height of the dither's pattern."""


def _bayer(order: int) -> NDArray[np.uint32]:
    """Build the ordered dither pattern of side 2**order, holding every number below its size once."""
    pattern = np.zeros((1, 1), dtype=np.uint32)
    for _ in range(order):
        pattern = np.block([[4 * pattern, 4 * pattern + 2], [4 * pattern + 3, 4 * pattern + 1]])
    return pattern


THRESHOLDS: Final = _bayer(4) * 256 + 128
"""What is added before the low 16 bits are cut off."""


def opacity(from_edge: NDArray[np.float64], reach: tuple[float, float]) -> NDArray[np.float64]:
    """Tell how much of the plain colour there is at a share of the page's height from an edge, 0 to 1."""
    inner, outer = reach
    t = np.clip((from_edge - inner) / (outer - inner), 0.0, 1.0)
    return 1.0 - t * t * t * (t * (6.0 * t - 15.0) + 10.0)


def blend_rows(rows: NDArray[np.uint8], weights: NDArray[np.uint32], colour: str) -> None:
    """Blend rows of RGBA pixels, shape (n, width, 4), into a plain colour in place; row 0 starts the dither pattern."""
    width = rows.shape[1]
    plain = np.array([*(round(255 * part) for part in to_rgb(colour)), 255], dtype=np.uint32)
    tile = np.tile(THRESHOLDS, (1, -(-width // len(THRESHOLDS))))[:, :width]
    grain = np.repeat(tile, 4, axis=1)
    flat = rows.reshape(len(rows), width * 4)
    for top in range(0, len(rows), ROWS_AT_ONCE):
        weight = weights[top : top + ROWS_AT_ONCE, None]
        strip = flat[top : top + ROWS_AT_ONCE]
        if not weight.any():
            continue
        blended = strip * (OPAQUE - weight)
        blended += grain[: len(strip)]
        blended += np.tile(weight * plain, (1, width))
        blended >>= 16
        strip[...] = blended


class Fades(Artist):
    """Both fades of a sheet; the lower one is plain behind the lower half of the lettering, which ends at ``clear_pt``."""

    def __init__(self, colour: str, sheet: Sheet, margin_pt: float, clear_pt: float) -> None:
        super().__init__()
        self._colour = colour
        self._sheet = sheet
        self._margin_pt = margin_pt
        plain = 0.5 * clear_pt / sheet.height_pt
        self._reaches = {"head": (0.0, HEAD_HEIGHT), "foot": (plain, plain + FOOT_HEIGHT)}
        self.set_zorder(-10)

    def draw(self, renderer: RendererBase) -> None:
        """Draw both fades in the way the output does smoothly."""
        if isinstance(renderer, BandRenderer):
            self._blend(renderer)
            return
        renderer.open_group("fades")
        for edge, reach in self._reaches.items():
            if isinstance(renderer, RendererSVG):
                self._draw_svg(renderer, edge, reach)
            else:
                self._draw_shading(renderer, edge, reach)
        renderer.close_group("fades")

    def _blend(self, band: BandRenderer) -> None:
        rows = band.rows
        down = (band.top_px + np.arange(len(rows)) + 0.5) / band.page_height_px
        share = np.maximum(opacity(down, self._reaches["head"]), opacity(1.0 - down, self._reaches["foot"]))
        blend_rows(rows, np.rint(share * OPAQUE).astype(np.uint32), self._colour)

    def _draw_svg(self, renderer: RendererSVG, edge: str, reach: tuple[float, float]) -> None:
        """Write a gradient and a rectangle that is filled with it; matplotlib itself knows no gradients in SVG."""
        x, width, height = self._margin_pt, self._sheet.width_pt, self._sheet.height_pt
        page_top = renderer.height - self._margin_pt - height
        span = reach[1] * height
        top = page_top if edge == "head" else page_top + height - span
        along = ("0", "1") if edge == "head" else ("1", "0")
        writer = renderer.writer
        writer.start("linearGradient", id=f"fade-{edge}", x1="0", x2="0", y1=along[0], y2=along[1])
        for offset, share in _stops(reach):
            stop = {"offset": f"{offset:.5f}", "stop-color": self._colour, "stop-opacity": f"{share:.5f}"}
            writer.element("stop", attrib=stop)
        writer.end("linearGradient")
        box = {"x": x, "y": top, "width": width, "height": span}
        writer.element("rect", attrib={k: f"{v:.3f}" for k, v in box.items()} | {"fill": f"url(#fade-{edge})"})

    def _draw_shading(self, renderer: RendererBase, edge: str, reach: tuple[float, float]) -> None:
        """Draw a strip of triangles whose corners carry the opacities."""
        left = bottom = self._margin_pt
        width, height = self._sheet.width_pt, self._sheet.height_pt
        levels = [
            (bottom + height * (1 - offset * reach[1] if edge == "head" else offset * reach[1]), share)
            for offset, share in _stops(reach)
        ]
        triangles, colours = [], []
        rgb = to_rgb(self._colour)
        for (y0, share0), (y1, share1) in itertools.pairwise(levels):
            a, b, c, d = (left, y0), (left + width, y0), (left, y1), (left + width, y1)
            triangles += [(a, b, c), (b, d, c)]
            near, far = (*rgb, share0), (*rgb, share1)
            colours += [(near, near, far), (near, far, far)]
        renderer.draw_gouraud_triangles(renderer.new_gc(), np.array(triangles), np.array(colours), IdentityTransform())


def _stops(reach: tuple[float, float]) -> list[tuple[float, float]]:
    """Give pairs of a share of a fade's height from the edge, and the opacity there."""
    inner = reach[0] / reach[1]
    offsets = np.concatenate(([0.0], np.linspace(inner, 1.0, STOPS + 1)))
    return [(float(offset), float(opacity(offset * reach[1], reach))) for offset in offsets]
