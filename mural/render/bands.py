"""A band of the page as pixels: matplotlib's Agg renderer, looking at the page through a window."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform
from numpy.typing import NDArray


class BandRenderer(RendererAgg):
    """Draws ``band_px`` rows of a page from row ``top_px`` on, counted from the page's top, into a buffer of that size.

    Artists keep the coordinates of the whole page: pixels right and up from its lower left corner. The buffer has
    ``margin_px`` rows more on either side, because Agg drops a line whose middle lies outside the buffer even where
    half of its stroke would be seen.
    """

    def __init__(self, width_px: int, page_height_px: int, dpi: float, *, band_px: int, margin_px: int) -> None:
        super().__init__(width_px, band_px + 2 * margin_px, dpi)
        self.page_height_px = page_height_px
        self._band_px = band_px
        self._margin_px = margin_px
        self.top_px = 0

    @property
    def rows(self) -> NDArray[np.uint8]:
        """The rows of the page, shape (rows, width, 4), RGBA; a view. The last band ends where the page does."""
        count = min(self._band_px, self.page_height_px - self.top_px)
        return self.buffer[self._margin_px : self._margin_px + count]

    @property
    def buffer(self) -> NDArray[np.uint8]:
        """The rows and the margins, shape (rows, width, 4), RGBA; a view."""
        return np.asarray(self.buffer_rgba())

    @property
    def reach_px(self) -> tuple[float, float]:
        """The lowest and highest page coordinates y that the buffer shows."""
        top = self.page_height_px - self.top_px + self._margin_px
        return top - self.height, top

    def coverage(self, path: Path, transform: Transform) -> NDArray[np.uint32]:
        """Tell how much of each pixel of the rows a path covers, 0 to 255, shape (rows, width)."""
        stencil = BandRenderer(
            int(self.width), self.page_height_px, self.dpi, band_px=self._band_px, margin_px=self._margin_px
        )
        stencil.top_px = self.top_px
        gc = stencil.new_gc()
        gc.set_linewidth(0)
        gc.set_snap(False)
        stencil.draw_path(gc, path, transform, (0.0, 0.0, 0.0, 1.0))
        return stencil.rows[..., 3].astype(np.uint32)

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803 (the overridden method's name)
    ) -> None:
        super().draw_path(gc, path, transform + Affine2D().translate(0, -self.reach_px[0]), rgbFace)
