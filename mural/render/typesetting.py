"""Turn text into outlines: shape a line with its fonts, set its letters apart, and fit it into a width.

Everything here is measured in ems until a size is chosen, so a line is shaped once however often it is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from matplotlib import _text_helpers  # no public call tells which letter a glyph belongs to
from matplotlib.ft2font import LayoutItem
from matplotlib.path import Path
from numpy.typing import NDArray

from mural.render.fonts import FontShelf, Typeface
from mural.scripts import clusters, is_ideographic, takes_letter_spacing, tidy

EM_PT: Final = 100.0
"""The size lines are shaped at; outlines are divided by it."""

TRACKING_SHARES: Final = (1.0, 0.6, 0.3)
"""How much of its letter-spacing a line may keep while it is made to fit, tried in turn."""

COMFORTABLE: Final = 0.85
"""The share of the wanted size down to which letter-spacing is kept rather than given up."""

SMALLEST_ON_ONE_LINE: Final = 0.58
"""The share of the wanted size below which a line is broken in two."""

LARGEST_ON_TWO_LINES: Final = 0.8
WORTH_BREAKING: Final = 1.2
"""How much larger two lines must come out than one."""


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """How a line is set: ``size_pt`` is wished for, ``tracking_em`` is the space added between letters."""

    face: Typeface
    size_pt: float
    tracking_em: float = 0.0


@dataclass(frozen=True, slots=True)
class ShapedLine:
    """A line's outlines in ems, baseline at y = 0; ``gap`` counts the letters before each vertex.

    ``xy`` has the shape (n, 2), ``codes`` and ``gap`` the shape (n,).
    """

    xy: NDArray[np.float64]
    codes: NDArray[np.uint8]
    gap: NDArray[np.int64]

    def outline(self, size_pt: float, tracking_em: float) -> Path:
        """Return the line at a size, its ink beginning at x = 0, in points."""
        if not len(self.xy):
            return Path(np.empty((0, 2)))
        xy = self.xy.copy()
        xy[:, 0] += self.gap * tracking_em
        xy[:, 0] -= xy[:, 0].min()
        return Path(xy * size_pt, self.codes)

    def width_em(self, tracking_em: float) -> float:
        """Measure the ink from its left to its right end."""
        return float(np.ptp(self.xy[:, 0] + self.gap * tracking_em)) if len(self.xy) else 0.0


NOTHING: Final = ShapedLine(np.empty((0, 2)), np.empty(0, np.uint8), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class FittedLine:
    """A line as it will stand: outline in points, ink beginning at x = 0, baseline at y = 0."""

    text: str
    outline: Path
    size_pt: float
    width_pt: float


def vertices(outline: Path) -> NDArray[np.float64]:
    """Return an outline's points, shape (n, 2)."""
    return np.asarray(outline.vertices, dtype=np.float64)


def shape(text: str, style: TypeStyle, shelf: FontShelf) -> ShapedLine:
    """Shape one line; raises MissingScript when a character has no font."""
    line = tidy(text)
    spaced = style.tracking_em > 0 and takes_letter_spacing(line)
    return _shape(line, style.face, shelf, spaced) if line else NOTHING


# The credit is on every poster, and a poster's other lines come back with its next theme, size or try at fitting.
@lru_cache(maxsize=128)
def _shape(line: str, face: Typeface, shelf: FontShelf, spaced: bool) -> ShapedLine:
    font = shelf.open(line, face)
    font.set_size(EM_PT, 72)
    # Between the letters of a ligature no space can be put.
    features = ("lnum", "-liga", "-clig", "-calt") if spaced else ("lnum",)
    xy, codes, gaps = [], [], []
    # matplotlib annotates one feature but takes any number.
    items = _text_helpers.layout(line, font, features=features)  # type: ignore[arg-type]
    for gap, item in _numbered(items):
        points, kinds = _outline(item)
        xy.append(points)
        codes.append(kinds)
        gaps.append(np.full(len(kinds), gap if spaced else 0))
    return ShapedLine(np.concatenate(xy), np.concatenate(codes), np.concatenate(gaps))


