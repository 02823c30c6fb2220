"""What other people's programs make of the files: poppler of the PDF, a browser of the SVG, beside the PNG."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from mural.geo.extract import read_area
from mural.geo.page_map import project_area
from mural.geo.projection import View
from mural.paper import PageWish, page_for
from mural.poster import ALL_LAYERS, Format, Furniture, LayerChoice, Marker, PosterDesign
from mural.render.export import Targets, export_poster
from mural.render.page import simplify_tolerance_m
from mural.themes import load_theme
from tests.support.designs import design
from tests.support.pictures import compose, pixels, quietly, sample_map
from tests.support.real_parts import ROOT, program, shared_extract

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = page_for(PageWish(size="a5", bleed_mm=3, crop_marks=True))
MEDIA_MARGIN_MM = 11
DPI = 127
"""Five pixels a millimetre: the edges of the page fall between pixels."""
ODD_DPI = 130
"""The edge of the bleed falls into the middle of a pixel."""


def poster() -> PosterDesign:
    return replace(
        design(page=PAGE),
        distance_m=500.0,
        theme=load_theme(ROOT / "themes" / "flamingo.json"),
        furniture=Furniture(frame=True, scale_bar=True, north_arrow=True),
        markers=(Marker(latitude=60.1715, longitude=24.9443, label="Station"),),
    )


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    """The poster as its PNG would show it, five pixels a millimetre."""
    return pixels(compose(sample_map(poster()), poster()), round(PAGE.width_mm * DPI / 25.4)).astype(int)


def written(folder: Path, form: Format, layers: frozenset[LayerChoice] = ALL_LAYERS) -> Path:
    wanted = replace(poster(), format=form, layers=layers)
    targets = Targets(poster=folder / f"poster.{form}")
    export_poster(compose(sample_map(wanted), wanted), targets, quietly)
    return targets.poster


def rendered_pdf(file: Path, dpi: int = DPI) -> np.ndarray:
    target = file.with_suffix("")
    command = [program("pdftoppm"), "-r", str(dpi), "-png", "-singlefile", str(file), str(target)]
    subprocess.run(command, check=True)
    with Image.open(target.with_suffix(".png")) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def rendered_svg(chromium: Browser, file: Path) -> Image.Image:
    page_px = (round(PAGE.width_mm / 25.4 * 96), round(PAGE.height_mm / 25.4 * 96))
    page = chromium.new_page(viewport={"width": page_px[0], "height": page_px[1]})
    page.goto(file.as_uri())
    page.screenshot(path=file.with_suffix(".png"))
    page.close()
    with Image.open(file.with_suffix(".png")) as image:
        return image.convert("RGB")


def test_poppler_reads_the_boxes_and_finds_no_font_to_miss(tmp_path: Path) -> None:
    file = written(tmp_path, Format.PDF)
    told = subprocess.run([program("pdfinfo"), "-box", str(file)], check=True, capture_output=True, text=True).stdout
    boxes = dict(line.split(":", 1) for line in told.splitlines() if "Box:" in line)
    in_mm = {name: [float(pt) * 25.4 / 72 for pt in numbers.split()] for name, numbers in boxes.items()}
    assert in_mm["MediaBox"] == pytest.approx([0, 0, 148 + 22, 210 + 22], abs=0.01)
    assert in_mm["BleedBox"] == pytest.approx([8, 8, 148 + 14, 210 + 14], abs=0.01)
    assert in_mm["TrimBox"] == pytest.approx([11, 11, 148 + 11, 210 + 11], abs=0.01)
    fonts = subprocess.run([program("pdffonts"), str(file)], check=True, capture_output=True, text=True).stdout
    assert len(fonts.splitlines()) == 2  # the heading alone: all lettering is outlines


def test_a_pdf_looks_like_the_png(tmp_path: Path, drawn: np.ndarray) -> None:
    image = rendered_pdf(written(tmp_path, Format.PDF))
    margin_px = MEDIA_MARGIN_MM * 5
    trimmed = image[margin_px : margin_px + drawn.shape[0], margin_px : margin_px + drawn.shape[1]]
    assert np.abs(trimmed - drawn).mean() < 2.5


def test_an_svg_looks_like_the_png_in_a_browser(chromium: Browser, tmp_path: Path, drawn: np.ndarray) -> None:
    shown = rendered_svg(chromium, written(tmp_path, Format.SVG))
    expected = Image.fromarray(drawn.astype(np.uint8)).resize(shown.size, Image.Resampling.LANCZOS)
    assert np.abs(np.asarray(shown).astype(int) - np.asarray(expected)).mean() < 2.5


def test_no_hair_of_the_map_shows_where_the_bleed_is_plain(tmp_path: Path) -> None:
    # The sea does not become plain.
    image = rendered_pdf(written(tmp_path, Format.PDF, ALL_LAYERS - {"sea"}), ODD_DPI)
    plain = np.array([int(poster().theme.gradient_color[i : i + 2], 16) for i in (1, 3, 5)])
    edge_px = int(8 / 25.4 * ODD_DPI)
    bleed = image[edge_px : image.shape[0] - edge_px, edge_px : image.shape[1] - edge_px]
    for strip in (bleed[:5], bleed[-10:], bleed[-100:, :1], bleed[-100:, -1:]):
        assert np.abs(strip - plain).max() <= 3


@pytest.mark.parametrize("form", [Format.SVG, Format.PDF])
def test_a_whole_metropolis_is_a_vector_file_that_can_be_sent(tmp_path: Path, form: Format) -> None:
    area = read_area(shared_extract("porto-metro-highways.osm.pbf"))
    wanted = replace(design("Porto", "Portugal", latitude=41.19, longitude=-8.56), distance_m=15_000.0, format=form)
    view = View(latitude=41.19, longitude=-8.56, rotation_deg=0.0)
    projected = project_area(area, view, *wanted.half_extent_m, tolerance_m=simplify_tolerance_m(wanted))
    export_poster(compose(projected, wanted), Targets(poster=tmp_path / "poster"), quietly)
    assert (tmp_path / "poster").stat().st_size < 25_000_000
