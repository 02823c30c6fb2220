"""What a person adds to a map: tracks with their start and end, and markers whose labels keep clear of each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

from mural.geo.projection import View
from mural.poster import Marker, PosterDesign
from mural.render.fonts import FontShelf
from mural.render.furniture import text_outline
from mural.render.inked import OVER_FADES, UNDER_FADES, Shape
from mural.render.page import Sheet
from mural.render.typesetting import vertices

TRACK_PT: Final = 3.0
TRACK_HALO_PT: Final = 1.3
TRACK_END_PT: Final = 5.0
MARKER_PT: Final = 30.0
CIRCLE_PT: Final = 64.0
DOT_PT: Final = 11.0
LABEL_PT: Final = 13.0
LABEL_HALO_PT: Final = 3.2
LABEL_GAP_PT: Final = 5.0
BEAD_PT: Final = 2.0
"""How closely a track is looked at for what a label would hide of it."""

BEADS_MAX: Final = 50_000
"""The most points on a track: one that leads round the world passes by a page in no time."""

STEPS_AWAY: Final = 5
"""How many lines of text a label may move away from its marker before it has to overlap."""


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
    for xy, seen in _tracks(design, sheet):
        path = _visible(xy, seen)
        shapes += [
            Shape(name="track-halo", outline=path, stroke=theme.bg, stroke_pt=halo_pt, zorder=UNDER_FADES),
            Shape(name="track", outline=path, stroke=theme.route, stroke_pt=TRACK_PT * unit, zorder=UNDER_FADES),
        ]
        for name, end, inside in (("track-start", 0, theme.bg), ("track-end", -1, theme.route)):
            if seen[end]:
                disc = _disc(xy[end], TRACK_END_PT * unit)
                ring = Shape(name=name, outline=disc, fill=inside, stroke=theme.route, stroke_pt=0.6 * TRACK_PT * unit)
                shapes.append(ring)
    return shapes


def draw_markers(design: PosterDesign, sheet: Sheet, shelf: FontShelf, taken: list[Bbox]) -> list[Shape]:
    """List the shapes of a design's markers and their labels; labels keep clear of the boxes already ``taken``."""
    places = _on_page(design, sheet, [(marker.latitude, marker.longitude) for marker in design.markers])
    marked = [(marker, point) for marker, point, seen in zip(design.markers, *places, strict=True) if seen]
    signs = [_sign(marker, point, design, sheet) for marker, point in marked]
    paths = [_beads(xy[seen], sheet.scale) for xy, seen in _tracks(design, sheet)]
    beads = np.concatenate([np.empty((0, 2)), *paths])
    labels = _Labels(design, sheet, shelf, [*taken, *(sign.outline.get_extents() for sign in signs)], beads)
    for (marker, _), sign in zip(marked, signs, strict=True):
        labels.place(marker.label, sign.outline.get_extents())
    return [*signs, *labels.shapes]


def _tracks(design: PosterDesign, sheet: Sheet) -> Iterator[tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Place the tracks of which anything is this side of the horizon on the page."""
    for track in design.tracks:
        xy, seen = _on_page(design, sheet, track.points)
        if seen.any():
            yield xy, seen


def _on_page(
    design: PosterDesign, sheet: Sheet, points: Sequence[tuple[float, float]]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Place (latitude, longitude) pairs in points on the page, and mark those that are this side of the horizon."""
    place = design.place
    view = View(latitude=place.latitude, longitude=place.longitude, rotation_deg=design.rotation_deg)
    lonlat = np.array(points, dtype=np.float64).reshape(-1, 2)[:, ::-1]
    return view.project(lonlat) * sheet.pt_per_m + (sheet.width_pt / 2, sheet.height_pt / 2), view.sees(lonlat)


def _visible(xy: NDArray[np.float64], seen: NDArray[np.bool_]) -> Path:
    """Draw a track up to the horizon, and anew where it comes back."""
    comes = seen & ~np.concatenate(([False], seen[:-1]))
    return Path(xy[seen], np.where(comes, Path.MOVETO, Path.LINETO)[seen])


def _beads(path: NDArray[np.float64], unit: float) -> NDArray[np.float64]:
    """String points along a track, one every BEAD_PT but not without end, shape (n, 2)."""
    along = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))))
    at = np.linspace(0.0, along[-1], min(BEADS_MAX, int(along[-1] / (BEAD_PT * unit)) + 1))
    return np.column_stack([np.interp(at, along, path[:, axis]) for axis in (0, 1)])


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


@dataclass
class _Labels:
    """Labels as they find their places, one after the other."""

    design: PosterDesign
    sheet: Sheet
    shelf: FontShelf
    taken: list[Bbox]
    beads: NDArray[np.float64]
    shapes: list[Shape] = field(default_factory=list)

    def place(self, text: str, sign: Bbox) -> None:
        """Set a label beside its sign, where it is free or, failing that, where it covers least."""
        unit, theme = self.sheet.scale, self.design.theme
        outline, _ = text_outline(text, self.design, LABEL_PT * unit, self.shelf)
        if not len(vertices(outline)):
            return
        ink = outline.get_extents()
        # min() keeps the first of equals: the places come in the order of preference.
        box = min(self._places(ink, sign), key=self._covered)
        self.taken.append(box)
        set_label = outline.transformed(Affine2D().translate(box.x0 - ink.x0, box.y0 - ink.y0))
        halo_pt = LABEL_HALO_PT * unit
        halo = Shape(name="label-halo", outline=set_label, fill=theme.bg, stroke=theme.bg, stroke_pt=halo_pt)
        self.shapes += [halo, Shape(name="label", outline=set_label, fill=theme.text, zorder=OVER_FADES + 1)]

    def _places(self, ink: Bbox, sign: Bbox) -> Iterator[Bbox]:
        gap_pt = LABEL_GAP_PT * self.sheet.scale
        middle_x, middle_y = (sign.x0 + sign.x1 - ink.width) / 2, (sign.y0 + sign.y1 - ink.height) / 2
        for away in range(STEPS_AWAY):
            shift_pt = away * 1.4 * ink.height
            sides = ((sign.x1 + gap_pt, middle_y), (sign.x0 - gap_pt - ink.width, middle_y))
            ends = ((middle_x, sign.y1 + gap_pt + shift_pt), (middle_x, sign.y0 - gap_pt - ink.height - shift_pt))
            for x, y in (*sides, *ends) if not away else ends:
                yield Bbox.from_bounds(x, y, ink.width, ink.height)
            for (x, y), turn in itertools.product(sides, (1, -1)):
                yield Bbox.from_bounds(x, y + turn * (shift_pt + ink.height), ink.width, ink.height)

    def _covered(self, box: Bbox) -> float:
        """Measure in square points what a box hides, and what of it would be off the page."""
        page = Bbox.from_bounds(0, 0, self.sheet.width_pt, self.sheet.height_pt)
        off_page = box.width * box.height - _shared(box, page)
        struck = ((self.beads > box.min) & (self.beads < box.max)).all(axis=1).sum()
        bead_pt2 = BEAD_PT * TRACK_PT * self.sheet.scale**2
        return off_page + sum(_shared(box, other) for other in self.taken) + float(struck) * bead_pt2


def _shared(box: Bbox, other: Bbox) -> float:
    shared = Bbox.intersection(box, other)
    return 0.0 if shared is None else float(shared.width * shared.height)
