"""The words on a poster: title, rule, subtitle, coordinates, free lines and the credit, drawn as outlines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from mural.fonts import DEFAULT_FAMILY, han_family, require_family
from mural.poster import Page, PosterDesign
from mural.render.fonts import FontShelf, Typeface
from mural.render.typesetting import FittedLine, TypeStyle, fit, vertices
from mural.units import PT_PER_INCH, PT_PER_MM
from mural.wording import CREDIT, TextRole, poster_texts

Role = TextRole | Literal["rule", "credit"]

MODEL_WIDTH_PT: Final = 864.0
MODEL_HEIGHT_PT: Final = 1000.0
"""The page that the sizes below are for: 12 in wide, and not much wider than tall."""

MARGIN_SHARE: Final = 0.085
"""What stays free of lettering on either side, of the page's width."""

CREDIT_BASELINE: Final = 26.0
BLOCK_BOTTOM: Final = 66.0
RULE_LENGTH: Final = 64.0
RULE_THICKNESS: Final = 1.1
RULE_ABOVE: Final = 25.0

HIGHEST_SHARE: Final = 0.5
"""How much of the page's height the lettering may take before all of it is set smaller."""

CRAMPED: Final = 0.9
"""How much smaller, each time it is tried."""

LEADING_EM: Final = 0.5
"""From the top of a broken line's second half to the baseline of its first."""

CAP_HEIGHT_EM: Final = 0.7
SHALLOW_EM: Final = 0.12
"""How far letters may hang below the baseline without pushing the line up."""


@dataclass(frozen=True, slots=True)
class PlacedText:
    """One line, or the rule, where it stands: its outline in points from the page's lower left corner."""

    role: Role
    text: str
    outline: Path
    size_pt: float

    @property
    def box_pt(self) -> tuple[float, float, float, float]:
        """The ink's left, bottom, right and top in points."""
        xy = vertices(self.outline)
        (left, bottom), (right, top) = xy.min(axis=0), xy.max(axis=0)
        return float(left), float(bottom), float(right), float(top)


@dataclass(frozen=True, slots=True)
class _Row:
    """How one kind of line is set, and the space it wants to what stands below; lengths in model points."""

    size: float
    tracking_em: float
    space_below: float


_ROWS: Final[dict[Role, _Row]] = {
    "title": _Row(size=68, tracking_em=0.17, space_below=24),
    "subtitle": _Row(size=25, tracking_em=0.24, space_below=19),
    "coordinates": _Row(size=15.5, tracking_em=0.1, space_below=14),
    "line": _Row(size=15.5, tracking_em=0.06, space_below=10),
    "credit": _Row(size=7.4, tracking_em=0.04, space_below=0),
}


def layout_lettering(design: PosterDesign, shelf: FontShelf) -> list[PlacedText]:
    """Lay out a poster's words, fitted to the page by measuring; from the bottom up, the credit first.

    Raises MissingScript when a text has no font and InvalidInput when the typeface is unknown.
    """
    scale = page_scale(design.page)
    highest_pt = design.page.height_mm * PT_PER_MM * HIGHEST_SHARE
    while block_top_pt(placed := _stack(design, _Desk(design, shelf, scale))) > highest_pt:
        scale *= CRAMPED
    return placed


def _stack(design: PosterDesign, desk: _Desk) -> list[PlacedText]:
    """Stand a poster's texts one above the other."""
    placed = desk.stand("credit", CREDIT, CREDIT_BASELINE * desk.scale)
    y_pt = BLOCK_BOTTOM * desk.scale
    for role, text in reversed(poster_texts(design)):
        if len(placed) > 1:
            y_pt += _ROWS[role].space_below * desk.scale
            if role == "title":
                placed.append(_rule(desk.centre_pt, y_pt, desk.scale))
                y_pt += RULE_ABOVE * desk.scale
        placed += desk.stand(role, text, y_pt)
        y_pt = block_top_pt(placed)
    return placed


def page_scale(page: Page) -> float:
    """Compare a page with the 12 x 16 in model: the factor for its lettering."""
    return min(page.width_mm * PT_PER_MM / MODEL_WIDTH_PT, page.height_mm * PT_PER_MM / MODEL_HEIGHT_PT)


def block_top_pt(placed: Iterable[PlacedText]) -> float:
    """Measure how high the lettering reaches above the page's lower edge, for the fade behind it."""
    return max(text.box_pt[3] for text in placed)


def draw_lettering(
    figure: Figure,
    placed: Iterable[PlacedText],
    colour: str,
    *,
    origin_pt: tuple[float, float] = (0.0, 0.0),
    zorder: float = 100.0,
) -> None:
    """Draw the lettering on a figure as filled outlines, the same for pixels and vectors.

    ``origin_pt`` is the trimmed page's lower left corner in the figure, in points. Each line's gid is its role.
    """
    to_figure = Affine2D().translate(*origin_pt).scale(1 / PT_PER_INCH) + figure.dpi_scale_trans
    for text in placed:
        patch = PathPatch(text.outline, facecolor=colour, linewidth=0, transform=to_figure, zorder=zorder)
        patch.set_gid(f"lettering-{text.role}")
        patch.set_snap(False)
        figure.add_artist(patch)


class _Desk:
    """Sets the texts of one poster at one scale: its typeface, its page and its fonts."""

    def __init__(self, design: PosterDesign, shelf: FontShelf, scale: float) -> None:
        self.scale = scale
        self.centre_pt = design.page.width_mm * PT_PER_MM / 2
        self._family = require_family(design.texts.font or design.theme.font or DEFAULT_FAMILY)
        self._han_family = han_family(design.place.country)
        self._shelf = shelf

    def stand(self, role: Role, text: str, bottom_pt: float) -> list[PlacedText]:
        """Set one text, centred, its lowest line standing on ``bottom_pt``; the lowest line comes first."""
        placed: list[PlacedText] = []
        for line in reversed(fit(text, self._style(role), 2 * self.centre_pt * (1 - 2 * MARGIN_SHARE), self._shelf)):
            baseline_pt = bottom_pt + _depth_pt(line)
            move = Affine2D().translate(self.centre_pt - line.width_pt / 2, baseline_pt)
            placed.append(PlacedText(role, line.text, line.outline.transformed(move), line.size_pt))
            cap_top_pt = baseline_pt + CAP_HEIGHT_EM * line.size_pt
            bottom_pt = max(placed[-1].box_pt[3], cap_top_pt) + LEADING_EM * line.size_pt
        return placed

    def _style(self, role: Role) -> TypeStyle:
        row = _ROWS[role]
        weight = self._family.title_weight if role == "title" else self._family.text_weight
        face = Typeface(self._family.id, weight, self._han_family)
        return TypeStyle(face, row.size * self.scale, row.tracking_em)


def _depth_pt(line: FittedLine) -> float:
    """Measure what a line's deepest letters take beyond what any line may."""
    lowest_pt = float(vertices(line.outline)[:, 1].min())
    return max(0.0, -lowest_pt - SHALLOW_EM * line.size_pt)


def _rule(centre_pt: float, bottom_pt: float, scale: float) -> PlacedText:
    half_pt, thickness_pt = RULE_LENGTH / 2 * scale, RULE_THICKNESS * scale
    left, right, top = centre_pt - half_pt, centre_pt + half_pt, bottom_pt + thickness_pt
    corners = [(left, bottom_pt), (right, bottom_pt), (right, top), (left, top), (left, bottom_pt)]
    return PlacedText("rule", "", Path(corners, closed=True), thickness_pt)
