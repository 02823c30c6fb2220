"""The plain form of the workbench, and what it becomes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from mural.errors import InvalidInput
from mural.geo.gazetteer import Settlement
from mural.paper import PageWish, page_for
from mural.poster import ALL_LAYERS, Format, Furniture, Marker, Page, Place, PosterDesign, Texts, Track
from mural.themes import load_theme
from routes.posters import forms
from routes.posters.schemas.previews import LivePreviewIn
from routes.web.errors import validation_body
from services.posters.requests import PosterRequest
from tests.support.real_parts import ROOT

HERE = Marker(latitude=59.9, longitude=10.7, label="Here", shape="circle")
WALK = Track(points=((60.0, 10.0), (60.1, 10.1)), label="Walk")


def town(name: str, region: str = "", country: str = "United States") -> Settlement:
    return Settlement(
        geonameid=1,
        name=name,
        region=region,
        country=country,
        country_code="US",
        latitude=39.8,
        longitude=-89.6,
        population=1000,
    )


def knows(*towns: Settlement):
    return lambda _typed, limit: list(towns)[:limit]


FULL = [
    ("full", "1"),
    ("place", "Helsinki, Finland"),
    ("city", "Helsinki"),
    ("country", "Finland"),
    ("latitude", "60.1715"),
    ("longitude", "24.9443"),
    ("theme", "noir"),
    ("distance", "500"),
    ("size", "a4"),
    ("orientation", "landscape"),
    ("format", "pdf"),
    ("dpi", "150"),
    ("rotation", "45"),
    ("layers", "roads"),
    ("layers", "sea"),
    ("show", "title"),
    ("title", "Home"),
    ("subtitle", "hidden all the same"),
    ("add", "frame"),
    ("bleed", "1"),
    ("visibility", "unlisted"),
    ("line", "since 1952\r\n\r\n our town "),
    ("font", "bitter"),
    ("marker", "60.17100,24.94400,heart,Home, sweet home"),
    ("tracks", '[{"label": "Walk", "points": [[60.17, 24.94], [60.18, 24.95]]}]'),
]


def wish(pairs: list[tuple[str, str]], *towns: Settlement) -> PosterRequest:
    return forms.wish_from_form(MultiDict(pairs), knows(*towns))


def refused_field(pairs: list[tuple[str, str]]) -> str:
    """Tell which field of a form is refused."""
    with pytest.raises((InvalidInput, ValidationError)) as refused:
        wish(pairs)
    fault = refused.value
    return fault.field if isinstance(fault, InvalidInput) else str(validation_body(fault)["field"])


def test_every_control_of_the_form_reaches_the_request() -> None:
    made = wish(FULL)
    assert (made.city, made.country, made.latitude, made.longitude) == ("Helsinki", "Finland", 60.1715, 24.9443)
    assert (made.theme, made.distance_m, made.size, made.orientation) == ("noir", 500, "a4", "landscape")
    assert (made.format, made.dpi, made.rotation_deg) == (Format.PDF, 150, 45)
    assert made.layers == {"roads", "sea"}
    lines = ("since 1952", "our town")
    assert made.texts == Texts(title="Home", subtitle="", coordinates="", lines=lines, font="bitter")
    assert made.markers == (Marker(latitude=60.171, longitude=24.944, label="Home, sweet home", shape="heart"),)
    assert made.tracks == (Track(points=((60.17, 24.94), (60.18, 24.95)), label="Walk"),)
    assert made.furniture == Furniture(frame=True)
    assert (made.bleed_mm, made.crop_marks) == (forms.BLEED_MM, True)
    assert made.visibility == "unlisted"


@pytest.mark.parametrize("tracks", ["{", "[1]", '[{"points": [[1, 2]]}]', '[{"points": "x", "more": 1}]'])
def test_tracks_that_are_none_are_refused(tracks: str) -> None:
    sent = [*(pair for pair in FULL if pair[0] != "tracks"), ("tracks", tracks)]
    assert refused_field(sent).startswith("tracks")
    assert forms.state_from_form(MultiDict(sent)).tracks == ()


@pytest.mark.parametrize("words", ["", "x,y", "95,0,pin,", "60,24,square,", "1"])
def test_a_marker_in_the_address_that_is_none_is_passed_over(words: str) -> None:
    assert forms.state_from_address(MultiDict([("marker", words)])).markers == ()


def test_bleed_is_left_out_of_what_no_print_shop_takes() -> None:
    made = wish([*(pair for pair in FULL if pair[0] != "format"), ("format", "png")])
    assert (made.bleed_mm, made.crop_marks) == (0, False)


def test_the_short_form_of_the_wall_leaves_everything_on() -> None:
    made = wish([("place", "Springfield"), ("theme", "noir")], town("Springfield"))
    assert made.layers == ALL_LAYERS
    assert made.texts == Texts()
    assert made.seen_by == "public"


def test_a_place_of_one_name_is_taken() -> None:
    assert wish([("place", "Springfield"), ("theme", "noir")], town("Springfield")).latitude == 39.8


def test_the_exact_name_is_preferred_to_those_that_begin_so() -> None:
    both = town("Springfield"), town("Springfield Gardens")
    assert wish([("place", "springfield, united states"), ("theme", "noir")], *both).city == "Springfield"


def test_several_places_of_one_name_are_a_question() -> None:
    two = town("Springfield", "Illinois"), town("Springfield", "Missouri")
    with pytest.raises(forms.Ambiguous) as question:
        wish([("place", "Springfield"), ("theme", "noir")], *two)
    assert question.value.candidates == list(two)


def test_the_answer_to_the_question_is_a_place() -> None:
    picked = forms.town_query(town("Saint-Denis & co", country="Réunion"))
    made = wish([("place", "Saint"), ("candidate", picked), ("theme", "noir")])
    assert (made.city, made.country, made.longitude) == ("Saint-Denis & co", "Réunion", -89.6)


def test_coordinates_that_belong_to_another_name_are_not_believed() -> None:
    edited = [("place", "Springfield"), *(pair for pair in FULL if pair[0] != "place")]
    assert wish(edited, town("Springfield")).city == "Springfield"


def test_a_form_that_comes_back_has_what_was_typed_and_not_where_it_was_before() -> None:
    state = forms.state_from_form(MultiDict([("place", "Springfield"), *(pair for pair in FULL if pair[0] != "place")]))
    assert (state.city, state.country, state.latitude) == ("Springfield", "", "")
    kept = forms.state_from_form(MultiDict(FULL))
    assert (kept.city, kept.country, kept.latitude) == ("Helsinki", "Finland", "60.1715")
    assert kept.tracks == state.tracks == wish([pair for pair in FULL if pair[0] != "hide_ends_m"]).tracks != ()


def test_the_preview_without_a_script_shows_what_the_form_says() -> None:
    state = forms.state_from_form(MultiDict(FULL))
    drawn = LivePreviewIn.model_validate(state.preview_query).to_request()
    made = wish(FULL)
    assert (drawn.latitude, drawn.theme, drawn.size, drawn.layers) == (60.1715, "noir", "a4", made.layers)
    assert drawn.texts == Texts(title="Home", subtitle="", coordinates="")
    assert (drawn.furniture, drawn.rotation_deg) == (made.furniture, 45)


@pytest.mark.parametrize("typed", ["", "Xyzzyx"])
def test_a_place_that_is_not_known_is_named(typed: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        wish([("place", typed), ("theme", "noir")])
    assert fault.value.field == "place"


@pytest.mark.parametrize(("name", "value"), [("distance", "1"), ("dpi", "9"), ("orientation", "sideways")])
def test_a_value_out_of_bounds_is_refused_by_name(name: str, value: str) -> None:
    assert refused_field([*(pair for pair in FULL if pair[0] != name), (name, value)]) == name


def own_size(width: str, height: str, unit: str) -> list[tuple[str, str]]:
    """Fill in a size of one's own; the way it hangs is still what was chosen for another size."""
    return [
        *(pair for pair in FULL if pair[0] != "size"),
        ("size", "own"),
        ("width", width),
        ("height", height),
        ("unit", unit),
    ]


