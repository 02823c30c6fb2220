"""What ends up on the page, looked at pixel by pixel on small maps made for the purpose."""

from dataclasses import replace

import numpy as np
import pytest

from mural.geo.layers import Layer
from mural.poster import Format, Furniture, Marker, Page, Texts, Track
from mural.render import export
from mural.render.export import Targets, export_poster
from mural.render.lettering import block_top_pt
from tests.support.designs import design
from tests.support.maps import lines
from tests.support.pictures import compose, map_of, pixel_at, pixels, polygons, quietly, sample_map, square

SILENT = Texts(title="", subtitle="", coordinates="")


@pytest.fixture
def poster():
    plain = design(texts=SILENT)
    return replace(plain, theme=replace(plain.theme, sea="#6090c0", buildings="#b09070", beach="#f0e0a0"))


def drawn(poster, parts, width_px=300):
    return pixels(compose(map_of(poster, parts), poster), width_px)


def test_bare_land_is_the_colour_of_the_ground(poster):
    assert pixel_at(drawn(poster, {}), poster, 0, 0) == poster.theme.bg


def test_a_hole_in_the_water_is_land(poster):
    lake = polygons([square(400), square(200)])
    image = drawn(poster, {Layer.WATER: lake})
    assert pixel_at(image, poster, 300, 0) == poster.theme.water
    assert pixel_at(image, poster, 0, 0) == poster.theme.bg


def test_an_island_in_the_hole_of_another_lake_is_filled_again(poster):
    lakes = polygons([square(400), square(200)], [square(100)[::-1]])
    image = drawn(poster, {Layer.WATER: lakes})
    assert pixel_at(image, poster, 0, 0) == poster.theme.water
    assert pixel_at(image, poster, 150, 0) == poster.theme.bg


def test_polygons_that_share_an_edge_leave_no_hairline(poster):
    # The shared edge cuts through the middle of pixels, where two coverings of a half would let the ground through.
    left = [(-400, -400), (1.7, -400), (1.7, 400), (-400, 400)]
    right = [(1.7, -400), (400, -400), (400, 400), (1.7, 400)]
    image = drawn(poster, {Layer.WATER: polygons([left], [right])})
    assert (image[170:230, 100:200] == image[200, 120]).all()


def test_the_sea_covers_greens_and_buildings_stand_on_both(poster):
    image = drawn(
        poster,
        {
            Layer.PARK: polygons([square(500)]),
            Layer.SEA: polygons([square(300)]),
            Layer.BUILDING: polygons([square(100)]),
        },
    )
    colours = [pixel_at(image, poster, x, 0) for x in (400, 200, 0)]
    assert colours == [poster.theme.parks, poster.theme.sea, poster.theme.buildings]


def test_a_motorway_runs_over_a_street_and_a_bridge_over_both(poster):
    across, upright = [(-900.0, 0.0), (900.0, 0.0)], [(0.0, -900.0), (0.0, 900.0)]
    street, motorway = poster.theme.road_residential, poster.theme.road_motorway
    flat = {Layer.ROAD_RESIDENTIAL: lines(across), Layer.ROAD_MOTORWAY: lines(upright)}
    assert pixel_at(drawn(poster, flat, 1200), poster, 0, 0) == motorway
    bridged = flat | {Layer.ROAD_RESIDENTIAL: lines(across, levels=[1])}
    assert pixel_at(drawn(poster, bridged, 1200), poster, 0, 0) == street


