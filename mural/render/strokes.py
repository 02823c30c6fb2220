"""How wide each class of line is drawn, and from which distance on it fades and drops out."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from mural.geo.layers import CARRIAGEWAYS, STREETS, Layer
from mural.render.page import Sheet

THIN_FROM_M: Final = 12_000.0
"""Up to this distance the narrowest strokes hold; beyond it they give way, or a whole region would be a blot."""

THINNING: Final = 0.35
"""How steeply: the power of the distance by which they grow thinner."""

LARGEST_EXAGGERATION: Final = 1.6
"""How many times its width on the ground a line may be drawn and still pass for a picture of the road."""

CARRIAGEWAY: Final = 0.66
"""Width of one side of a divided road, as a share of an undivided one: both and the gap between are a little more."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A class of lines: its width on the ground, the narrowest and widest it is drawn, and when it fades.

    ``floor_pt`` and ``ceiling_pt`` hold for a sheet whose shorter side is 12 in. Up to ``fade_from_m`` (the poster's
    distance) the class is drawn in full; at ``gone_at_m`` it has dropped out.
    """

    width_m: float
    floor_pt: float
    ceiling_pt: float
    fade_from_m: float = math.inf
    gone_at_m: float = math.inf

    def carriageway(self) -> Weight:
        """Give the weight of one side of a divided road."""
        return replace(
            self,
            width_m=self.width_m * CARRIAGEWAY,
            floor_pt=self.floor_pt * CARRIAGEWAY,
            ceiling_pt=self.ceiling_pt * CARRIAGEWAY,
        )

    def true_to_scale(self, sheet: Sheet) -> bool:
        """Tell whether the class is about as wide on a sheet as it is on the ground, not a mere symbol."""
        return self.width_m * sheet.pt_per_m * LARGEST_EXAGGERATION >= self.width_pt(sheet)

    def width_pt(self, sheet: Sheet) -> float:
        """Give the stroke width in points on a sheet."""
        natural_pt = self.width_m * sheet.pt_per_m / sheet.scale
        thinning = min(1.0, math.pow(THIN_FROM_M / sheet.distance_m, THINNING))
        return min(self.ceiling_pt, max(self.floor_pt * thinning, natural_pt)) * sheet.scale


def presence(distance_m: float, fade_from_m: float, gone_at_m: float) -> float:
    """Tell how much of a class is left at a distance: 1 up to ``fade_from_m``, 0 from ``gone_at_m`` on."""
    if distance_m <= fade_from_m:
        return 1.0
    if distance_m >= gone_at_m:
        return 0.0
    # Logarithmic, because doubling the distance halves every width wherever one starts.
    return 1.0 - math.log(distance_m / fade_from_m) / math.log(gone_at_m / fade_from_m)


_UNDIVIDED: Final = {
    Layer.ROAD_MOTORWAY: Weight(17.0, 1.95, 9.6),
    Layer.ROAD_PRIMARY: Weight(11.0, 1.2, 6.6),
    Layer.ROAD_SECONDARY: Weight(10.0, 0.95, 5.9),
    Layer.ROAD_TERTIARY: Weight(8.5, 0.75, 5.4, 24_000, 110_000),
    Layer.ROAD_RESIDENTIAL: Weight(6.5, 0.5, 4.6, 12_000, 70_000),
    Layer.ROAD_PEDESTRIAN: Weight(6.5, 0.5, 4.6, 6_000, 36_000),
    Layer.ROAD_DEFAULT: Weight(2.8, 0.3, 1.6, 3_500, 18_000),
    Layer.LINK_MOTORWAY: Weight(6.0, 0.68, 3.5),
    Layer.LINK_PRIMARY: Weight(5.2, 0.52, 3.1),
    Layer.LINK_SECONDARY: Weight(4.8, 0.45, 2.8),
    Layer.LINK_TERTIARY: Weight(4.4, 0.38, 2.5, 24_000, 110_000),
    Layer.RIVER: Weight(18.0, 1.1, 9.0),
    Layer.CANAL: Weight(10.0, 0.7, 6.0, 12_000, 60_000),
    Layer.STREAM: Weight(3.0, 0.35, 2.0, 4_000, 24_000),
    Layer.DITCH: Weight(1.5, 0.25, 1.0, 1_500, 6_000),
    Layer.RAIL: Weight(2.6, 0.5, 1.2, 12_000, 90_000),
    Layer.SIDING: Weight(1.5, 0.22, 0.6, 2_500, 16_000),
    Layer.SUBWAY: Weight(2.6, 0.4, 1.0, 6_000, 24_000),
    Layer.TRAM: Weight(1.8, 0.3, 0.8, 3_000, 14_000),
    Layer.RUNWAY: Weight(50.0, 1.2, 24.0),
    Layer.TAXIWAY: Weight(15.0, 0.4, 6.0, 8_000, 30_000),
    Layer.FERRY: Weight(4.0, 0.4, 0.9, 15_000, 70_000),
    Layer.LIFT: Weight(2.0, 0.4, 0.8, 8_000, 30_000),
    Layer.PISTE_LINE: Weight(25.0, 0.5, 9.0, 8_000, 30_000),
    Layer.PIER_LINE: Weight(5.0, 0.6, 4.0, 10_000, 40_000),
}
WEIGHTS: Final[dict[Layer, Weight]] = _UNDIVIDED | {
    half: _UNDIVIDED[road].carriageway() for road, half in CARRIAGEWAYS.items()
}
"""Line weights by layer."""

BUILDING_FADE_M: Final = (4_000.0, 22_000.0)
"""Distances at which buildings start to fade into the ground, and at which they are gone."""

SQUARE_FADE_M: Final = (5_000.0, 14_000.0)
"""The same for squares."""

POOL_FADE_M: Final = (1_500.0, 5_000.0)
"""The same for swimming pools."""

PLATFORM_FADE_M: Final = (2_500.0, 8_000.0)
"""The same for platforms."""

AREA_FADES_M: Final = {
    Layer.BUILDING: BUILDING_FADE_M,
    Layer.SQUARE: SQUARE_FADE_M,
    Layer.PLATFORM: PLATFORM_FADE_M,
    Layer.POOL: POOL_FADE_M,
}
"""All kinds of areas that fade."""

EDGE_PT: Final = 0.4
"""Width of the edge of a square or of a pedestrian street, on a sheet whose shorter side is 12 in."""

EDGED_FROM_PT: Final = 1.6
"""Pedestrian streets narrower than this are lines without an edge."""

CASING_PT: Final = 0.55
"""Width of a casing on each side of a road, on a sheet whose shorter side is 12 in."""

CASED_FROM_PT: Final = 2.0
"""Roads narrower than this have no casing: there would be more casing than road."""


def hidden_at(distance_m: float) -> frozenset[Layer]:
    """Name the layers that need not be prepared at a distance; roads always are, as they also tell land from sea."""
    gone = {layer for layer, weight in WEIGHTS.items() if distance_m >= weight.gone_at_m and layer not in STREETS}
    return frozenset(gone | {layer for layer, fade_m in AREA_FADES_M.items() if not presence(distance_m, *fade_m)})
