"""Frame, scale bar, north arrow and crop marks."""

from __future__ import annotations

import math
from typing import Final

from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from mural.fonts import DEFAULT_FAMILY, han_family, require_family
from mural.poster import PosterDesign
from mural.render.fonts import FontShelf, Typeface
from mural.render.inked import Shape
from mural.render.page import Sheet
from mural.render.typesetting import TypeStyle, shape
from mural.units import PT_PER_MM

MARGIN: Final = 0.085
"""Where furniture stands, from the sides of the page, as a share of its width: in line with the lettering."""

FRAME_INSET: Final = 0.018
"""From the edges of the page, as a share of its shorter side; the credit stands inside."""

FRAME_PT: Final = 1.2
FOOT_PT: Final = 26.0
BAR_LONGEST: Final = 0.19
"""The most that a scale bar takes of the page's width; the credit stands in the middle."""

LABEL_PT: Final = 8.5
LABEL_TRACKING_EM: Final = 0.04
ARROW_PT: Final = 34.0
CROP_MARK_MM: Final = 5.0
CROP_MARK_PT: Final = 0.25
REGISTRATION_BLACK: Final = "#000000"


def furnish(design: PosterDesign, sheet: Sheet, shelf: FontShelf) -> list[Shape]:
    """List what a design wants around its map."""
    wanted = design.furniture
    shapes: list[Shape] = []
    if wanted.frame:
        shapes.append(_frame(design, sheet))
    if wanted.scale_bar:
        shapes.extend(_scale_bar(design, sheet, shelf))
    if wanted.north_arrow:
        shapes.append(_north_arrow(design, sheet))
    return shapes


def room_for_labels(design: PosterDesign, sheet: Sheet) -> tuple[float, float, float, float]:
    """Give left, bottom, right and top of the page or, where it has a frame, of what is inside of that, in points."""
    inset_pt = _frame_inset_pt(sheet) if design.furniture.frame else 0.0
    return inset_pt, inset_pt, sheet.width_pt - inset_pt, sheet.height_pt - inset_pt


def crop_marks(sheet: Sheet) -> list[Shape]:
    """List the eight marks outside the bleed at which the page is cut."""
    gap_pt, length_pt = sheet.bleed_pt, CROP_MARK_MM * PT_PER_MM
    clear_pt = gap_pt + 1.0 * PT_PER_MM
    shapes = []
    for x, outwards_x in ((0.0, -1), (sheet.width_pt, 1)):
        for y, outwards_y in ((0.0, -1), (sheet.height_pt, 1)):
            across = [(x + outwards_x * reach, y) for reach in (clear_pt, clear_pt + length_pt)]
            upright = [(x, y + outwards_y * reach) for reach in (clear_pt, clear_pt + length_pt)]
            shapes += [_line("crop-mark", points, REGISTRATION_BLACK, CROP_MARK_PT) for points in (across, upright)]
    return shapes


def round_length_m(longest_m: float) -> float:
    """Give the largest 1, 2 or 5 times a power of ten that is no longer."""
    power = 10.0 ** math.floor(math.log10(longest_m))
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= longest_m)


def text_outline(text: str, design: PosterDesign, size_pt: float, shelf: FontShelf) -> tuple[Path, float]:
    """Set a short label in the poster's typeface: its outline on a baseline from x = 0, and its width in points."""
    family = require_family(design.texts.font or design.theme.font or DEFAULT_FAMILY)
    face = Typeface(family.id, family.text_weight, han_family(design.place.country))
    line = shape(text, TypeStyle(face, size_pt), shelf)
    return line.outline(size_pt, LABEL_TRACKING_EM), line.width_em(LABEL_TRACKING_EM) * size_pt


def _frame_inset_pt(sheet: Sheet) -> float:
    return FRAME_INSET * min(sheet.width_pt, sheet.height_pt)


def _frame(design: PosterDesign, sheet: Sheet) -> Shape:
    inset_pt = _frame_inset_pt(sheet)
    right_pt, top_pt = sheet.width_pt - inset_pt, sheet.height_pt - inset_pt
    corners = [(inset_pt, inset_pt), (right_pt, inset_pt), (right_pt, top_pt), (inset_pt, top_pt)]
    outline = Path([*corners, corners[0]], closed=True)
    return Shape(name="frame", outline=outline, stroke=design.theme.text, stroke_pt=FRAME_PT * sheet.scale)


def _scale_bar(design: PosterDesign, sheet: Sheet, shelf: FontShelf) -> list[Shape]:
    length_m = round_length_m(BAR_LONGEST * sheet.width_pt / sheet.pt_per_m)
    left_pt, foot_pt, unit = MARGIN * sheet.width_pt, FOOT_PT * sheet.scale, sheet.scale
    right_pt = left_pt + length_m * sheet.pt_per_m
    tick_pt = foot_pt + 5 * unit
    bar = [(left_pt, tick_pt), (left_pt, foot_pt), (right_pt, foot_pt), (right_pt, tick_pt)]
    words = f"{length_m / 1000:g} km" if length_m >= 1000 else f"{length_m:g} m"
    outline, width_pt = text_outline(words, design, LABEL_PT * unit, shelf)
    move = Affine2D().translate((left_pt + right_pt - width_pt) / 2, foot_pt + 5 * unit)
    return [
        _line("scale-bar", bar, design.theme.text, 0.9 * unit),
        Shape(name="scale-bar-label", outline=outline.transformed(move), fill=design.theme.text),
    ]


def _north_arrow(design: PosterDesign, sheet: Sheet) -> Shape:
    """Draw a needle whose tip is north on the turned map."""
    half_pt = ARROW_PT * sheet.scale / 2
    needle = Path([(0, 1), (0.42, -1), (0, -0.55), (-0.42, -1), (0, 1)], closed=True)
    centre_pt = ((1 - MARGIN) * sheet.width_pt - half_pt, FOOT_PT * sheet.scale + half_pt)
    turn = Affine2D().rotate_deg(-design.rotation_deg).scale(half_pt).translate(*centre_pt)
    return Shape(name="north-arrow", outline=needle.transformed(turn), fill=design.theme.text)


def _line(name: str, points: list[tuple[float, float]], colour: str, width_pt: float) -> Shape:
    return Shape(name=name, outline=Path(points), stroke=colour, stroke_pt=width_pt)
