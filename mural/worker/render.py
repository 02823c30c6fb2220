"""One picture from beginning to end: obtain the map, bring it onto the page, compose, draw, write the files."""

from __future__ import annotations

import logging
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from mural.errors import Unavailable
from mural.geo.layers import ProjectedMap
from mural.geo.page_map import PageMaps
from mural.geo.projection import View, page_bbox
from mural.geo.sources import obtain_area
from mural.jobs.progress import Step
from mural.poster import Format, Page, Place, PosterDesign
from mural.render.compose import draw_poster
from mural.render.export import Targets, export_poster
from mural.render.page import fragment_m, map_half_extent_m, simplify_tolerance_m
from mural.render.strokes import hidden_at
from mural.themes import REQUIRED, Theme
from mural.worker.protocol import Progress, RenderRequest, RenderResult

log = logging.getLogger(__name__)

THUMBNAIL: Final = "thumbnail.jpg"
PREVIEW: Final = "preview.jpg"
WARM_UP_WIDTH_PX: Final = 60


class Renderer:
    """Draws one picture after the other; it remembers the last few maps, so that another theme starts with drawing."""

    def __init__(self) -> None:
        self._maps = PageMaps()

    def render(self, request: RenderRequest, report: Callable[[Progress], None]) -> RenderResult:
        """Draw one picture into its folder; its files appear there whole or not at all.

        Raises MapDataError, MissingScript, OSError and the other errors of the parts that it puts to work.
        """
        return self._render(request, StepTimer(report))

    def warm_up(self, fonts_dir: Path) -> None:
        """Draw a very small poster of nothing, so that fonts are open and code is loaded when the first job comes."""
        place = Place(city="Mural", country="Mural", latitude=0.0, longitude=0.0)
        theme = Theme.from_mapping("warm-up", dict.fromkeys(REQUIRED, "#808080"))
        design = PosterDesign(place=place, distance_m=1000.0, theme=theme)
        timer = StepTimer(lambda _: None)
        with tempfile.TemporaryDirectory() as folder:
            try:
                picture = draw_poster(ProjectedMap(*design.half_extent_m), design, fonts_dir, timer.at)
            except Unavailable as error:
                # Each job will say so too; a person who reads the log finds it here first.
                log.warning("Posters cannot be lettered: %s", error)
                return
            export_poster(picture, _targets(Path(folder), design), timer.at, width_px=WARM_UP_WIDTH_PX)

    def _render(self, request: RenderRequest, timer: StepTimer) -> RenderResult:
        design, width_px = request.design, None
        if request.preview:
            design, width_px = replace(design, format=Format.PNG), request.preview_width_px
        projected = self._map(request, design, width_px, timer)
        picture = draw_poster(projected, design, request.fonts_dir, timer.at)
        with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=request.output_dir) as folder:
            targets = _targets(Path(folder), design, alone=request.preview)
            width_px, height_px = export_poster(picture, targets, timer.at, width_px=width_px)
            timer.at(Step.PUBLISHING)
            _publish(Path(folder), request.output_dir)
        return RenderResult(
            poster=targets.poster.name,
            thumbnail=None if request.preview else THUMBNAIL,
            preview=None if request.preview else PREVIEW,
            width_px=width_px,
            height_px=height_px,
            dpi=_dpi(design.page, width_px),
            file_size=(request.output_dir / targets.poster.name).stat().st_size,
            source=projected.source,
            seconds=timer.finish(),
        )

    def _map(
        self, request: RenderRequest, design: PosterDesign, width_px: int | None, timer: StepTimer
    ) -> ProjectedMap:
        place, half_extent_m = design.place, map_half_extent_m(design)
        view = View(latitude=place.latitude, longitude=place.longitude, rotation_deg=design.rotation_deg)
        timer.at(Step.MAP_DATA)
        area = obtain_area(
            page_bbox(view, *half_extent_m),
            request.sources,
            lambda message, fraction: timer.at(Step.MAP_DATA, fraction, message),
        )
        timer.at(Step.LAYERS)
        return self._maps.get(
            area,
            view,
            *half_extent_m,
            tolerance_m=simplify_tolerance_m(design, width_px),
            fragment_m=fragment_m(design),
            hidden=hidden_at(design.distance_m),
        )


class StepTimer:
    """Passes progress on and keeps the time that each step takes."""

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._seconds: defaultdict[Step, float] = defaultdict(float)
        self._step, self._since = Step.LOCATING, time.perf_counter()

    def at(self, step: Step, fraction: float = 0.0, message: str = "") -> None:
        """Say how far the picture is."""
        self._turn_to(step)
        self._report(Progress(step, fraction, message))

    def finish(self) -> dict[str, float]:
        """End the last step and give the seconds of each."""
        self._turn_to(self._step)
        return {step.value: round(seconds, 4) for step, seconds in self._seconds.items()}

    def _turn_to(self, step: Step) -> None:
        now = time.perf_counter()
        self._seconds[self._step] += now - self._since
        self._step, self._since = step, now


def _targets(folder: Path, design: PosterDesign, *, alone: bool = False) -> Targets:
    poster = folder / f"poster.{design.format}"
    if alone:
        return Targets(poster=poster)
    return Targets(poster=poster, thumbnail=folder / THUMBNAIL, preview=folder / PREVIEW)


def _publish(folder: Path, output_dir: Path) -> None:
    """Move the files into place; whoever files them sees to it that they survive a loss of power."""
    for path in folder.iterdir():
        path.replace(output_dir / path.name)


def _dpi(page: Page, width_px: int) -> int:
    return round(page.dpi * width_px / page.width_px)
