"""A poster put together: the map, its fades, what is placed on it and its lettering, as one matplotlib figure.

The figure is made without pyplot, belongs to its Picture alone, and is drawn by mural.render.export.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from matplotlib.artist import Artist
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox, BboxTransformTo, Transform

from mural.colours import contrast_ratio, oklab
from mural.geo.layers import Layer, ProjectedMap
from mural.jobs.progress import Step
from mural.poster import Format, PosterDesign
from mural.render.bands import BandRenderer
from mural.render.fades import FadedWater, Fades, reaches
from mural.render.fonts import FontShelf
from mural.render.furniture import crop_marks, furnish
from mural.render.inked import Shape, draw_shapes
from mural.render.layers import Fill, Group, Stroke, plan_layers
from mural.render.lettering import PlacedText, block_top_pt, draw_lettering, layout_lettering, page_scale
from mural.render.marks import draw_markers, draw_tracks
from mural.render.page import Sheet
from mural.render.texture import Texture
from mural.themes import mix
from mural.units import PT_PER_INCH

SEA_FADE: Final = 0.55
"""How far the sea is blended into white, or into a dark ground, where it has faded most."""

WHITE: Final = "#ffffff"
BLACK: Final = "#000000"

VECTORS: Final = frozenset({Format.SVG, Format.PDF})

Report = Callable[[Step, float], None]
"""Hears of progress: the step and how much of it (0 to 1) is done."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A composed poster, in points and metres: ready to be drawn in any resolution and format."""

    design: PosterDesign
    sheet: Sheet
    groups: tuple[Group, ...]
    lettering: tuple[PlacedText, ...]
    shapes: tuple[Shape, ...]

    @property
    def widest_stroke_pt(self) -> float:
        """Give the width of the widest stroke."""
        strokes = (mark.width_pt for group in self.groups for mark in group.marks if isinstance(mark, Stroke))
        return max(strokes, default=0.0)

    @property
    def textured(self) -> bool:
        """Tell whether it looks printed on something; vectors are left to the sheet that they are printed on."""
        return self.design.theme.texture != "none" and self.design.format not in VECTORS

    def figure(self, dpi: float, margin_pt: float = 0.0) -> Figure:
        """Make a figure of the sheet, with room around the trimmed page where a PDF wants some."""
        sheet, theme = self.sheet, self.design.theme
        width_in, height_in = (
            (length_pt + 2 * margin_pt) / PT_PER_INCH for length_pt in (sheet.width_pt, sheet.height_pt)
        )
        figure = Figure(figsize=(width_in, height_in), dpi=dpi, frameon=False)
        figure.add_artist(MapArtist(self.groups, sheet, theme.bg, margin_pt))
        planned = reaches(theme.fades, sheet, block_top_pt(self.lettering), page_scale(self.design.page))
        figure.add_artist(Fades(theme.gradient_color, sheet, margin_pt, planned))
        water = self._sea_fade(margin_pt)
        if water is not None:
            figure.add_artist(Fades(water.colour, sheet, margin_pt, planned, water))
        if self.textured:
            figure.add_artist(Texture(theme.texture))
        draw_shapes(figure, self.shapes, origin_pt=(margin_pt, margin_pt))
        if margin_pt and sheet.crop_marks:
            draw_shapes(figure, crop_marks(sheet), origin_pt=(margin_pt, margin_pt))
        draw_lettering(figure, self.lettering, theme.text, origin_pt=(margin_pt, margin_pt))
        return figure

    def _sea_fade(self, margin_pt: float) -> FadedWater | None:
        """Give what the sea fades into: not the land's colour, or a coast would seem to end at the fade."""
        seas = [mark for group in self.groups if group.name == Layer.SEA for mark in group.marks]
        if not seas or not isinstance(seas[0], Fill):
            return None
        sea, theme = seas[0], self.design.theme
        # Under dark letters it grows pale and keeps its hue; under light ones it sinks into the dark.
        dark_letters = contrast_ratio(theme.text, WHITE) > contrast_ratio(theme.text, BLACK)
        into = mix(sea.colour, WHITE if dark_letters else theme.gradient_color, SEA_FADE)
        if dark_letters:
            into = no_paler(into, theme.bg, sea.colour)
        to_points = _from_metres(self.sheet, margin_pt, PT_PER_INCH)
        return FadedWater(sea.surface, into, to_points)


def no_paler(colour: str, ground: str, start: str) -> str:
    """Keep a colour that was blended from ``start`` from growing paler than the ground, which letters are made for."""
    pale, least, most = (oklab(each)[0] for each in (colour, start, ground))
    return colour if pale <= max(most, least) else mix(start, colour, max(0.0, (most - least) / (pale - least)))


