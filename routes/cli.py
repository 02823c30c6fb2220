"""The `flask mural ...` commands."""

from __future__ import annotations

import math
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import click
from tqdm import tqdm

from config import DISTANCE_M_MAX, OWN_DATA_DIR, Config
from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from mural.jobs.progress import percentage
from mural.paper import DEFAULT_DPI, DEFAULT_SIZE, Orientation, PageWish, page_for
from mural.poster import DISTANCE_M_MIN, Format, Page, Place, PosterDesign
from mural.worker.protocol import Progress, RenderRequest, RenderResult
from routes.admin import commands as cli_operations
from routes.board import commands as cli_canvas
from routes.places import commands as cli_extracts
from routes.web.cli_errors import ToldGroup, told
from routes.web.cli_files import FileToWrite
from routes.web.context import services, settings
from services.drawing.rendering import build_render_pool, map_sources
from services.posters.designs import LATITUDE_MAX_DEG
from services.upkeep.start_checks import check_fonts, lend_prepared

mural = ToldGroup("mural", help="Make posters and look after an installation.")
for _command in (*cli_operations.COMMANDS, cli_extracts.import_extract, cli_canvas.canvas):
    mural.add_command(_command)

FORMATS: Final = {f".{known}": known for known in Format} | {".jpg": Format.JPEG}
"""The format that a file's name asks for."""


class NumberRange(click.FloatRange):
    """A number between two bounds: nan, which is in click's range since it is never beyond it, is none."""

    name = "number range"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read and check it."""
        number = float(super().convert(value, param, ctx))
        if math.isnan(number):
            self.fail(f"{value!r} is not a number.", param, ctx)
        return number


LATITUDE_DEG: Final = NumberRange(-LATITUDE_MAX_DEG, LATITUDE_MAX_DEG)
DISTANCE_M: Final = NumberRange(DISTANCE_M_MIN, DISTANCE_M_MAX)


@mural.command("render")
@click.option("--lat", "latitude", type=LATITUDE_DEG, required=True, help="Degrees north.")
@click.option("--lon", "longitude", type=NumberRange(-180, 180), required=True, help="Degrees east.")
@click.option("--distance", "distance_m", type=DISTANCE_M, required=True, help="Metres to an edge.")
@click.option("--theme", "theme_id", required=True, help="A theme's id, such as noir.")
@click.option("-o", "--output", type=FileToWrite(), required=True, help="The file to make.")
@click.option("--city", default="", help="The title.")
@click.option("--country", default="", help="The subtitle.")
@click.option("--size", default=DEFAULT_SIZE, show_default=True, help="A named size, or one such as 30x45cm.")
@click.option("--orientation", type=click.Choice(["portrait", "landscape"]), help="Turn the page.")
@click.option("--dpi", type=int, default=DEFAULT_DPI, show_default=True, help="Pixels per inch.")
@click.option("--bleed", "bleed_mm", type=float, default=0.0, help="Millimetres around the page (PDF).")
@click.option("--crop-marks", is_flag=True, help="Show where to cut (PDF).")
@click.option("--rotation", "rotation_deg", type=NumberRange(0, 360), default=0.0, help="Degrees clockwise.")
@click.option("--format", "file_format", type=click.Choice([str(known) for known in Format]), help="Else by the name.")
def render(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    latitude: float,
    longitude: float,
    distance_m: float,
    theme_id: str,
    output: Path,
    city: str,
    country: str,
    size: str,
    orientation: Orientation | None,
    dpi: int,
    bleed_mm: float,
    crop_marks: bool,
    rotation_deg: float,
    file_format: str | None,
) -> None:
    """Draw one poster into a file."""
    with told():
        lend_prepared(OWN_DATA_DIR, settings().data_dir)
        check_fonts(settings().fonts_dir)
        page = page_for(PageWish(size=size, orientation=orientation, dpi=dpi, bleed_mm=bleed_mm, crop_marks=crop_marks))
        design = PosterDesign(
            place=Place(city=city, country=country, latitude=latitude, longitude=longitude),
            distance_m=distance_m,
            theme=services().themes.get(theme_id),
            page=page,
            format=Format(file_format) if file_format else format_of(output),
            rotation_deg=rotation_deg,
        )
        draw_file(services().config, design, output)


def draw_file(config: Config, design: PosterDesign, output: Path) -> None:
    """Draw a poster in a render process, with a progress bar, and put it where it is wanted once it is complete."""
    began = time.monotonic()
    # Beside the target: a rename moves a file in one piece only within a file system.
    with tempfile.TemporaryDirectory(prefix=".mural-", dir=output.parent) as folder:
        request = RenderRequest(
            job_id="command-line",
            design=design,
            sources=map_sources(config),
            fonts_dir=config.fonts_dir,
            output_dir=Path(folder).resolve(),
        )
        result = _rendered(config, request)
        (Path(folder) / result.poster).replace(output)
    click.echo(f"{output}: {_summary(result, design.page)}, {time.monotonic() - began:.1f} s")


def format_of(output: Path) -> Format:
    """Tell the format from a file's name."""
    try:
        return FORMATS[output.suffix.lower()]
    except KeyError:
        allowed = ", ".join(FORMATS)
        raise click.ClickException(f"{output.name} does not say which format it is to have: {allowed}.") from None


def _rendered(config: Config, request: RenderRequest) -> RenderResult:
    pool = build_render_pool(config, ThreadBackground(), workers=1, previews=0)
    pool.start()
    try:
        # No bar where nobody looks at one: a file or a pipe.
        with tqdm(total=100, disable=None, bar_format="{desc:<20} {bar} {percentage:3.0f} %") as bar:

            def show(progress: Progress) -> None:
                bar.set_description_str(progress.message or str(progress.step), refresh=False)
                bar.update(percentage(progress.step, progress.fraction) - bar.n)

            result = pool.render(request, show, CancelToken())
            bar.update(100 - bar.n)
    finally:
        pool.stop()
    return result


def _summary(result: RenderResult, page: Page) -> str:
    paper = f"{page.width_mm:.0f} x {page.height_mm:.0f} mm"
    return f"{result.width_px} x {result.height_px} px, {paper}, {result.file_size / 1e6:.1f} MB from {result.source}"
