"""The plain form of the workbench, and what it becomes."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from mural.errors import InvalidInput
from mural.geo.gazetteer import Settlement
from mural.poster import ALL_LAYERS, Format, Furniture, Page, Place, PosterDesign, Texts
from mural.themes import load_theme
from routes import forms
from services.requests import PosterRequest
from tests.support.real_parts import ROOT


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
    ("unlisted", "1"),
]


def wish(pairs: list[tuple[str, str]], *towns: Settlement) -> PosterRequest:
    return forms.wish_from_form(MultiDict(pairs), knows(*towns))


def test_every_control_of_the_form_reaches_the_request() -> None:
    made = wish(FULL)
    assert (made.city, made.country, made.latitude, made.longitude) == ("Helsinki", "Finland", 60.1715, 24.9443)
    assert (made.theme, made.distance_m, made.size, made.orientation) == ("noir", 500, "a4", "landscape")
    assert (made.format, made.dpi, made.rotation_deg) == (Format.PDF, 150, 45)
    assert made.layers == {"roads", "sea"}
    assert made.texts == Texts(title="Home", subtitle="", coordinates="")
    assert made.furniture == Furniture(frame=True)
    assert (made.bleed_mm, made.crop_marks) == (forms.BLEED_MM, True)
    assert made.visibility == "unlisted"


def test_bleed_is_left_out_of_what_no_print_shop_takes() -> None:
    made = wish([*(pair for pair in FULL if pair[0] != "format"), ("format", "png")])
    assert (made.bleed_mm, made.crop_marks) == (0, False)


def test_the_short_form_of_the_wall_leaves_everything_on() -> None:
    made = wish([("place", "Springfield"), ("theme", "noir")], town("Springfield"))
    assert made.layers == ALL_LAYERS
    assert made.texts == Texts()
    assert made.visibility == "public"


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


@pytest.mark.parametrize("typed", ["", "Xyzzyx"])
def test_a_place_that_is_not_known_is_named(typed: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        wish([("place", typed), ("theme", "noir")])
    assert fault.value.field == "place"


@pytest.mark.parametrize(("name", "value"), [("distance", "1"), ("dpi", "9"), ("orientation", "sideways")])
def test_a_value_out_of_bounds_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as fault:
        wish([*(pair for pair in FULL if pair[0] != name), (name, value)])
    assert fault.value.field == name


@pytest.mark.parametrize("candidate", ["", "city=x", "city=&country=&latitude=a&longitude=b", "nonsense=1"])
def test_a_made_up_candidate_is_refused(candidate: str) -> None:
    with pytest.raises(InvalidInput):
        wish([("candidate", candidate), ("theme", "noir")])


def test_the_address_says_what_is_hidden() -> None:
    state = forms.state_from_address(
        MultiDict({"city": "Oslo", "hide": "rail,roads", "subtitle": "", "add": "frame,x"})
    )
    assert state.layers == ALL_LAYERS - {"rail", "roads"}
    assert state.show == {"title", "coordinates"}
    assert state.add == {"frame"}


def test_a_bare_address_begins_with_the_sample() -> None:
    state = forms.state_from_address(MultiDict({"theme": "ocean"}))
    assert (state.city, state.distance, state.theme) == ("Helsinki", 500, "ocean")


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
    )


def test_another_theme_keeps_everything_else() -> None:
    made = forms.wish_like(design(), MultiDict({"theme": "ocean"}), "unlisted")
    assert made.theme == "ocean"
    assert (made.format, made.visibility) == (Format.PNG, "unlisted")
    assert (made.texts, made.layers, made.rotation_deg) == (design().texts, design().layers, 30)


def test_another_format_keeps_the_theme() -> None:
    made = forms.wish_like(design(), MultiDict({"format": "svg"}), "public")
    assert (made.theme, made.format) == ("noir", Format.SVG)


def test_a_format_that_nobody_makes_is_the_one_it_had() -> None:
    assert forms.wish_like(design(), MultiDict({"format": "gif"}), "public").format is Format.PNG


def test_the_workbench_is_set_up_as_a_poster_was_made() -> None:
    state = forms.state_like(design())
    assert (state.size, state.orientation) == ("a3", "landscape")
    assert (state.title, state.show) == ("Hjem", {"title", "coordinates"})
    assert (state.layers, state.add, state.rotation) == ({"roads"}, {"scale_bar"}, 30)
