"""What a person adds to a map: tracks with their start and end, and markers whose labels keep clear of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

from mural.geo.projection import View
from mural.poster import Marker, PosterDesign
from mural.render.fonts import FontShelf
from mural.render.furniture import room_for_labels, text_outline
from mural.render.inked import OVER_FADES, UNDER_FADES, Shape
from mural.render.labels import BEAD_PT, Boxes, Surroundings, place_labels
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
BEADS_MAX: Final = 50_000
"""The most points on a track: one that leads round the world passes by a page in no time."""


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
    boxes = [sign.outline.get_extents() for sign in signs]
    labelled = []
    for (marker, _), box in zip(marked, boxes, strict=True):
        outline, _ = text_outline(marker.label, design, LABEL_PT * sheet.scale, shelf)
        if len(vertices(outline)):
            labelled.append((outline, box))
    return [*signs, *_labels(labelled, [*taken, *boxes], design, sheet)]


def _labels(
    labelled: Sequence[tuple[Path, Bbox]], taken: Sequence[Bbox], design: PosterDesign, sheet: Sheet
) -> Iterator[Shape]:
    """Set labels, outlines from a baseline at (0, 0), beside the boxes of their signs."""
    paths = [_beads(xy[seen], sheet.scale) for xy, seen in _tracks(design, sheet)]
    room = room_for_labels(design, sheet)
    surroundings = Surroundings(room, _extents(taken), np.concatenate([np.empty((0, 2)), *paths]))
    # By their control points: the extents of so many curves would take longer than the map.
    inks = np.array([(xy.min(axis=0), xy.max(axis=0)) for xy in (vertices(outline) for outline, _ in labelled)])
    inks = inks.reshape(-1, 4)
    places = place_labels(inks[:, 2:] - inks[:, :2], _extents([box for _, box in labelled]), surroundings, sheet.scale)
    for (outline, _), (x_pt, y_pt) in zip(labelled, places[:, :2] - inks[:, :2], strict=True):
        label = outline.transformed(Affine2D().translate(x_pt, y_pt))
        theme, halo_pt = design.theme, LABEL_HALO_PT * sheet.scale
        yield Shape(name="label-halo", outline=label, fill=theme.bg, stroke=theme.bg, stroke_pt=halo_pt)
        yield Shape(name="label", outline=label, fill=theme.text, zorder=OVER_FADES + 1)


def _extents(boxes: Sequence[Bbox]) -> Boxes:
    return np.array([box.extents for box in boxes], dtype=np.float64).reshape(-1, 4)


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
