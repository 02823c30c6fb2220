"""The edges at the head and foot of a poster, where the map gives way to a plain colour: softly, or in a clean cut.

Rasters are blended in 16 bits and dithered by an ordered 16 x 16 pattern: eight bits alone show bands on paper.
SVG and PDF have gradients of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Protocol, cast

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray

from mural.render.bands import BandRenderer
from mural.render.page import Sheet
from mural.render.shapes import Surface
from mural.themes import FadeChoice
from mural.units import PT_PER_INCH

HEAD_HEIGHT: Final = 0.12
"""Share of the page's height over which the map appears below its upper edge."""

FOOT_HEIGHT: Final = 0.19
"""The same above the plain ground at its lower edge."""

PLAIN_BEHIND_LETTERING: Final = 0.6
"""How much of the lettering's height, from the page's lower edge, stands on plain ground: all but the title."""

PLAIN_ABOVE_LETTERING: Final = 52.0
"""Plain ground between the lettering and a map that ends in a cut, in points of the page that lettering is set for."""

SEA_AHEAD: Final = 3
"""How many times as fast the sea takes on its own light colour as the land does the ground's, to begin with."""

STOPS: Final = 48
"""Points at which a vector file is told the opacity of a fade; between them it is straight."""

COVER_PT: Final = 0.6
"""How far a vector file's fades reach over the edge of its map, which would show as a hair beside them."""

Edge = Literal["head", "foot"]
Reach = tuple[float, float]
"""Shares of the page's height from an edge: up to where it is plain, and from where on there is the map alone."""

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


def opacity(from_edge: NDArray[np.float64], reach: Reach) -> NDArray[np.float64]:
    """Tell how much of the plain colour there is at a share of the page's height from an edge, 0 to 1.

    It is plain up to the reach's first end and gone from its second; where these are one the map is cut.
    """
    inner, outer = reach
    if inner == outer:
        return np.where(from_edge < inner, 1.0, 0.0)
    t = np.clip((from_edge - inner) / (outer - inner), 0.0, 1.0)
    return 1.0 - t * t * t * (t * (6.0 * t - 15.0) + 10.0)


