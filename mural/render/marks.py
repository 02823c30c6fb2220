"""What a person adds to a map: tracks with their start and end, markers, and what is written beside both."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

from mural.poster import Marker, PosterDesign
from mural.render.captions import Captions
from mural.render.fonts import FontShelf
from mural.render.inked import UNDER_FADES, Shape
from mural.render.page import Sheet
from mural.render.trails import TRACK_END_PT, on_page, ring_box, trails

TRACK_PT: Final = 3.0
TRACK_HALO_PT: Final = 1.3
MARKER_PT: Final = 30.0
CIRCLE_PT: Final = 64.0
DOT_PT: Final = 11.0


def _pin() -> Path:
    """Draw a pin of height 1 whose tip is at (0, 0), with a round hole."""
    body = [(0, 0), (-0.1, 0.24), (-0.34, 0.4), (-0.34, 0.66), (-0.34, 0.85), (-0.19, 1), (0, 1)]
    body += [(0.19, 1), (0.34, 0.85), (0.34, 0.66), (0.34, 0.4), (0.1, 0.24), (0, 0)]
    hole = Path.unit_circle().transformed(Affine2D().scale(-0.13, 0.13).translate(0, 0.66))
    outline = Path(body, [Path.MOVETO, *[Path.CURVE4] * 12])
    return Path.make_compound_path(outline, hole)


def _heart() -> Path:
    """Draw a heart of height 1 around (0, 0)."""
    points = [(0, -0.5), (-0.25, -0.25), (-0.55, -0.02), (-0.55, 0.22), (-0.55, 0.4), (-0.41, 0.5), (-0.28, 0.5)]
    points += [(-0.15, 0.5), (-0.05, 0.42), (0, 0.3), (0.05, 0.42), (0.15, 0.5), (0.28, 0.5)]
    points += [(0.41, 0.5), (0.55, 0.4), (0.55, 0.22), (0.55, -0.02), (0.25, -0.25), (0, -0.5)]
    return Path(points, [Path.MOVETO, *[Path.CURVE4] * 18])


PIN: Final = _pin()
HEART: Final = _heart()


def draw_tracks(design: PosterDesign, sheet: Sheet) -> list[Shape]:
    """List the strokes of a design's tracks, each with a ring where it starts and a dot where it ends."""
    theme, unit = design.theme, sheet.scale
    halo_pt = (TRACK_PT + 2 * TRACK_HALO_PT) * unit
    shapes = []
    for trail in trails(design, sheet):
        path = trail.outline
        shapes += [
            Shape(name="track-halo", outline=path, stroke=theme.bg, stroke_pt=halo_pt, zorder=UNDER_FADES),
            Shape(name="track", outline=path, stroke=theme.route, stroke_pt=TRACK_PT * unit, zorder=UNDER_FADES),
        ]
        for name, end, inside in (("track-start", 0, theme.bg), ("track-end", -1, theme.route)):
            if trail.seen[end]:
                disc = _disc(trail.xy[end], TRACK_END_PT * unit)
                ring = Shape(name=name, outline=disc, fill=inside, stroke=theme.route, stroke_pt=0.6 * TRACK_PT * unit)
                shapes.append(ring)
    return shapes


def draw_markers(design: PosterDesign, sheet: Sheet, shelf: FontShelf, taken: list[Bbox]) -> list[Shape]:
    """List the shapes of a design's markers and the labels of these and of tracks, clear of the boxes ``taken``."""
    places = on_page(design, sheet, [(marker.latitude, marker.longitude) for marker in design.markers])
    marked = [(marker, point) for marker, point, seen in zip(design.markers, *places, strict=True) if seen]
    signs = [_sign(marker, point, design, sheet) for marker, point in marked]
    boxes = [sign.outline.get_extents() for sign in signs]
    drawn = list(trails(design, sheet))
    rings = [ring_box(trail.xy[end], sheet.scale) for trail in drawn for end in (0, -1)]
    in_the_way = np.array([*(box.extents for box in (*taken, *boxes)), *rings]).reshape(-1, 4)
    captions = Captions(design, sheet, shelf, drawn, in_the_way)
    return [*signs, *captions.draw((marker.label, box) for (marker, _), box in zip(marked, boxes, strict=True))]


def _disc(point: NDArray[np.float64], radius_pt: float) -> Path:
    return Path.circle((float(point[0]), float(point[1])), radius_pt)


def _sign(marker: Marker, point: NDArray[np.float64], design: PosterDesign, sheet: Sheet) -> Shape:
    unit, theme = sheet.scale, design.theme
    if marker.shape == "circle":
        ring = _disc(point, CIRCLE_PT * unit / 2)
        return Shape(name="marker", outline=ring, stroke=theme.marker, stroke_pt=2.2 * unit)
    model, size_pt = {
        "pin": (PIN, MARKER_PT),
        "heart": (HEART, MARKER_PT * 0.8),
        "dot": (Path.unit_circle(), DOT_PT / 2),
    }[marker.shape]
    outline = model.transformed(Affine2D().scale(size_pt * unit).translate(*point))
    return Shape(name="marker", outline=outline, fill=theme.marker, stroke=theme.bg, stroke_pt=0.9 * unit)