def test_a_tunnel_is_dashed_and_dim(poster):
    image = drawn(poster, {Layer.ROAD_MOTORWAY: lines([(-900, 0), (900, 0)], levels=[-1])}, 1200)
    darkest = image[len(image) // 2].min()
    middle = image[len(image) // 2, 200:1000, 0]
    assert 0x60 < darkest < 0xC0
    assert np.abs(np.diff(middle.astype(int) > 200)).sum() > 10


def test_bands_leave_no_seam(poster, monkeypatch):
    diagonal = [[(-1000.0, y), (1000.0, y + 90.0)] for y in range(-1300, 1300, 40)]
    parts = {
        Layer.ROAD_MOTORWAY: lines(*diagonal),
        Layer.RAIL: lines(*diagonal, levels=[-1] * len(diagonal)),
        Layer.WATER: polygons(*[[square(70, x_m=x, y_m=x)] for x in range(-900, 900, 100)]),
    }
    whole = drawn(poster, parts)
    monkeypatch.setattr(export, "BAND_PX", 16)
    # Agg rounds where it cuts a line at the edge of a band: a level of a pixel, which nobody sees.
    assert np.abs(drawn(poster, parts).astype(int) - whole).max() <= 2


@pytest.mark.parametrize("page", [Page(width_mm=300, height_mm=100), Page(width_mm=100, height_mm=100, dpi=72)])
def test_other_pages_are_drawn_in_exactly_their_pixels(page):
    odd = design(page=page)
    picture = compose(map_of(odd, {}), odd)
    assert pixels(picture, page.width_px).shape == (page.height_px, page.width_px, 3)


def test_the_credit_is_there_even_when_every_text_is_hidden(poster):
    image = drawn(poster, {}, 1200)
    ink = (image != image[0, 0]).any(axis=2)
    assert ink[-80:].sum() > 500
    assert not ink[:-80].any()


def test_a_map_that_does_not_fade_ends_in_a_clean_edge_above_the_lettering(poster):
    titled = replace(poster, texts=Texts(), theme=replace(poster.theme, gradient_color="#f0e8d8", fades="none"))
    picture = compose(map_of(titled, {Layer.WATER: polygons([square(2000)])}), titled)
    image = pixels(picture, 300)
    height_px = len(image)
    edge = int(np.argmax((image[:, 0] != image[0, 0]).any(axis=1)))
    lettering_px = block_top_pt(picture.lettering) / picture.sheet.height_pt * height_px
    assert (image[:edge] == image[0, 0]).all()
    assert (image[edge:, 0] == (0xF0, 0xE8, 0xD8)).all()
    assert lettering_px < height_px - edge < 0.3 * height_px


@pytest.mark.parametrize(("fades", "faded"), [("both", (True, True)), ("head", (True, False)), ("foot", (False, True))])
def test_a_map_fades_where_its_theme_says(poster, fades, faded):
    plain = replace(poster, theme=replace(poster.theme, water="#204060", fades=fades))
    column = drawn(plain, {Layer.WATER: polygons([square(2000)])})[:, 0, 0]
    between = (column > 0x20) & (column < 0xFF)
    assert (between[:100].any(), between[200:].any()) == faded


def test_a_texture_lies_under_the_lettering_and_over_the_map(poster):
    textured = replace(poster, texts=Texts(), theme=replace(poster.theme, bg="#d8d0c0", texture="paper"))
    picture = compose(map_of(textured, {Layer.WATER: polygons([square(400)])}), textured)
    image = pixels(picture, 2400).astype(int)
    for bare in (image[1500:1700, 1100:1300], image[300:400, 100:300]):  # water and land
        assert np.ptp(bare, axis=(0, 1)).min() > 3
    px_per_pt = image.shape[1] / picture.sheet.width_pt
    rule = next(text for text in picture.lettering if text.role == "rule")
    left, bottom, right, top = (edge * px_per_pt for edge in rule.box_pt)
    inside = image[int(len(image) - top) + 1 : int(len(image) - bottom), int(left) + 2 : int(right) - 2]
    assert inside.size
    assert (inside == 0x11).all()


def test_bands_of_a_texture_leave_no_seam(poster, monkeypatch):
    textured = replace(poster, theme=replace(poster.theme, bg="#d8d0c0", texture="linen"))
    whole = drawn(textured, {})
    monkeypatch.setattr(export, "BAND_PX", 48)
    assert np.array_equal(drawn(textured, {}), whole)


def test_a_drawing_is_the_same_every_time():
    sample = replace(design(), distance_m=500.0)
    sample = replace(sample, theme=replace(sample.theme, texture="paper"))
    first, second = (pixels(compose(sample_map(sample), sample), 300) for _ in range(2))
    assert np.array_equal(first, second)


def test_markers_and_tracks_appear_where_they_are(poster):
    place = poster.place
    decorated = replace(
        poster,
        theme=replace(poster.theme, route="#c02020", marker="#2020c0"),
        furniture=Furniture(frame=True, scale_bar=True, north_arrow=True),
        markers=(Marker(latitude=place.latitude, longitude=place.longitude, shape="dot"),),
        tracks=(Track(points=((place.latitude, place.longitude - 0.01), (place.latitude, place.longitude + 0.01))),),
    )
    image = drawn(decorated, {}, 600)
    assert pixel_at(image, decorated, 0, 0) == "#2020c0"
    assert pixel_at(image, decorated, 300, 0) == "#c02020"


def test_the_sea_fades_into_a_lighter_sea_and_the_land_into_the_ground():
    poster = replace(design(texts=Texts(title="", subtitle="", coordinates="")), distance_m=500.0)
    west = polygons([[(-520, -700), (0, -700), (0, 700), (-520, 700)]])
    image = pixels(compose(map_of(poster, {Layer.SEA: west}), poster), 300)
    sea, ground = (int(colour[1:3], 16) for colour in (poster.theme.sea, poster.theme.bg))
    column, land = image[:200, 75, 0].astype(int), image[:200, 225, 0]
    assert set(land.tolist()) == {ground}
    assert column[-1] == sea
    assert sea + 10 < column[0] < ground - 10
    assert (np.diff(column) <= 1).all()  # lighter all the way, but for the dither


@pytest.mark.parametrize(("ground", "sea"), [("#c9a97c", "#a88f6c"), ("#c9a97c", "#ffffff"), ("#c9a97c", "#d8c8b0")])
def test_on_brown_paper_the_sea_grows_no_paler_than_the_paper(poster, ground, sea):
    brown = replace(poster, distance_m=500.0, theme=replace(poster.theme, bg=ground, sea=sea, text="#201810"))
    west = polygons([[(-520, -700), (0, -700), (0, 700), (-520, 700)]])
    faded = drawn(brown, {Layer.SEA: west})[0, 75]
    palest = max(int(colour[1:3], 16) for colour in (ground, sea))
    assert faded[0] <= palest + 1  # the dither


@pytest.mark.parametrize("file_format", [Format.SVG, Format.PDF])
def test_vectors_have_the_sea_fade_of_their_own(file_format, tmp_path):
    poster = replace(design(), distance_m=500.0, format=file_format)
    west = {Layer.SEA: polygons([[(-520, -700), (0, -700), (0, 700), (-520, 700)]])}
    for parts, expected in (({}, False), (west, True)):
        path = tmp_path / f"{len(parts)}.{file_format}"
        export_poster(compose(map_of(poster, parts), poster), Targets(poster=path), quietly)
        assert (b"sea_fades" in path.read_bytes()) == expected