def blend_rows(rows: NDArray[np.uint8], weights: NDArray[np.uint32], colour: str) -> None:
    """Blend rows of RGBA pixels, shape (n, width, 4), into a plain colour in place; row 0 starts the dither pattern.

    ``weights`` are those of whole rows, shape (n,), or of each pixel, (n, width).
    """
    weights = np.repeat(weights, 4, axis=1) if weights.ndim > 1 else weights[:, None]
    width = rows.shape[1]
    plain = np.array([*(round(255 * part) for part in to_rgb(colour)), 255], dtype=np.uint32)
    tile = np.tile(THRESHOLDS, (1, -(-width // len(THRESHOLDS))))[:, :width]
    grain = np.repeat(tile, 4, axis=1)
    flat = rows.reshape(len(rows), width * 4)
    for top in range(0, len(rows), ROWS_AT_ONCE):
        weight = weights[top : top + ROWS_AT_ONCE]
        strip = flat[top : top + ROWS_AT_ONCE]
        if not weight.any():
            continue
        blended = strip * (OPAQUE - weight)
        blended += grain[: len(strip)]
        blended += weight * np.tile(plain, width)
        blended >>= 16
        strip[...] = blended


OPAQUE_COVER: Final = 255


@dataclass(frozen=True, slots=True)
class FadedWater:
    """The sea, and what it fades into; ``to_points`` brings its metres to points on the figure."""

    surface: Surface
    colour: str
    to_points: Affine2D

    def transform(self, dpi: float) -> Transform:
        """Bring metres to pixels of the page."""
        return self.to_points + Affine2D().scale(dpi / PT_PER_INCH)

    def path(self, band: BandRenderer) -> Path | None:
        """Give what of the sea reaches into a band."""
        low, high = self.transform(band.dpi).inverted().transform([(0.0, y) for y in band.reach_px])[:, 1]
        return self.surface.path_between(low, high)

    def outline(self) -> Path | None:
        """Give the whole sea in points."""
        path = self.surface.path_between(-float("inf"), float("inf"))
        return None if path is None else path.transformed(self.to_points)


@dataclass(frozen=True, slots=True, kw_only=True)
class FadeStrip:
    """A fade for a vector file: a rectangle in points from the figure's lower left corner.

    ``opacities`` are evenly spaced from the page's edge inwards; the edge is the upper one if ``from_top``.
    """

    colour: str
    left_pt: float
    bottom_pt: float
    width_pt: float
    height_pt: float
    opacities: tuple[float, ...]
    from_top: bool
    outline: Path | None = None
    """What alone the fade covers, in points from the figure's lower left corner."""


class DrawsFades(Protocol):
    """A renderer of vectors that knows how its format does gradients."""

    def draw_fade(self, strip: FadeStrip) -> None:
        """Draw one strip."""


def reaches(choice: FadeChoice, sheet: Sheet, lettering_pt: float, lettering_scale: float) -> dict[Edge, Reach]:
    """Plan where the map gives way at each edge that it does not run up to; lettering is so many points high."""
    planned: dict[Edge, Reach] = {}
    if choice in ("both", "head"):
        planned["head"] = (0.0, HEAD_HEIGHT)
    if choice in ("both", "foot"):
        plain = PLAIN_BEHIND_LETTERING * lettering_pt / sheet.height_pt
        planned["foot"] = (plain, plain + FOOT_HEIGHT)
    else:
        cut = (lettering_pt + PLAIN_ABOVE_LETTERING * lettering_scale) / sheet.height_pt
        planned["foot"] = (cut, cut)
    return planned


class Fades(Artist):
    """What covers the map at the edges of a sheet, in one colour."""

    def __init__(
        self,
        colour: str,
        sheet: Sheet,
        margin_pt: float,
        planned: Mapping[Edge, Reach],
        water: FadedWater | None = None,
    ) -> None:
        super().__init__()
        self._water = water
        self._colour = colour
        self._sheet = sheet
        self._margin_pt = margin_pt
        self._reaches = planned
        self.set_zorder(-10 if water is None else -9)

    def draw(self, renderer: RendererBase) -> None:
        """Draw all of them in the way the output does smoothly."""
        if isinstance(renderer, BandRenderer):
            self._blend(renderer)
            return
        name = "fades" if self._water is None else "sea_fades"
        renderer.open_group(name, gid=name)
        for edge, reach in self._reaches.items():
            if self._water is None or reach[0] < reach[1]:
                cast("DrawsFades", renderer).draw_fade(self._strip(edge == "head", reach))
        renderer.close_group(name)

    def _blend(self, band: BandRenderer) -> None:
        rows = band.rows
        down = (band.top_px + np.arange(len(rows)) + 0.5) / band.page_height_px
        from_edge = {"head": down, "foot": 1.0 - down}
        soft = {edge: reach for edge, reach in self._reaches.items() if self._water is None or reach[0] < reach[1]}
        share = np.max([np.zeros(len(rows)), *(self._opacity(from_edge[edge], soft[edge]) for edge in soft)], axis=0)
        weights = np.rint(share * OPAQUE).astype(np.uint32)
        if self._water is None:
            blend_rows(rows, weights, self._colour)
        elif weights.any():
            path = self._water.path(band)
            if path is not None:
                cover = band.coverage(path, self._water.transform(band.dpi))
                blend_rows(rows, weights[:, None] * cover // OPAQUE_COVER, self._colour)

    def _opacity(self, from_edge: NDArray[np.float64], reach: Reach) -> NDArray[np.float64]:
        """Tell how much of the colour there is; over the sea, which has been faded already, it comes ahead.

        So the sea grows lighter all the way, where both at one pace would overshoot and come back.
        """
        share = opacity(from_edge, reach)
        return share if self._water is None else 1.0 - (1.0 - share) ** SEA_AHEAD

    def _strip(self, from_top: bool, reach: Reach) -> FadeStrip:
        sheet = self._sheet
        over_pt = sheet.reach_pt + COVER_PT
        height_pt = reach[1] * sheet.height_pt + over_pt
        low_pt = self._margin_pt - over_pt
        shares = np.maximum(np.linspace(0.0, height_pt, STOPS) - over_pt, 0.0) / sheet.height_pt
        cut = reach[0] == reach[1]
        return FadeStrip(
            colour=self._colour,
            left_pt=self._margin_pt - sheet.reach_pt,
            bottom_pt=self._margin_pt + sheet.height_pt + over_pt - height_pt if from_top else low_pt,
            width_pt=sheet.width_pt + 2 * sheet.reach_pt,
            height_pt=height_pt,
            opacities=(1.0, 1.0) if cut else tuple(float(share) for share in self._opacity(shares, reach)),
            from_top=from_top,
            outline=None if self._water is None else self._water.outline(),
        )
