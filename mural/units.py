"""Paper and screen lengths: millimetres, inches, points (1/72 in) and pixels at a resolution."""

from __future__ import annotations

from typing import Final

MM_PER_INCH: Final = 25.4
PT_PER_INCH: Final = 72.0
PT_PER_MM: Final = PT_PER_INCH / MM_PER_INCH


def mm_to_px(length_mm: float, dpi: float) -> int:
    """Round a paper length in millimetres to whole pixels at ``dpi`` dots per inch."""
    return round(length_mm / MM_PER_INCH * dpi)


def px_to_mm(length_px: float, dpi: float) -> float:
    """Convert pixels at ``dpi`` dots per inch to millimetres on paper."""
    return length_px / dpi * MM_PER_INCH
