"""What each kind of file costs: seconds, memory and size, every one made in a fresh, warmed-up render process."""

from __future__ import annotations

import resource
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from bench.effort import by_effort
from bench.report import print_table
from bench.scenes import Scene, porto
from mural.geo.projection import View, page_bbox
from mural.geo.sources import obtain_area
from mural.paper import PageWish, page_for
from mural.poster import Format, Page, Place, PosterDesign
from mural.render.compose import VECTORS
from mural.render.export import PREVIEW_WIDTH_PX
from mural.render.page import map_half_extent_m
from mural.themes import load_theme
from mural.worker.protocol import MapSources, RenderRequest
from mural.worker.render import Renderer
from tests.support.real_parts import PREPARED_DIR, ROOT

REPEAT: Final = by_effort(quick=1, full=2)
DEFAULT_PAGE: Final = Page()
DEFAULT_MEGAPIXELS: Final = DEFAULT_PAGE.width_px * DEFAULT_PAGE.height_px / 1e6
A0: Final = page_for(PageWish(size="a0"))


@dataclass(frozen=True, slots=True)
class Print:
    """One row of the table."""

    name: str
    format: Format
    page: Page = DEFAULT_PAGE
    preview: bool = False
    again: bool = False
    """Measure the same map in another theme instead, which this process draws second."""

    @property
    def megapixels(self) -> float | None:
        """Millions of pixels in the file; vectors have none."""
        if self.format in VECTORS:
            return None
        width_px = PREVIEW_WIDTH_PX if self.preview else self.page.width_px
        return width_px * width_px * self.page.height_px / self.page.width_px / 1e6


@dataclass(frozen=True, slots=True)
class Cost:
    """What a print took: seconds, the process's peak in MB, and the file's size in MB."""

    seconds: float
    peak_mb: float
    file_mb: float


ROLL_FED: Final = (
    Print("A0 PNG", Format.PNG, A0),
    Print("A0 JPEG", Format.JPEG, A0),
    Print("A0 WebP", Format.WEBP, A0),
    Print("A0 SVG", Format.SVG, A0),
    Print("A0 PDF", Format.PDF, replace(A0, bleed_mm=3.0, crop_marks=True)),
)

PRINTS: Final = (
    Print("12 x 16 in PNG", Format.PNG),
    *by_effort(quick=(), full=(Print("another theme", Format.PNG, again=True),)),
    Print("preview, 800 px", Format.PNG, preview=True),
    Print("12 x 16 in SVG", Format.SVG),
    Print("12 x 16 in PDF, bleed", Format.PDF, replace(Page(), bleed_mm=3.0, crop_marks=True)),
    *by_effort(quick=(), full=(Print("12 x 16 in JPEG", Format.JPEG),)),
    Print("12 x 16 in WebP", Format.WEBP),
    *by_effort(quick=ROLL_FED[:1], full=ROLL_FED),
)


def run() -> None:
    """Print the table."""
    scene = porto()
    with tempfile.TemporaryDirectory() as folder:
        scene.lend_to(Path(folder))
        _read_into_the_cache(scene, Path(folder))  # not measured
        costs = {item.name: _best(scene, item, Path(folder)) for item in PRINTS}
    default = costs[PRINTS[0].name]
    title = f"prints of {scene.city} {scene.distance_m / 1000:g} km, the map in the area cache, best of {REPEAT}"
    header = ("what", "megapixels", "seconds", "x default", "x default a megapixel", "peak MB", "file MB")
    print_table(title, header, [_row(item, costs[item.name], default) for item in PRINTS])
    print("  a megapixel: 1.00 or less is in proportion to the pixels, or better")


def _row(item: Print, cost: Cost, default: Cost) -> tuple[str, ...]:
    times = cost.seconds / default.seconds
    pixels = item.megapixels
    shown = ("-", "-") if pixels is None else (f"{pixels:.1f}", f"{times * DEFAULT_MEGAPIXELS / pixels:.2f}")
    return (item.name, shown[0], f"{cost.seconds:.2f}", f"{times:.2f}", shown[1], *_megabytes(cost))


def _megabytes(cost: Cost) -> tuple[str, str]:
    return f"{cost.peak_mb:.0f}", f"{cost.file_mb:.2f}"


def _best(scene: Scene, item: Print, folder: Path) -> Cost:
    return min((_in_a_fresh_process(scene, item, folder) for _ in range(REPEAT)), key=lambda cost: cost.seconds)


def _read_into_the_cache(scene: Scene, folder: Path) -> None:
    design = design_of(scene, "noir")
    page = page_bbox(View(latitude=scene.latitude, longitude=scene.longitude), *map_half_extent_m(design))
    obtain_area(page, request_for(design, folder, folder, preview=False).sources, lambda *_: None)


def _in_a_fresh_process(scene: Scene, item: Print, folder: Path) -> Cost:
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, scene, item, folder).result()


def _measure(scene: Scene, item: Print, folder: Path) -> Cost:
    renderer = Renderer()
    renderer.warm_up(PREPARED_DIR / "fonts")
    if item.again:
        _draw(renderer, scene, item, folder, "noir")
    started = time.perf_counter()
    size = _draw(renderer, scene, item, folder, "warm_beige")
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(seconds, peak_mb, size / 1e6)


def _draw(renderer: Renderer, scene: Scene, item: Print, folder: Path, theme: str) -> int:
    design = replace(design_of(scene, theme), page=item.page, format=item.format)
    with tempfile.TemporaryDirectory() as output:
        request = request_for(design, folder, Path(output), preview=item.preview)
        return renderer.render(request, lambda _progress: None).file_size


def design_of(scene: Scene, theme: str) -> PosterDesign:
    """Describe the scene's poster in a theme."""
    place = Place(city=scene.city, country=scene.country, latitude=scene.latitude, longitude=scene.longitude)
    shipped = load_theme(ROOT / "themes" / f"{theme}.json")
    return PosterDesign(place=place, distance_m=scene.distance_m, theme=shipped)


def request_for(design: PosterDesign, folder: Path, output_dir: Path, *, preview: bool) -> RenderRequest:
    """Ask for a poster from the extracts in a folder, whose cache is there too."""
    sources = MapSources(
        mode="extract",
        extracts_dir=folder / "extracts",
        samples_dir=ROOT / "data" / "samples",
        cache_dir=folder / "cache",
    )
    return RenderRequest(
        job_id="bench",
        design=design,
        sources=sources,
        fonts_dir=PREPARED_DIR / "fonts",
        output_dir=output_dir,
        preview=preview,
    )
