"""What is drawn for a map, in which order, colour and weight: groups of marks, ready for any kind of output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from mural.geo import ragged
from mural.geo.layers import CARRIAGEWAYS, LINKS, ROADS, Layer, Lines, Polygons, ProjectedMap
from mural.geo.squares import ON_FOOT
from mural.poster import LayerChoice, PosterDesign
from mural.render.dashes import dashed
from mural.render.junctions import PINHOLES_BELOW_M, Band, pinholes
from mural.render.page import Sheet
from mural.render.shapes import Chunk, Surface, line_chunks
from mural.render.strokes import (
    AREA_FADES_M,
    CARRIAGEWAY,
    CASED_FROM_PT,
    CASING_PT,
    EDGE_PT,
    EDGED_FROM_PT,
    WEIGHTS,
    presence,
)
from mural.render.tunnels import ends, flat_at, tunnel_dashes
from mural.themes import Theme, mix

Cap = Literal["round", "butt"]

CHOICES: Final[dict[Layer, LayerChoice]] = {
    Layer.SEA: "sea",
    Layer.WATER: "water",
    Layer.POOL: "water",
    Layer.WETLAND: "water",
    Layer.GLACIER: "water",
    Layer.RIVER: "rivers",
    Layer.CANAL: "rivers",
    Layer.STREAM: "rivers",
    Layer.DITCH: "rivers",
    Layer.PARK: "parks",
    Layer.WOOD: "parks",
    Layer.PISTE: "parks",
    Layer.PISTE_LINE: "parks",
    Layer.BEACH: "beaches",
    Layer.BUILDING: "buildings",
    Layer.AIRPORT: "airports",
    Layer.RUNWAY: "airports",
    Layer.TAXIWAY: "airports",
    Layer.RAIL: "rail",
    Layer.SIDING: "rail",
    Layer.SUBWAY: "rail",
    Layer.TRAM: "rail",
    Layer.LIFT: "rail",
    Layer.PLATFORM: "rail",
    Layer.PIER: "piers",
    Layer.PIER_LINE: "piers",
    Layer.FERRY: "piers",
    Layer.ROAD_MOTORWAY: "roads",
    Layer.ROAD_PRIMARY: "roads",
    Layer.ROAD_SECONDARY: "roads",
    Layer.ROAD_TERTIARY: "roads",
    Layer.ROAD_RESIDENTIAL: "roads",
    Layer.ROAD_PEDESTRIAN: "roads",
    Layer.ROAD_DEFAULT: "roads",
    Layer.SQUARE: "roads",
    Layer.LINK_MOTORWAY: "roads",
    Layer.LINK_PRIMARY: "roads",
    Layer.LINK_SECONDARY: "roads",
    Layer.LINK_TERTIARY: "roads",
    Layer.CARRIAGEWAY_MOTORWAY: "roads",
    Layer.CARRIAGEWAY_PRIMARY: "roads",
    Layer.CARRIAGEWAY_SECONDARY: "roads",
    Layer.CARRIAGEWAY_TERTIARY: "roads",
}
"""The choice of a request that switches a layer."""

TUNNEL_DIM: Final = 0.55
"""How far the colour of a tunnel is blended into the ground."""

TUNNEL_WIDTH: Final = 0.7
"""Width of a tunnel, as a share of the same road's in the open."""

FLAT_FROM_PT: Final = 1.5
"""Nobody sees whether the end of a road thinner than this is round, on a sheet whose shorter side is 12 in."""

DASH: Final = 1.6
"""Length of a tunnel's dashes, in widths of its road."""

GAP: Final = 0.7
"""Length of what is between them, as a share of theirs."""

UPWARDS: Final = (ROADS[-1], Layer.ROAD_PEDESTRIAN, *ROADS[-2::-1])
"""Classes of roads, the least important first: what is walked over lies under what is driven on."""

EDGE: Final = 0.2
"""How far the edge of what people walk on is blended into the colour of the lettering."""

RECEDING: Final = 0.35
"""How far sidings and yards, of which there are many side by side, are blended into the ground."""

FERRY_DASH: Final = 7.0
"""Length of the dashes of a ferry's way, in widths of its line."""