def _outline(item: LayoutItem) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Return a glyph's points, in ems where it stands in the line, and their path codes."""
    points, codes = (np.asarray(part) for part in item.ft_object.get_path())
    xy = points.astype(np.float64).reshape(-1, 2)
    # A closing code's point says nothing, but it would be measured as ink at the glyph's origin.
    closing = np.flatnonzero(codes == Path.CLOSEPOLY)
    xy[closing] = xy[closing - 1]
    return (xy + np.array([item.x, item.y])) / EM_PT, codes.astype(np.uint8)


def _numbered(items: Iterator[LayoutItem]) -> Iterator[tuple[int, LayoutItem]]:
    """Count letters: the glyphs of a letter and its marks share a number, two equal letters in a row do not."""
    number, base = -1, ("", -1)
    for item in items:
        # Every glyph names the letter it came from; a letter that comes again begins with the same glyph.
        if item.char != base[0] or item.glyph_index == base[1]:
            number, base = number + 1, (item.char, item.glyph_index)
        yield number, item


def fit(text: str, style: TypeStyle, limit_pt: float, shelf: FontShelf) -> list[FittedLine]:
    """Set a text within ``limit_pt``: closer, then smaller, then on two lines; nothing for an empty text."""
    line = tidy(text)
    tracking_em = style.tracking_em * (0.5 if is_ideographic(line) else 1.0)
    whole = shape(line, style, shelf)
    if not len(whole.xy):
        return []
    size_pt, kept_em = _largest([whole], style.size_pt, tracking_em, limit_pt)
    if size_pt >= style.size_pt * SMALLEST_ON_ONE_LINE:
        return [_fitted(line, whole, size_pt, kept_em)]
    halves = _break(line, style, shelf)
    shaped = [shape(half, style, shelf) for half in halves]
    two_pt, two_em = _largest(shaped, style.size_pt * LARGEST_ON_TWO_LINES, tracking_em, limit_pt)
    if two_pt < size_pt * WORTH_BREAKING:
        return [_fitted(line, whole, size_pt, kept_em)]
    return [_fitted(half, piece, two_pt, two_em) for half, piece in zip(halves, shaped, strict=True)]


def _largest(lines: list[ShapedLine], size_pt: float, tracking_em: float, limit_pt: float) -> tuple[float, float]:
    """Find the size at which the widest line fits, and the letter-spacing (in ems) it keeps there."""
    fitting_pt, kept_em = 0.0, tracking_em
    for share in TRACKING_SHARES:
        kept_em = tracking_em * share
        width_em = max(line.width_em(kept_em) for line in lines)
        fitting_pt = min(size_pt, limit_pt / width_em) if width_em else size_pt
        if fitting_pt >= size_pt * COMFORTABLE:
            break
    return fitting_pt, kept_em


def _break(line: str, style: TypeStyle, shelf: FontShelf) -> list[str]:
    """Break a line in two where the longer part is shortest: at a space or after a hyphen, else inside the word."""
    at_words = [
        (line[:k].rstrip(), line[k:].lstrip())
        for k in range(1, len(line))
        if line[k] == " " or (line[k - 1] in "-–/" and line[k] != " ")
    ]
    if not at_words:
        return _halves(line)
    return list(min(at_words, key=lambda pair: max(shape(part, style, shelf).width_em(0.0) for part in pair)))


def _halves(word: str) -> list[str]:
    """Break a single word in the middle, with a hyphen where the script uses one."""
    letters = clusters(word)
    middle = (len(letters) + 1) // 2
    hyphen = "-" if takes_letter_spacing(word) and not is_ideographic(word) else ""
    return ["".join(letters[:middle]) + hyphen, "".join(letters[middle:])]


def _fitted(text: str, line: ShapedLine, size_pt: float, tracking_em: float) -> FittedLine:
    return FittedLine(text, line.outline(size_pt, tracking_em), size_pt, line.width_em(tracking_em) * size_pt)