@pytest.mark.parametrize(
    ("sides", "size", "orientation"),
    [
        (("31", "47.5", "cm"), "31x47.5cm", "portrait"),
        (("30", "40", "cm"), "30x40cm", "portrait"),
        (("12", "8", "in"), "12x8in", "landscape"),
        (("1234", "1000", "px"), "1234x1000px", "landscape"),
    ],
)
def test_a_size_of_ones_own_stands_as_it_is_measured(sides: tuple[str, str, str], size: str, orientation: str) -> None:
    made = wish(own_size(*sides))
    assert (made.size, made.orientation) == (size, orientation)
    state = forms.state_from_form(MultiDict(own_size(*sides)))
    assert state.sides == (float(sides[0]), float(sides[1]), sides[2])
    assert LivePreviewIn.model_validate(state.preview_query).to_request().size == size


@pytest.mark.parametrize("sides", [("", "40", "cm"), ("x", "40", "cm"), ("-3", "40", "cm"), ("30", "40", "ell")])
def test_a_size_of_ones_own_that_is_none_is_refused(sides: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        page_for(PageWish(size=wish(own_size(*sides)).size))
    assert refused.value.field == "size"


@pytest.mark.parametrize(
    ("address", "size", "orientation", "own", "sides"),
    [
        ({"size": "40x30.5cm"}, "40x30.5cm", "landscape", True, (40, 30.5, "cm")),
        ({"size": "a3", "orientation": "landscape"}, "a3", "landscape", False, (29.7, 42, "cm")),
        ({"size": "30x40cm", "orientation": "landscape"}, "30x40cm", "landscape", False, (30, 40, "cm")),
        ({"size": "8furlongs"}, "12x16in", "portrait", False, (12, 16, "in")),
        ({}, "12x16in", "portrait", False, (12, 16, "in")),
    ],
)
def test_the_address_says_which_paper(
    address: dict[str, str], size: str, orientation: str, own: bool, sides: tuple[float, float, str]
) -> None:
    state = forms.state_from_address(MultiDict(address))
    assert (state.size, state.orientation, state.has_own_size, state.sides) == (size, orientation, own, sides)


@pytest.mark.parametrize("candidate", ["", "city=x", "city=&country=&latitude=a&longitude=b", "nonsense=1"])
def test_a_made_up_candidate_is_refused(candidate: str) -> None:
    assert refused_field([("candidate", candidate), ("theme", "noir")])


def test_the_address_says_what_is_hidden() -> None:
    state = forms.state_from_address(
        MultiDict({"city": "Oslo", "hide": "rail,roads", "subtitle": "", "add": "frame,x"})
    )
    assert state.layers == ALL_LAYERS - {"rail", "roads"}
    assert state.show == {"title", "coordinates"}
    assert state.add == {"frame"}


def test_a_bare_address_begins_with_the_sample() -> None:
    state = forms.state_from_address(MultiDict({"theme": "ocean"}))
    assert (state.city, state.plain["distance"], state.theme) == ("Helsinki", 500, "ocean")


def design() -> PosterDesign:
    return PosterDesign(
        place=Place(city="Oslo", country="Norway", latitude=59.9, longitude=10.7),
        distance_m=3000,
        theme=load_theme(ROOT / "themes" / "noir.json"),
        page=Page(width_mm=420, height_mm=297, dpi=150),
        layers=frozenset({"roads"}),
        texts=Texts(title="Hjem", subtitle=""),
        rotation_deg=30,
        furniture=Furniture(scale_bar=True),
        markers=(HERE,),
        tracks=(WALK,),
    )


def test_marks_and_tracks_come_back_with_the_workbench() -> None:
    state = forms.state_like(design(), "public")
    assert (state.markers, state.tracks) == ((HERE,), (WALK,))
    assert json.loads(state.tracks_json) == [{"label": "Walk", "points": [[60.0, 10.0], [60.1, 10.1]]}]
    assert forms.marker_words(HERE) == "59.90000,10.70000,circle,Here"


def test_another_theme_keeps_everything_else() -> None:
    made = forms.wish_like(design(), MultiDict({"theme": "ocean"}), "unlisted")
    assert made.theme == "ocean"
    assert (made.format, made.visibility) == (Format.PNG, "unlisted")
    assert (made.texts, made.layers, made.rotation_deg) == (design().texts, design().layers, 30)


def test_another_theme_keeps_what_the_print_shop_wants() -> None:
    printed = replace(design(), format=Format.PDF, page=Page(bleed_mm=3, crop_marks=True))
    made = forms.wish_like(printed, MultiDict({"theme": "ocean"}), "public")
    assert (made.format, made.bleed_mm, made.crop_marks) == (Format.PDF, 3, True)


def test_a_button_stands_for_a_kind_of_file() -> None:
    assert forms.format_of(MultiDict({"format": "svg"})) is Format.SVG
    with pytest.raises(InvalidInput) as refused:
        forms.format_of(MultiDict({"format": "gif"}))
    assert refused.value.facts["allowed"] == ["png", "svg", "pdf", "jpeg", "webp"]


def test_the_workbench_is_set_up_as_a_poster_was_made() -> None:
    state = forms.state_like(design(), "public")
    assert (state.size, state.orientation) == ("a3", "landscape")
    assert (state.title, state.show) == ("Hjem", {"title", "coordinates"})
    assert (state.layers, state.add, state.plain["rotation"]) == ({"roads"}, {"scale_bar"}, 30)
    assert state.seen_by == "public"
    assert forms.state_like(design(), "unlisted").seen_by == "unlisted"


@pytest.mark.parametrize(
    ("page", "size", "orientation"),
    [
        (Page(width_mm=475, height_mm=310), "47.5x31cm", "landscape"),
        (Page(width_mm=210, height_mm=297, dpi=600), "a4", "portrait"),
    ],
)
def test_the_workbench_is_set_up_with_the_paper_of_a_poster(page: Page, size: str, orientation: str) -> None:
    state = forms.state_like(replace(design(), page=page), "public")
    assert (state.size, state.orientation) == (size, orientation)
