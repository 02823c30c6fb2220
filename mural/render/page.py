"""The sheet a poster is drawn on: its size in points, and how many points a metre of ground takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mural.poster import PosterDesign
from mural.units import PT_PER_INCH, PT_PER_MM

REFERENCE_PT: Final = 12 * PT_PER_INCH
"""Shorter side of the sheet for which stroke widths are given; other sheets scale them in proportion."""

TOLERANCE_PX: Final = 0.25
"""How far simplifying may move a line, in pixels of the poster: less than anybody can see."""

FRAGMENT_MM: Final = 3.0
"""Length on paper below which a bit of path that leads nowhere is left out."""

CROP_MARK_ROOM_MM: Final = 8.0
"""Room around the bleed for the crop marks."""

OVERSHOOT_MM: Final = 0.5
"""How far vectors run on beyond the bleed: at their own edge layers show through each other by a hair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page as it is drawn: trim size and bleed in points, scale in points per metre of ground."""

    width_pt: float
    height_pt: float
    bleed_pt: float
    crop_marks: bool
    pt_per_m: float
    distance_m: float

    @classmethod
    def of(cls, design: PosterDesign) -> Sheet:
        """Lay out a design's page."""
        page = design.page
        width_pt = page.width_mm * PT_PER_MM
        return cls(
            width_pt=width_pt,
            height_pt=page.height_mm * PT_PER_MM,
            bleed_pt=page.bleed_mm * PT_PER_MM,
            crop_marks=page.crop_marks,
            pt_per_m=width_pt / (2 * design.half_extent_m[0]),
            distance_m=design.distance_m,
        )

    @property
    def media_margin_pt(self) -> float:
        """Room around the trimmed page for bleed and crop marks."""
        marks_pt = CROP_MARK_ROOM_MM * PT_PER_MM if self.crop_marks else 0.0
        return self.bleed_pt + marks_pt

    @property
    def reach_pt(self) -> float:
        """How far a vector file's artwork reaches beyond the trimmed page."""
        return self.bleed_pt + OVERSHOOT_MM * PT_PER_MM

    @property
    def scale(self) -> float:
        """Tell how much larger the sheet is than the one for which stroke widths are given."""
        return min(self.width_pt, self.height_pt) / REFERENCE_PT

    def dpi(self, width_px: int) -> float:
        """Give the pixels per inch of paper when the page is so many pixels wide."""
        return width_px / self.width_pt * PT_PER_INCH


def size_px(design: PosterDesign, width_px: int | None = None) -> tuple[int, int]:
    """Give the width and height of a poster in pixels; ``width_px`` asks for the same page smaller or larger."""
    page = design.page
    if width_px is None:
        return page.width_px, page.height_px
    return width_px, max(1, round(width_px * page.height_mm / page.width_mm))


def simplify_tolerance_m(design: PosterDesign, width_px: int | None = None) -> float:
    """Give the metres by which geometry may be simplified before it is drawn."""
    return TOLERANCE_PX * 2 * design.half_extent_m[0] / size_px(design, width_px)[0]


def fragment_m(design: PosterDesign) -> float:
    """Give the metres below which a bit of path that leads nowhere is not worth its ink."""
    return FRAGMENT_MM / design.page.width_mm * 2 * design.half_extent_m[0]


def map_half_extent_m(design: PosterDesign) -> tuple[float, float]:
    """Give the metres right and up of the centre that a map must cover: the page and its bleed."""
    half_width_m, half_height_m = design.half_extent_m
    bleed_m = design.page.bleed_mm * 2 * half_width_m / design.page.width_mm
    return half_width_m + bleed_m, half_height_m + bleed_m
