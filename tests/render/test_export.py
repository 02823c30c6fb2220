"""The files a poster is written to: their size, resolution, metadata and structure."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pypdf
import pytest
from PIL import Image
from PIL.ExifTags import Base

from mural.geo.layers import Layer
from mural.jobs.progress import Step, percentage
from mural.poster import Format, Marker, Page, Texts, Track
from mural.render.compose import draw_poster
from mural.render.export import Targets, export_poster
from mural.render.lettering import layout_lettering
from mural.wording import CREDIT
from tests.support.designs import design
from tests.support.fonts import font_shelf, fonts_dir
from tests.support.maps import lines
from tests.support.pictures import compose, map_of, polygons, quietly, square

PARTS = {
    Layer.WATER: polygons([square(300), square(100)]),
    Layer.ROAD_PRIMARY: lines([(-900, 0), (900, 100)]),
    Layer.ROAD_MOTORWAY: lines([(0, -900), (0, 900)], levels=[1]),
}
SMALL_PAGE = Page(width_mm=76.2, height_mm=101.6, dpi=100)


def written(folder, form, page=SMALL_PAGE, *, small=False):
    poster = replace(design("Chișinău", "Moldova", page=page), format=form)
    targets = Targets(
        poster=folder / f"poster.{form}",
        thumbnail=folder / "thumbnail.jpg" if small else None,
        preview=folder / "preview.jpg" if small else None,
    )
    steps = []

    def report(step, fraction):
        steps.append((step, fraction))

    picture = draw_poster(map_of(poster, PARTS), poster, fonts_dir(), report)
    size = export_poster(picture, targets, report)
    return targets, size, steps


def test_the_default_poster_is_a_png_of_exactly_3600_by_4800_at_300_dpi(tmp_path):
    targets, size, _ = written(tmp_path, Format.PNG, Page(), small=True)
    with Image.open(targets.poster) as image:
        assert (image.size, image.mode, size) == ((3600, 4800), "RGB", (3600, 4800))
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    with Image.open(targets.thumbnail) as thumbnail, Image.open(targets.preview) as preview:
        assert (thumbnail.format, thumbnail.size) == ("JPEG", (400, 533))
        assert (preview.format, preview.size) == ("JPEG", (800, 1067))


def test_a_png_says_what_it_is_and_whose_the_data_are(tmp_path):
    targets, _, _ = written(tmp_path, Format.PNG)
    with Image.open(targets.poster) as image:
        assert image.info["Title"] == "Chișinău, Moldova"
        assert image.info["Copyright"] == CREDIT
        assert image.info["Author"] == "Mural"
        assert image.info["Software"].startswith("Mural ")


@pytest.mark.parametrize("form", [Format.JPEG, Format.WEBP])
def test_compressed_formats_have_resolution_and_metadata_too(tmp_path, form):
    targets, size, _ = written(tmp_path, form)
    with Image.open(targets.poster) as image:
        exif = image.getexif()
        assert (image.format, image.size, size) == (form.upper(), (300, 400), (300, 400))
        assert exif[Base.XResolution] == pytest.approx(100)
        assert "OpenStreetMap" in exif[Base.Copyright]


@pytest.mark.parametrize("form", list(Format))
def test_equal_posters_are_equal_files(tmp_path, form):
    files = []
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        files.append(written(folder, form)[0].poster.read_bytes())
    assert files[0] == files[1]


@pytest.mark.parametrize("form", list(Format))
def test_every_format_comes_with_small_images_that_carry_the_credit(tmp_path, form):
    targets, _, _ = written(tmp_path, form, small=True)
    poster = design("Chișinău", "Moldova", page=SMALL_PAGE)
    left, bottom, right, top = layout_lettering(poster, font_shelf())[0].box_pt
    with Image.open(targets.preview) as preview:
        px_per_pt = preview.width / (76.2 / 25.4 * 72)
        pixels = np.asarray(preview.convert("L")).astype(int)
    rows = slice(int(pixels.shape[0] - top * px_per_pt), int(pixels.shape[0] - bottom * px_per_pt))
    assert np.ptp(pixels[rows, int(left * px_per_pt) : int(right * px_per_pt)]) > 60


@pytest.mark.parametrize("form", list(Format))
def test_progress_never_runs_backwards(tmp_path, form):
    _, _, steps = written(tmp_path, form, small=True)
    shares = [percentage(step, fraction) for step, fraction in steps]
    assert shares == sorted(shares)
    assert {Step.EXPORTING, Step.THUMBNAILS} <= {step for step, _ in steps}


def test_progress_follows_the_bands_down_the_page(tmp_path):
    _, _, steps = written(tmp_path, Format.PNG, Page())
    drawing = [fraction for step, fraction in steps if step is Step.DRAWING]
    assert len(drawing) > 4
    assert (drawing[0], drawing[-1]) == (0.0, 1.0)


def test_an_svg_has_a_named_group_for_every_layer_and_no_pictures(tmp_path):
    targets, _, _ = written(tmp_path, Format.SVG)
    root = ET.parse(targets.poster).getroot()  # noqa: S314 (our own file)
    names = [element.get("id") for element in root.iter("{http://www.w3.org/2000/svg}g")]
    wanted = ["land", "water", "road_primary", "bridges", "fades", "lettering-credit", "lettering-title"]
    assert [name for name in names if name in wanted] == wanted
    assert root.get("viewBox") == "0 0 216 288"
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not {"image", "text"} & tags
    assert "linearGradient" in tags
    assert CREDIT in targets.poster.read_text(encoding="utf-8")


def test_vectors_and_their_small_images_are_left_without_a_texture(tmp_path):
    poster = design(page=SMALL_PAGE, texts=Texts(title="", subtitle="", coordinates=""))
    poster = replace(poster, theme=replace(poster.theme, bg="#d8d0c0", fades="none", texture="paper"))
    heights = {}
    for form in (Format.SVG, Format.PDF, Format.PNG):
        wanted = replace(poster, format=form)
        targets = Targets(poster=tmp_path / f"poster.{form}", preview=tmp_path / f"{form}.jpg")
        export_poster(compose(map_of(wanted, {}), wanted), targets, quietly)
        with Image.open(targets.preview) as preview:
            heights[form] = int(np.ptp(np.asarray(preview.convert("L"))[:600].astype(int)))
    assert heights[Format.SVG] == heights[Format.PDF] == 0 < heights[Format.PNG]
    assert "image" not in {element.tag.rpartition("}")[2] for element in ET.parse(tmp_path / "poster.svg").iter()}  # noqa: S314 (our own file)


def test_an_svg_uses_no_name_twice(tmp_path):
    poster = replace(
        design(page=SMALL_PAGE, texts=Texts(lines=("One", "Two"))),
        format=Format.SVG,
        markers=(Marker(latitude=60.1715, longitude=24.9443), Marker(latitude=60.1725, longitude=24.9443)),
    )
    export_poster(compose(map_of(poster, PARTS), poster), Targets(poster=tmp_path / "poster.svg"), quietly)
    root = ET.parse(tmp_path / "poster.svg").getroot()  # noqa: S314 (our own file)
    names = [element.get("id") for element in root.iter() if element.get("id")]
    assert {"marker", "marker-2", "lettering-line", "lettering-line-2"} <= set(names)
    assert len(names) == len(set(names))


def test_vectors_hold_nothing_that_lies_beyond_the_page(tmp_path):
    """Whoever is shown a picture without the home in which the walk began does not find it in the file either."""
    home, middle, beyond = (60.1890, 24.9900), (60.1715, 24.9443), (60.1500, 24.9000)
    poster = replace(
        design(page=replace(SMALL_PAGE, bleed_mm=3, crop_marks=True)),
        tracks=(Track(points=(home, middle, beyond)), Track(points=(home, (60.1895, 24.9910)), label="Stairs")),
        markers=(
            Marker(latitude=home[0], longitude=home[1], label="Home"),
            Marker(latitude=beyond[0], longitude=beyond[1], shape="circle"),
            Marker(latitude=middle[0], longitude=middle[1], label="Here"),
        ),
    )
    svg = replace(poster, format=Format.SVG, page=SMALL_PAGE)
    export_poster(compose(map_of(svg, PARTS), svg), Targets(poster=tmp_path / "poster.svg"), quietly)
    root = ET.parse(tmp_path / "poster.svg").getroot()  # noqa: S314 (our own file)
    names = [element.get("id", "") for element in root.iter("{http://www.w3.org/2000/svg}g")]
    drawn = [name for name in names if name.startswith(("track", "marker", "label", "leader"))]
    assert sorted(drawn) == ["label", "label-halo", "marker", "track", "track-halo"]
    [line] = [element for element in root.iter() if element.get("id") == "track"]
    numbers = [float(word) for word in line[0].get("d", "").split() if word not in "ML"]
    assert all(-2 <= x <= 218 and -2 <= y <= 290 for x, y in zip(numbers[::2], numbers[1::2], strict=True))

    pdf = replace(poster, format=Format.PDF)
    export_poster(compose(map_of(pdf, PARTS), pdf), Targets(poster=tmp_path / "poster.pdf"), quietly)
    reader = pypdf.PdfReader(tmp_path / "poster.pdf")
    layers = [layer.get_object()["/Name"] for layer in reader.trailer["/Root"]["/OCProperties"]["/OCGs"]]
    drawn = [name for name in layers if name.startswith(("track", "marker", "label", "leader"))]
    assert sorted(drawn) == ["label", "label-halo", "marker", "track", "track-halo"]


def test_a_pdf_has_the_boxes_a_print_shop_asks_for(tmp_path):
    targets, _, _ = written(tmp_path, Format.PDF, Page(width_mm=200, height_mm=300, bleed_mm=3, crop_marks=True))
    page = pypdf.PdfReader(targets.poster).pages[0]
    in_mm = {
        name: [float(pt) * 25.4 / 72 for pt in box]
        for name, box in (("media", page.mediabox), ("bleed", page.bleedbox), ("trim", page.trimbox))
    }
    assert in_mm["media"] == pytest.approx([0, 0, 222, 322], abs=0.01)
    assert in_mm["bleed"] == pytest.approx([8, 8, 214, 314], abs=0.01)
    assert in_mm["trim"] == pytest.approx([11, 11, 211, 311], abs=0.01)


def test_a_pdf_without_bleed_is_the_page_itself(tmp_path):
    targets, _, _ = written(tmp_path, Format.PDF)
    page = pypdf.PdfReader(targets.poster).pages[0]
    for box in (page.mediabox, page.bleedbox, page.trimbox):
        assert [float(pt) for pt in box] == pytest.approx([0, 0, 216, 288])


def test_a_pdf_names_its_layers_and_holds_vectors_only(tmp_path):
    targets, _, _ = written(tmp_path, Format.PDF)
    reader = pypdf.PdfReader(targets.poster)
    layers = [layer.get_object()["/Name"] for layer in reader.trailer["/Root"]["/OCProperties"]["/OCGs"]]
    assert layers[:6] == ["land", "water", "road_primary", "road_motorway", "bridges", "fades"]
    assert "lettering-title" in layers
    objects = reader.pages[0]["/Resources"]["/XObject"].get_object()
    assert {item.get_object()["/Subtype"] for item in objects.values()} == {"/Form"}
    assert reader.metadata.title == "Chișinău, Moldova"
    assert reader.metadata.subject == CREDIT


def test_layers_are_opened_and_closed_in_pairs(tmp_path):
    targets, _, _ = written(tmp_path, Format.PDF)
    operators = [operator for _, operator in pypdf.PdfReader(targets.poster).pages[0].get_contents().operations]
    assert operators.count(b"BDC") + operators.count(b"BMC") == operators.count(b"EMC") > 5
