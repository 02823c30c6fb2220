"""Shapes in points on the page, outside of the map's own layers: furniture, tracks and markers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from mural.render.page import Sheet
from mural.units import PT_PER_INCH

UNDER_FADES: Final = -15.0
OVER_FADES: Final = -5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """An outline in points from the page's lower left corner, filled, stroked or both; colours are ``#rrggbb``."""

    name: str
    outline: Path
    fill: str | None = None
    stroke: str | None = None
    stroke_pt: float = 0.0
    zorder: float = OVER_FADES

    def reaches(self, sheet: Sheet) -> bool:
        """Tell whether anything of it may be seen on a sheet and its bleed."""
        xy = np.asarray(self.outline.vertices, dtype=np.float64)
        room_pt = sheet.reach_pt + self.stroke_pt / 2
        low, high = xy.min(axis=0), xy.max(axis=0)
        return bool((high >= -room_pt).all() and (low <= np.add((sheet.width_pt, sheet.height_pt), room_pt)).all())


def draw_shapes(figure: Figure, shapes: Iterable[Shape], *, origin_pt: tuple[float, float]) -> None:
    """Draw shapes on a figure in which the trimmed page's lower left corner is at ``origin_pt``."""
    to_figure = Affine2D().translate(*origin_pt).scale(1 / PT_PER_INCH) + figure.dpi_scale_trans
    for shape in shapes:
        patch = PathPatch(
            shape.outline,
            facecolor=shape.fill or "none",
            edgecolor=shape.stroke or "none",
            linewidth=shape.stroke_pt,
            capstyle="round",
            joinstyle="round",
            transform=to_figure,
            zorder=shape.zorder,
        )
        patch.set_gid(shape.name)
        patch.set_snap(False)
        figure.add_artist(patch)
