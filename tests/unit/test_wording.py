from __future__ import annotations

from dataclasses import replace

import pytest

from mural.errors import MissingScript
from mural.poster import Marker, Texts, Track
from mural.wording import check_wording, format_coordinates, poster_texts
from tests.support.designs import design
from tests.support.fonts import font_index


@pytest.mark.parametrize(
    ("latitude", "longitude", "written"),
    [
        (40.7128, -74.0060, "40.7128° N 74.0060° W"),
        (-33.8688, 151.2093, "33.8688° S 151.2093° E"),
        (-0.00001, -0.00001, "0.0000° N 0.0000° E"),
        (-0.00005001, 180.0, "0.0001° S 180.0000° E"),
        (90.0, -180.0, "90.0000° N 180.0000° W"),
    ],
)
def test_coordinates_carry_hemispheres_and_never_a_sign(latitude: float, longitude: float, written: str):
    assert format_coordinates(latitude, longitude) == written


def test_a_poster_says_its_place():
    assert poster_texts(design("Helsinki", "Finland")) == [
        ("title", "HELSINKI"),
        ("subtitle", "Finland"),
        ("coordinates", "60.1715° N 24.9443° E"),
    ]


def test_typed_texts_are_kept_as_they_are_typed():
    texts = Texts(title="home, sweet home", subtitle="since 2019", coordinates="here", lines=("A", "B"))
    assert poster_texts(design(texts=texts)) == [
        ("title", "home, sweet home"),
        ("subtitle", "since 2019"),
        ("coordinates", "here"),
        ("line", "A"),
        ("line", "B"),
    ]


@pytest.mark.parametrize("hidden", ["", "  ", "\u200b", "\u2060\ufe0f"])
def test_empty_texts_hide_their_lines(hidden: str):
    texts = Texts(title=hidden, subtitle=hidden, coordinates=hidden, lines=(hidden, "kept", hidden))
    assert poster_texts(design(texts=texts)) == [("line", "kept")]


def test_a_script_without_a_font_is_refused_wherever_it_stands():
    check_wording(design("東京", "日本", texts=Texts(lines=("القاهرة",))), font_index())
    with pytest.raises(MissingScript, match="Cuneiform"):
        check_wording(design(texts=Texts(lines=("fine", "𒀀𒁀"))), font_index())
    with pytest.raises(MissingScript, match="Cuneiform"):
        check_wording(replace(design(), markers=(Marker(latitude=0.0, longitude=0.0, label="𒀀𒁀"),)), font_index())
    with pytest.raises(MissingScript, match="Cuneiform"):
        check_wording(replace(design(), tracks=(Track(points=((0.0, 0.0), (0.0, 1.0)), label="𒀀𒁀"),)), font_index())
