"""Draw posters in this very process, without a server around it."""

from __future__ import annotations

import time
from pathlib import Path

from mural.poster import Place, PosterDesign
from mural.worker.protocol import MapSources, RenderRequest
from mural.worker.render import Renderer
from services.themes.shipped import ThemeService
from tests.support.real_parts import PREPARED_DIR, ROOT


class Studio:
    """A warm renderer that has one map file and an empty cache."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._output_dir = folder / "output"
        extracts_dir = folder / "extracts"
        for made in (self._output_dir, extracts_dir):
            made.mkdir()
        (extracts_dir / file.name).symlink_to(file.resolve())
        self._sources = MapSources(
            mode="extract", extracts_dir=extracts_dir, samples_dir=extracts_dir, cache_dir=folder / "cache"
        )
        self._themes = ThemeService(ROOT / "themes")
        self._fonts_dir = PREPARED_DIR / "fonts"
        self._renderer = Renderer()
        self._renderer.warm_up(self._fonts_dir)

    @property
    def sources(self) -> MapSources:
        """Where the posters' maps come from."""
        return self._sources

    def draw(self, latitude: float, longitude: float, distance_m: float, theme: str) -> dict[str, float]:
        """Draw 12 x 16 inches at 300 DPI with previews, and give the seconds of each step and of all."""
        place = Place(city="Benchmark", country="", latitude=latitude, longitude=longitude)
        request = RenderRequest(
            job_id="bench",
            design=PosterDesign(place=place, distance_m=distance_m, theme=self._themes.get(theme)),
            sources=self._sources,
            fonts_dir=self._fonts_dir,
            output_dir=self._output_dir,
        )
        began, began_cpu = time.perf_counter(), time.process_time()
        result = self._renderer.render(request, lambda _: None)
        return result.seconds | {
            "total": time.perf_counter() - began,
            "cpu": time.process_time() - began_cpu,
        }