def draw_poster(projected: ProjectedMap, design: PosterDesign, fonts_dir: FilePath, report: Report) -> Picture:
    """Compose a poster from a map in metres about the page's centre; raise MissingScript when a font is missing."""
    sheet = Sheet.of(design)
    groups = plan_layers(projected, design, sheet)
    report(Step.LETTERING, 0.0)
    shelf = FontShelf.load(fonts_dir)
    lettering = tuple(layout_lettering(design, shelf))
    furniture = furnish(design, sheet, shelf)
    taken = [Bbox.from_extents(*text.box_pt) for text in lettering]
    taken += [shape.outline.get_extents() for shape in furniture if shape.name != "frame"]
    markers = draw_markers(design, sheet, shelf, taken)
    placed = (*draw_tracks(design, sheet), *markers, *furniture)
    # What lies beyond the page nobody is shown; a file of lines would hold it all the same, such as a home off the map.
    shapes = tuple(shape for shape in placed if shape.reaches(sheet))
    return Picture(design, sheet, groups, lettering, shapes)


class MapArtist(Artist):
    """The ground and the groups of a map."""

    def __init__(self, groups: tuple[Group, ...], sheet: Sheet, ground: str, margin_pt: float) -> None:
        super().__init__()
        self._groups = groups
        self._sheet = sheet
        self._ground = ground
        self._margin_pt = margin_pt
        self.set_zorder(-20)

    def draw(self, renderer: RendererBase) -> None:
        """Draw everything that the renderer can see."""
        if isinstance(renderer, BandRenderer):
            self._draw_band(renderer)
        else:
            self._draw_page(renderer)

    def _draw_band(self, band: BandRenderer) -> None:
        band.buffer[...] = (*bytes.fromhex(self._ground[1:]), 255)
        transform = _from_metres(self._sheet, self._margin_pt, band.dpi)
        reach_m = transform.inverted().transform([(0.0, y) for y in band.reach_px])[:, 1]
        for group in self._groups:
            for mark in group.marks:
                _draw_mark(band, mark, transform, (reach_m[0], reach_m[1]), None)

    def _draw_page(self, renderer: RendererBase) -> None:
        sheet = self._sheet
        edge_pt = self._margin_pt - sheet.reach_pt
        paper = Bbox.from_bounds(
            edge_pt, edge_pt, sheet.width_pt + 2 * sheet.reach_pt, sheet.height_pt + 2 * sheet.reach_pt
        )
        transform = _from_metres(sheet, self._margin_pt, PT_PER_INCH)
        renderer.open_group("land", gid="land")
        _fill(renderer, Path.unit_rectangle(), BboxTransformTo(paper), self._ground, paper)
        renderer.close_group("land")
        for group in self._groups:
            renderer.open_group(group.name, gid=group.name)
            for mark in group.marks:
                _draw_mark(renderer, mark, transform, EVERYTHING, paper)
            renderer.close_group(group.name)


def _from_metres(sheet: Sheet, margin_pt: float, dpi: float) -> Affine2D:
    centre_pt = (margin_pt + sheet.width_pt / 2, margin_pt + sheet.height_pt / 2)
    return Affine2D().scale(sheet.pt_per_m).translate(*centre_pt).scale(dpi / PT_PER_INCH)


EVERYTHING: Final = (-float("inf"), float("inf"))


def _draw_mark(
    renderer: RendererBase, mark: Fill | Stroke, transform: Transform, reach_m: tuple[float, float], clip: Bbox | None
) -> None:
    if isinstance(mark, Fill):
        path = mark.surface.path_between(*reach_m)
        if path is not None:
            _fill(renderer, path, transform, mark.colour, clip)
        return
    gc = _context(renderer, mark.colour, clip)
    gc.set_linewidth(mark.width_pt)
    gc.set_capstyle(mark.cap)
    gc.set_joinstyle("round")
    for chunk in mark.chunks:
        if chunk.bottom_m <= reach_m[1] and chunk.top_m >= reach_m[0]:
            renderer.draw_path(gc, chunk.path, transform)
    gc.restore()


def _fill(renderer: RendererBase, path: Path, transform: Transform, colour: str, clip: Bbox | None) -> None:
    gc = _context(renderer, colour, clip)
    gc.set_linewidth(0)
    renderer.draw_path(gc, path, transform, to_rgba(colour))
    gc.restore()


def _context(renderer: RendererBase, colour: str, clip: Bbox | None) -> GraphicsContextBase:
    gc = renderer.new_gc()
    gc.set_foreground(colour)
    gc.set_antialiased(True)
    gc.set_snap(False)
    if clip is not None:
        gc.set_clip_rectangle(clip)
    return gc
