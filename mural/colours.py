"""Colours as people see them: contrast for reading, distance for telling apart. Every colour is ``#rrggbb`` (sRGB)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Triple = tuple[float, float, float]

# Björn Ottosson's Oklab: linear sRGB to cone responses, then their cube roots to lightness and two opponent axes.
_TO_CONES: Final[tuple[Triple, Triple, Triple]] = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: Final[tuple[Triple, Triple, Triple]] = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_LUMINANCE: Final[Triple] = (0.2126, 0.7152, 0.0722)


def contrast_ratio(colour: str, other: str) -> float:
    """Measure WCAG 2 contrast: 1 for equal colours, 21 for black on white."""
    darker, lighter = sorted(_dot(_LUMINANCE, _linear(each)) for each in (colour, other))
    return (lighter + 0.05) / (darker + 0.05)


def distance(colour: str, other: str) -> float:
    """Measure how different two colours look, in Oklab: 0 for equal, 1 for black and white, 0.02 just visible."""
    return math.dist(oklab(colour), oklab(other))


@lru_cache(maxsize=4096)
def oklab(colour: str) -> Triple:
    """Convert to Oklab: lightness (0 to 1), green to red, blue to yellow."""
    linear = _linear(colour)
    cones = _triple(math.cbrt(_dot(row, linear)) for row in _TO_CONES)
    return _triple(_dot(row, cones) for row in _TO_LAB)


def oklab_pixels(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Convert many pixels at once: sRGB in the last axis in, Oklab out."""
    channels = np.arange(256, dtype=np.float64) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4).astype(np.float32)
    cones = np.cbrt(linear[rgb] @ np.array(_TO_CONES, np.float32).T)
    lab: NDArray[np.float32] = cones @ np.array(_TO_LAB, np.float32).T
    return lab


def _linear(colour: str) -> Triple:
    """Undo sRGB's transfer curve."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _triple(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)


def _dot(row: Triple, values: Triple) -> float:
    return sum(a * b for a, b in zip(row, values, strict=True))


def _triple(values: Iterable[float]) -> Triple:
    first, second, third = values
    return first, second, third