FAINTEST: Final = 0.72
"""How far a class is blended into the ground just before it drops out."""


@dataclass(frozen=True, slots=True)
class Fill:
    """Polygons of one colour."""

    surface: Surface
    colour: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """Lines of one colour and width."""

    chunks: tuple[Chunk, ...]
    colour: str
    width_pt: float
    cap: Cap = "round"


@dataclass(frozen=True, slots=True)
class Group:
    """Marks under the name by which a vector file knows them."""

    name: str
    marks: tuple[Fill | Stroke, ...]


def plan_layers(projected: ProjectedMap, design: PosterDesign, sheet: Sheet) -> tuple[Group, ...]:
    """List the groups to draw from the bottom up; what a design switched off or a distance hides is not among them."""
    plan = _Plan(projected, design, sheet)
    groups = (*plan.ground(), *plan.railways(), *plan.roads())
    return tuple(group for group in groups if group.marks)


class _Plan:
    """The drawing order of one map."""

    def __init__(self, projected: ProjectedMap, design: PosterDesign, sheet: Sheet) -> None:
        self._map = projected
        self._theme: Theme = design.theme
        self._sheet = sheet
        self._layers = {layer for layer, choice in CHOICES.items() if choice in design.layers}
        roads = [part for layer, part in projected.lines.items() if CHOICES.get(layer) == "roads"]
        under = [ragged.take_lines(road, road.level < 0) for road in roads]
        self._portals = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *map(ends, under)]))

    def ground(self) -> Iterator[Group]:
        """Give everything that lies flat: greens, waters, piers, airports and buildings."""
        theme = self._theme
        yield Group("platforms", self._paved(Layer.PLATFORM))
        yield Group("squares", self._paved(Layer.SQUARE))
        yield Group("parks", self._fill(Layer.PARK, theme.parks))
        yield Group("woods", self._fill(Layer.WOOD, theme.wood))
        yield Group("glaciers", self._fill(Layer.GLACIER, theme.snow))
        yield Group("pistes", self._fill(Layer.PISTE, theme.snow) + self._stroke(Layer.PISTE_LINE, theme.snow))
        yield Group("wetlands", self._fill(Layer.WETLAND, theme.wetland))
        yield Group("beaches", self._fill(Layer.BEACH, theme.beach))
        for layer in (Layer.DITCH, Layer.STREAM, Layer.CANAL, Layer.RIVER):
            yield Group(layer, self._stroke(layer, theme.river, open_air=True))  # nobody sees a culvert
        yield Group("water", self._fill(Layer.WATER, theme.water))
        yield Group("pools", self._fill(Layer.POOL, self._faded(Layer.POOL, theme.water)))
        yield Group("sea", self._fill(Layer.SEA, theme.sea))
        yield Group("ferries", self._dashes(Layer.FERRY, theme.ferry, FERRY_DASH))
        piers = self._fill(Layer.PIER, theme.pier) + self._stroke(Layer.PIER_LINE, theme.pier, cap="butt")
        yield Group("piers", piers)
        runways = sum((self._stroke(way, theme.airport, cap="butt") for way in (Layer.TAXIWAY, Layer.RUNWAY)), ())
        yield Group("airports", self._fill(Layer.AIRPORT, mix(theme.airport, theme.bg, 0.5)) + runways)
        yield Group("buildings", self._fill(Layer.BUILDING, self._faded(Layer.BUILDING, theme.buildings)))

    def railways(self) -> Iterator[Group]:
        """Give the rails; those under ground are dashed and dim."""
        for layer in (Layer.SUBWAY, Layer.TRAM, Layer.SIDING, Layer.RAIL):
            ink = mix(self._theme.rail, self._theme.bg, RECEDING) if layer is Layer.SIDING else self._theme.rail
            yield Group(layer, self._tunnels(layer, ink) + self._stroke(layer, ink, cap="butt", open_air=True))

        yield Group("lifts", self._stroke(Layer.LIFT, self._theme.rail, cap="butt"))

    def roads(self) -> Iterator[Group]:
        """Give the roads from minor to major: tunnels under everything, bridges over everything."""
        upwards = tuple((road, self._kinds(road)) for road in UPWARDS)
        ink = {kind: self._ink(road) for road, kinds in upwards for kind in kinds}
        yield Group("tunnels", sum((self._tunnels(kind, ink[kind]) for kind in ink), ()))
        if self._theme.casing != self._theme.bg:
            yield Group("road_casings", sum((self._casing(kind, level=0) for kind in ink), ()))
        for road, kinds in upwards:
            strokes = sum((self._stroke(kind, ink[kind], open_air=True) for kind in kinds), ())
            yield Group(road, (self._street_edges() if road is Layer.ROAD_PEDESTRIAN else ()) + strokes)
        yield Group("junctions", self._junctions(ink))
        # A bridge that is wider than life would only cut the road below it in two.
        bridged = [kind for kind in ink if WEIGHTS[kind].true_to_scale(self._sheet)]
        bridges = (self._casing(kind, level=1) + self._bridges(kind, ink[kind]) for kind in bridged)
        yield Group("bridges", sum(bridges, ()))

    def _junctions(self, ink: dict[Layer, str]) -> tuple[Fill, ...]:
        """Give what closes the pinholes between roads that are driven on."""
        if self._sheet.distance_m > PINHOLES_BELOW_M:
            return ()
        shown = [kind for kind in ink if kind not in ON_FOOT and len(self._lines(kind))]
        bands = []
        for kind in shown:
            lines = self._lines(kind)
            width_m = WEIGHTS[kind].width_pt(self._sheet) / self._sheet.pt_per_m
            bands.append(Band(ragged.take_lines(lines, lines.level >= 0), width_m, ink[kind]))
        return tuple(Fill(Surface(polygons), colour) for polygons, colour in pinholes(bands))

    @staticmethod
    def _kinds(road: Layer) -> tuple[Layer, ...]:
        """Name a class's layers from the bottom up: its slip roads and divided roads, if it has any, and the others."""
        return (*(layers[road] for layers in (LINKS, CARRIAGEWAYS) if road in layers), road)

    def _ink(self, road: Layer) -> str:
        if road is not Layer.ROAD_PEDESTRIAN:
            return str(getattr(self._theme, road.value))
        return self._theme.pedestrian if self._streets_are_edged() else self._edge()

    def _edge(self) -> str:
        return mix(self._theme.pedestrian, self._theme.text, EDGE)

    def _streets_are_edged(self) -> bool:
        return WEIGHTS[Layer.ROAD_PEDESTRIAN].width_pt(self._sheet) >= EDGED_FROM_PT * self._sheet.scale

    def _street_edges(self) -> tuple[Stroke, ...]:
        """Give what shows on both sides of a pedestrian street once the street lies on top of it."""
        lines = self._lines(Layer.ROAD_PEDESTRIAN)
        lines = ragged.take_lines(lines, lines.level >= 0)
        if not len(lines) or not self._streets_are_edged():
            return ()
        width_pt = WEIGHTS[Layer.ROAD_PEDESTRIAN].width_pt(self._sheet) + 2 * EDGE_PT * self._sheet.scale
        return (Stroke(line_chunks(lines), self._edge(), width_pt, "butt"),)

    def _paved(self, layer: Layer) -> tuple[Fill | Stroke, ...]:
        """Give areas over their edges, so that no edge shows between two that touch."""
        fills = self._fill(layer, self._faded(layer, self._theme.pedestrian))
        if not fills:
            return ()
        edges = line_chunks(outlines(self._map.polygons[layer]))
        colour = self._faded(layer, self._edge())
        return (Stroke(edges, colour, 2 * EDGE_PT * self._sheet.scale), *fills)

    def _faded(self, layer: Layer, colour: str) -> str:
        return mix(self._theme.bg, colour, presence(self._sheet.distance_m, *AREA_FADES_M[layer]))

    def _fill(self, layer: Layer, colour: str) -> tuple[Fill, ...]:
        polygons = self._map.polygons.get(layer)
        gone = layer in AREA_FADES_M and not presence(self._sheet.distance_m, *AREA_FADES_M[layer])
        if gone or layer not in self._layers or polygons is None or not len(polygons):
            return ()
        return (Fill(Surface(polygons), colour),)

    def _stroke(self, layer: Layer, colour: str, *, cap: Cap = "round", open_air: bool = False) -> tuple[Stroke, ...]:
        lines = self._lines(layer)
        if open_air:
            lines = ragged.take_lines(lines, lines.level >= 0)
        if cap == "butt" or CHOICES[layer] != "roads":
            return self._inked(layer, lines, colour, cap=cap)
        return self._up_to_portals(layer, lines, colour)

    def _up_to_portals(self, layer: Layer, lines: Lines, colour: str) -> tuple[Stroke, ...]:
        """Stroke roads with round ends, but flat ones where a tunnel begins."""
        width_pt = WEIGHTS[layer].width_pt(self._sheet)
        if width_pt < FLAT_FROM_PT * self._sheet.scale:
            return self._inked(layer, lines, colour)
        half_width_m = width_pt / 2 / self._sheet.pt_per_m
        rounded, flat = flat_at(lines, self._portals, half_width_m)
        return self._inked(layer, rounded, colour) + self._inked(layer, flat, colour, cap="butt")

    def _bridges(self, layer: Layer, colour: str) -> tuple[Stroke, ...]:
        lines = self._lines(layer)
        return self._up_to_portals(layer, ragged.take_lines(lines, lines.level > 0), colour)

    def _tunnels(self, layer: Layer, colour: str) -> tuple[Stroke, ...]:
        lines = self._lines(layer)
        under = ragged.take_lines(lines, lines.level < 0)
        dash_m = DASH * (WEIGHTS[layer].width_pt(self._sheet) + 0.4 * self._sheet.scale) / self._sheet.pt_per_m
        dim = mix(colour, self._theme.bg, TUNNEL_DIM)
        dashes = tunnel_dashes(under, dash_m, dash_m * GAP)
        return self._inked(layer, dashes, dim, cap="butt", share=TUNNEL_WIDTH)

    def _dashes(self, layer: Layer, colour: str, dash: float) -> tuple[Stroke, ...]:
        """Stroke lines in dashes so many of their widths long, and as far apart."""
        dash_m = dash * WEIGHTS[layer].width_pt(self._sheet) / self._sheet.pt_per_m
        return self._inked(layer, dashed(self._lines(layer), dash_m, dash_m), colour, cap="butt")

    def _casing(self, layer: Layer, *, level: int) -> tuple[Stroke, ...]:
        width_pt = WEIGHTS[layer].width_pt(self._sheet)
        share = CARRIAGEWAY if layer in CARRIAGEWAYS.values() else 1.0  # both sides are cased where the whole road is
        if width_pt < CASED_FROM_PT * share * self._sheet.scale:
            return ()
        lines = self._lines(layer)
        chunks = line_chunks(ragged.take_lines(lines, lines.level >= level))
        cased_pt = width_pt + 2 * CASING_PT * self._sheet.scale
        return (Stroke(chunks, self._theme.casing, cased_pt, "butt"),) if chunks else ()

    def _inked(
        self, layer: Layer, lines: Lines, colour: str, *, cap: Cap = "round", share: float = 1.0
    ) -> tuple[Stroke, ...]:
        """Stroke lines in a share of their class's weight, fainter the nearer the class is to dropping out."""
        weight = WEIGHTS[layer]
        left = presence(self._sheet.distance_m, weight.fade_from_m, weight.gone_at_m)
        if not left or not len(lines):
            return ()
        faded = mix(colour, self._theme.bg, FAINTEST * (1 - left))
        return (Stroke(line_chunks(lines), faded, weight.width_pt(self._sheet) * share, cap),)

    def _lines(self, layer: Layer) -> Lines:
        lines = self._map.lines.get(layer)
        return NO_LINES if lines is None or layer not in self._layers else lines


def outlines(polygons: Polygons) -> Lines:
    """Give the rings of polygons as lines."""
    return Lines(polygons.xy, polygons.rings, np.zeros(len(polygons.rings) - 1, dtype=np.int8))


NO_LINES: Final = Lines(np.empty((0, 2)), np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.int8))
