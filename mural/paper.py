"""Paper and screen sizes: what people call them, and the page that a request means."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from mural.errors import InvalidInput
from mural.poster import Page
from mural.units import MM_PER_INCH, px_to_mm

Unit = Literal["mm", "cm", "in", "px"]
Orientation = Literal["portrait", "landscape"]

DEFAULT_SIZE: Final = "12x16in"
DEFAULT_DPI: Final = 300
DPI_RANGE: Final = (72, 600)
LARGEST_PX: Final = 9933 * 14043
"""A0 at 300 DPI."""
LONGEST_SIDE_PX: Final = 16_383
"""The longest side that every raster format holds (WebP's limit)."""
SHORTEST_SIDE_PX: Final = 100
SHORTEST_SIDE_MM: Final = 10.0
STEEPEST_RATIO: Final = 5.0
BLEED_MM_MAX: Final = 20.0

_MM_PER: Final[dict[str, float]] = {"mm": 1.0, "cm": 10.0, "in": MM_PER_INCH}


class Size(NamedTuple):
    """A width and a height in one unit."""

    width: float
    height: float
    unit: Unit


SIZES: Final[dict[str, Size]] = {
    DEFAULT_SIZE: Size(12, 16, "in"),
    "a0": Size(841, 1189, "mm"),
    "a1": Size(594, 841, "mm"),
    "a2": Size(420, 594, "mm"),
    "a3": Size(297, 420, "mm"),
    "a4": Size(210, 297, "mm"),
    "a5": Size(148, 210, "mm"),
    "letter": Size(8.5, 11, "in"),
    "tabloid": Size(11, 17, "in"),
    "8x10in": Size(8, 10, "in"),
    "11x14in": Size(11, 14, "in"),
    "16x20in": Size(16, 20, "in"),
    "18x24in": Size(18, 24, "in"),
    "24x36in": Size(24, 36, "in"),
    "30x40cm": Size(30, 40, "cm"),
    "50x70cm": Size(50, 70, "cm"),
    "70x100cm": Size(70, 100, "cm"),
    "square": Size(12, 12, "in"),
    "story": Size(1080, 1920, "px"),
    "wallpaper_hd": Size(1920, 1080, "px"),
    "wallpaper_4k": Size(3840, 2160, "px"),
    "wallpaper_phone": Size(1170, 2532, "px"),
    "thumbnail_16x9": Size(1280, 720, "px"),
}
"""Every named size, as it stands when no orientation is asked for."""

RULERS: Final[tuple[Unit, ...]] = ("cm", "in")
"""What people measure paper in."""

_NUMBER: Final = r"(\d{1,9}(?:\.\d{1,9})?)"
_SIDES: Final = re.compile(rf"{_NUMBER}x{_NUMBER}(mm|cm|in|px)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWish:
    """The page as a request describes it; ``orientation`` None keeps the size as it stands."""

    size: str | Size = DEFAULT_SIZE
    orientation: Orientation | None = None
    dpi: int = DEFAULT_DPI
    bleed_mm: float = 0.0
    crop_marks: bool = False


def page_for(wish: PageWish) -> Page:
    """Work out the page; raise InvalidInput when there is no such size or it is beyond the limits."""
    size = size_called(wish.size) if isinstance(wish.size, str) else wish.size
    _check_dpi(wish.dpi)
    if not 0 <= wish.bleed_mm <= BLEED_MM_MAX:
        raise InvalidInput(f"The bleed must be 0 to {BLEED_MM_MAX:g} mm.", field="bleed_mm", value=wish.bleed_mm)
    width_mm, height_mm = _to_mm(size.width, size.unit, wish.dpi), _to_mm(size.height, size.unit, wish.dpi)
    if wish.orientation is not None and (width_mm > height_mm) != (wish.orientation == "landscape"):
        width_mm, height_mm = height_mm, width_mm
    page = Page(
        width_mm=width_mm, height_mm=height_mm, dpi=wish.dpi, bleed_mm=wish.bleed_mm, crop_marks=wish.crop_marks
    )
    _check_limits(page, size)
    return page


def size_called(words: str) -> Size:
    """Find a size by its name, or by its sides as in 31x47.5cm; raise InvalidInput."""
    if words in SIZES:
        return SIZES[words]
    found = _SIDES.fullmatch(words)
    if found is None:
        raise InvalidInput(f"There is no paper size “{words}”.", field="size", value=words, allowed=sorted(SIZES))
    unit: Unit = found[3]  # type: ignore[assignment]  # the pattern allows exactly the units
    return Size(float(found[1]), float(found[2]), unit)


def size_words(page: Page) -> str:
    """Call a page's size by its name, whichever way it is hung, else by its sides; the reverse of ``size_called``."""
    for sides in ((page.width_mm, page.height_mm), (page.height_mm, page.width_mm)):
        for name, size in SIZES.items():
            if tuple(_to_mm(side, size.unit, page.dpi) for side in size[:2]) == sides:
                return name
    measured = [words for unit in RULERS if (words := _sides_words(page, unit))]
    return min(measured, key=len, default=f"{page.width_px}x{page.height_px}px")


def _sides_words(page: Page, unit: Unit) -> str | None:
    """Measure a page; None where a thousandth of the unit is too coarse."""
    width, height = (round(side_mm / _MM_PER[unit], 3) for side_mm in (page.width_mm, page.height_mm))
    fits = math.isclose(width * _MM_PER[unit], page.width_mm) and math.isclose(height * _MM_PER[unit], page.height_mm)
    return f"{width:g}x{height:g}{unit}" if fits else None


def _check_dpi(dpi: int) -> None:
    low, high = DPI_RANGE
    if not low <= dpi <= high:
        raise InvalidInput(f"The resolution must be {low} to {high} DPI.", field="dpi", value=dpi)


def _to_mm(length: float, unit: Unit, dpi: int) -> float:
    return px_to_mm(length, dpi) if unit == "px" else length * _MM_PER[unit]


def _check_limits(page: Page, size: Size) -> None:
    shown = f"{page.width_px} × {page.height_px} pixels"
    value = size._asdict()
    shorter_px, longer_px = sorted((page.width_px, page.height_px))
    if shorter_px < SHORTEST_SIDE_PX or min(page.width_mm, page.height_mm) < SHORTEST_SIDE_MM:
        raise InvalidInput(
            f"The page is too small: {shown}; each side needs at least {SHORTEST_SIDE_PX} pixels and "
            f"{SHORTEST_SIDE_MM:g} mm.",
            field="size",
            value=value,
            reason="page_too_small",
            least_px=SHORTEST_SIDE_PX,
            least_mm=SHORTEST_SIDE_MM,
        )
    if longer_px > LONGEST_SIDE_PX or page.width_px * page.height_px > LARGEST_PX:
        raise InvalidInput(
            f"The page is too large: {shown}; the largest is A0 at 300 DPI (9933 × 14043). A lower resolution helps.",
            field="size",
            value=value,
            reason="page_too_large",
        )
    if longer_px > STEEPEST_RATIO * shorter_px:
        raise InvalidInput(
            f"The page is too narrow: {shown}; one side may be {STEEPEST_RATIO:g} times the other at most.",
            field="size",
            value=value,
            reason="page_too_narrow",
            steepest=STEEPEST_RATIO,
        )
