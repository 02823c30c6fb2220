"""A composed poster written to files: pixels band by band, vectors through matplotlib's own writers."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from PIL import Image
from PIL.ExifTags import Base

from mural import __version__
from mural.jobs.progress import Step
from mural.poster import Format
from mural.render.bands import BandRenderer
from mural.render.compose import VECTORS, Picture, Report
from mural.render.images import Sink, SmallImage, WholeImage
from mural.render.page import size_px
from mural.render.pdf import write_pdf
from mural.render.png import PngWriter
from mural.render.svg import write_svg
from mural.render.texture import grain_px
from mural.units import PT_PER_INCH
from mural.wording import CREDIT

BAND_PX: Final = 512
"""Rows drawn at once; a multiple of the dither's pattern."""

BANDS_IN_FLIGHT: Final = 3
"""One being drawn while two are being compressed or wait for it."""

THUMBNAIL_WIDTH_PX: Final = 400
PREVIEW_WIDTH_PX: Final = 800
JPEG_QUALITY: Final = 92
WEBP_QUALITY: Final = 90
WEBP_EFFORT: Final = 2
"""Of libwebp's methods 0 to 6: maps come out a fiftieth larger than by 4, in half the time. By 0 and 1 large maps
cannot be written at all: nothing there keeps the table of blocks within the half megabyte that the format gives it."""

SMALL_QUALITY: Final = 86


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Files to write: the poster in its design's format, and small JPEGs of it where they are wanted."""

    poster: Path
    thumbnail: Path | None = None
    preview: Path | None = None


def export_poster(
    picture: Picture, targets: Targets, report: Report, *, width_px: int | None = None
) -> tuple[int, int]:
    """Write a poster and its small images; give its width and height in pixels.

    ``width_px`` draws a raster poster in another resolution than its design's.
    """
    size = size_px(picture.design, width_px)
    if picture.design.format in VECTORS:
        _export_vector(picture, targets, report)
    else:
        _export_raster(picture, targets, report, size)
    return size


def _export_vector(picture: Picture, targets: Targets, report: Report) -> None:
    report(Step.EXPORTING, 0.0)
    if picture.design.format is Format.PDF:
        margin_pt = picture.sheet.media_margin_pt
        write_pdf(picture.figure(PT_PER_INCH, margin_pt), picture.sheet, targets.poster, _pdf_facts(picture))
    else:
        write_svg(picture.figure(PT_PER_INCH), targets.poster, _facts(picture))
    if targets.thumbnail or targets.preview:
        size = size_px(picture.design, PREVIEW_WIDTH_PX)
        small = SmallImage(*size, PREVIEW_WIDTH_PX)
        draw_rows(picture, size, [small], lambda share: report(Step.THUMBNAILS, share))
        _write_small(small.image(), targets, picture)


def _export_raster(picture: Picture, targets: Targets, report: Report, size: tuple[int, int]) -> None:
    small = SmallImage(*size, PREVIEW_WIDTH_PX)
    sinks: list[Sink] = [small] if targets.thumbnail or targets.preview else []
    dpi = picture.sheet.dpi(size[0])
    drawn = partial(report, Step.DRAWING)
    drawn(0.0)
    if picture.design.format is Format.PNG:
        with targets.poster.open("wb") as file:
            squares = picture.textured and grain_px(dpi) > 1
            writer = PngWriter(file, size, dpi, _facts(picture), squares=squares)
            draw_rows(picture, size, [writer, *sinks], drawn)
            report(Step.EXPORTING, 1.0)
            writer.close()
    else:
        whole = WholeImage(*size)
        draw_rows(picture, size, [whole, *sinks], drawn)
        report(Step.EXPORTING, 0.0)
        _save(whole.image, targets.poster, picture, dpi)
    if sinks:
        report(Step.THUMBNAILS, 0.0)
        _write_small(small.image(), targets, picture)


def draw_rows(picture: Picture, size: tuple[int, int], sinks: Sequence[Sink], drawn: Callable[[float], None]) -> None:
    """Draw a picture band by band, handing each band to the sinks in a second thread while the next one is drawn.

    ``drawn`` hears, after each band, what share of the page (0 to 1) is there.
    """
    width_px, height_px = size
    dpi = picture.sheet.dpi(width_px)
    band_px = min(BAND_PX, height_px)
    margin_px = math.ceil(picture.widest_stroke_pt / 2 / PT_PER_INCH * dpi) + 2
    bands = [
        BandRenderer(width_px, height_px, dpi, band_px=band_px, margin_px=margin_px) for _ in range(BANDS_IN_FLIGHT)
    ]
    figure = picture.figure(dpi)
    pending: deque[Future[None]] = deque()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="bands") as worker:
        for number, top_px in enumerate(range(0, height_px, BAND_PX)):
            if len(pending) == BANDS_IN_FLIGHT - 1:
                pending.popleft().result()
            band = bands[number % BANDS_IN_FLIGHT]
            band.top_px = top_px
            figure.draw(band)
            pending.append(worker.submit(_hand_over, band, sinks))
            drawn(min(1.0, (top_px + BAND_PX) / height_px))
        for future in pending:
            future.result()


def _hand_over(band: BandRenderer, sinks: Sequence[Sink]) -> None:
    rows = band.rows
    for sink in sinks:
        sink.write(rows)


def _write_small(small: Image.Image, targets: Targets, picture: Picture) -> None:
    for path, width_px in ((targets.preview, PREVIEW_WIDTH_PX), (targets.thumbnail, THUMBNAIL_WIDTH_PX)):
        if path is not None:
            image = small.resize(size_px(picture.design, width_px), Image.Resampling.LANCZOS)
            image.save(path, "jpeg", quality=SMALL_QUALITY, optimize=True, exif=_exif(picture))


def _save(image: Image.Image, path: Path, picture: Picture, dpi: float) -> None:
    options: dict[str, Any] = {"exif": _exif(picture, dpi)}
    if picture.design.format is Format.JPEG:
        options |= {"quality": JPEG_QUALITY, "subsampling": 0, "dpi": (dpi, dpi)}
    else:
        options |= {"quality": WEBP_QUALITY, "method": WEBP_EFFORT}
    image.save(path, picture.design.format.value, **options)


def _facts(picture: Picture) -> dict[str, str]:
    """Say what the picture is, in the words PNG has keywords for."""
    place = picture.design.place
    return {
        "Title": f"{place.city}, {place.country}",
        "Author": "Mural",
        "Copyright": CREDIT,
        "Software": f"Mural {__version__}",
    }


def _pdf_facts(picture: Picture) -> dict[str, str]:
    facts = _facts(picture)
    return {
        "Title": facts["Title"],
        "Author": facts["Author"],
        "Subject": facts["Copyright"],
        "Creator": facts["Software"],
    }


def _exif(picture: Picture, dpi: float | None = None) -> Image.Exif:
    facts = _facts(picture)
    exif = Image.Exif()
    exif[Base.ImageDescription] = facts["Title"].encode()
    exif[Base.Artist] = facts["Author"].encode()
    exif[Base.Copyright] = facts["Copyright"].encode()
    exif[Base.Software] = facts["Software"].encode()
    if dpi is not None:
        exif[Base.XResolution] = exif[Base.YResolution] = dpi
        exif[Base.ResolutionUnit] = 2  # inches
    return exif
