"""What is written on a map: names along their tracks where that reads well, all other labels beside their signs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Bbox
from numpy.typing import NDArray

from mural.poster import PosterDesign
from mural.render.along import Ink, find_baseline
from mural.render.fonts import FontShelf
from mural.render.furniture import room_for_labels, text_outline
from mural.render.inked import OVER_FADES, Shape
from mural.render.labels import Boxes, Segments, Surroundings, leaders, place_labels, within
from mural.render.page import Sheet
from mural.render.trails import Trail, ring_box
from mural.render.typesetting import vertices

LABEL_PT: Final = 13.0
LABEL_HALO_PT: Final = 3.2
LEADER_PT: Final = 0.8
LEADER_HALO_PT: Final = 2.8
UNDER_SIGNS: Final = OVER_FADES - 1


@dataclass(frozen=True, slots=True)
class _Label:
    """A text on a baseline from (0, 0), and the box of the sign beside which it is to stand."""

    outline: Path
    ink: Ink
    sign: NDArray[np.float64]


class Captions:
    """The labels of one poster: they keep clear of each other, of tracks, and of the boxes ``taken`` before."""

    def __init__(
        self, design: PosterDesign, sheet: Sheet, shelf: FontShelf, trails: Sequence[Trail], taken: Boxes
    ) -> None:
        self._design = design
        self._unit = sheet.scale
        self._shelf = shelf
        self._trails = trails
        beads = np.concatenate([np.empty((0, 2)), *(trail.beads(sheet.scale) for trail in trails)])
        self._around = Surroundings(room_for_labels(design, sheet), taken, beads)

    def draw(self, labels: Iterable[tuple[str, Bbox]]) -> list[Shape]:
        """List the shapes of all names of tracks, and of labels, each given with the box of its sign."""
        along, beside = self._name_tracks()
        beside += [label for text, box in labels if (label := self._set(text, np.array(box.extents)))]
        signs = np.array([label.sign for label in beside]).reshape(-1, 4)
        sizes = np.array([label.ink.size for label in beside]).reshape(-1, 2)
        boxes = place_labels(sizes, signs, self._around, self._unit)
        for label, (left, bottom, *_) in zip(beside, boxes, strict=True):
            move = Affine2D().translate(left - label.ink.left, bottom - label.ink.bottom)
            along.append(label.outline.transformed(move))
        lines = leaders(boxes, signs, self._unit)
        return [*self._drawn_lines(lines[~np.isnan(lines).any(axis=(1, 2))]), *self._drawn_texts(along)]

    def _name_tracks(self) -> tuple[list[Path], list[_Label]]:
        """Bend names along their tracks, and list those for which that cannot be, to stand where the tracks begin."""
        parts: dict[str, list[Trail]] = {}
        for trail in self._trails:  # of the parts of an interrupted track, which have one name, one carries it
            parts.setdefault(trail.track.label, []).append(trail)
        along, beside = [], []
        for text, trails in parts.items():
            label = self._set(text, self._start(trails))
            if label is None:
                continue
            runs = [run for trail in trails for run in trail.runs]
            baseline = find_baseline(runs, label.ink, self._around, self._unit)
            if baseline is None:
                beside.append(label)
                continue
            along.append(baseline.bend(label.outline, label.ink))
            self._around.take(baseline.boxes(label.ink))
        return along, beside

    def _start(self, trails: Iterable[Trail]) -> NDArray[np.float64] | None:
        """Give the box of the ring where a track starts or comes onto the page, if it does."""
        for trail in trails:
            in_sight = within(trail.beads(self._unit), self._around.room)
            if len(in_sight):
                return ring_box(in_sight[0], self._unit)
        return None

    def _set(self, text: str, sign: NDArray[np.float64] | None) -> _Label | None:
        """Set a text, if there is anything to see in it and a sign that it belongs to."""
        if sign is None:
            return None
        outline, _ = text_outline(text, self._design, LABEL_PT * self._unit, self._shelf)
        # By its control points: the extents of so many curves would take longer than the map.
        points = vertices(outline)
        return _Label(outline, Ink(*points.min(axis=0), *points.max(axis=0)), sign) if len(points) else None

    def _drawn_texts(self, outlines: Iterable[Path]) -> Iterator[Shape]:
        theme, halo_pt = self._design.theme, LABEL_HALO_PT * self._unit
        for outline in outlines:
            yield Shape(name="label-halo", outline=outline, fill=theme.bg, stroke=theme.bg, stroke_pt=halo_pt)
            yield Shape(name="label", outline=outline, fill=theme.text, zorder=OVER_FADES + 1)

    def _drawn_lines(self, lines: Segments) -> Iterator[Shape]:
        theme, fine_pt, halo_pt = self._design.theme, LEADER_PT * self._unit, LEADER_HALO_PT * self._unit
        for outline in map(Path, lines):
            yield Shape(name="leader-halo", outline=outline, stroke=theme.bg, stroke_pt=halo_pt, zorder=UNDER_SIGNS)
            yield Shape(name="leader", outline=outline, stroke=theme.text, stroke_pt=fine_pt, zorder=UNDER_SIGNS)
