"""Pictures drawn while somebody looks."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from mural.poster import Marker, Track
from routes.posters.schemas.previews import DrawnIn
from routes.themes.rest import EXAMPLE
from tests.support.api import V1, Api, Visitor

WISH = {"city": "Helsinki", "country": "Finland", "latitude": 60.1715, "longitude": 24.9443, "theme": "noir"}
PREVIEW = f"{V1}/preview.png"


def test_a_design_is_drawn_as_wide_as_asked_for(ann: Visitor) -> None:
    answer = ann.get(PREVIEW, query_string=WISH | {"width": 320})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(answer.data)).width == 320
    assert "public" not in answer.headers["Cache-Control"]


def test_an_equal_preview_need_not_be_sent_again(ann: Visitor, ben: Visitor) -> None:
    first = ann.get(PREVIEW, query_string=WISH)
    again = ben.get(PREVIEW, query_string=WISH, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = ben.get(PREVIEW, query_string=WISH | {"title": "Home"}, headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"width": 801}, 400, "width"),
        ({"width": 99}, 400, "width"),
        ({"size": "a99"}, 400, "size"),
        ({"latitude": 86}, 400, "latitude"),
        ({"longitude": None}, 400, "body"),
        ({"hide": "clouds"}, 400, "hide"),
        ({"add": "compass"}, 400, "add"),
        ({"dpi": 300}, 400, "dpi"),
        ({"theme": "no_such"}, 404, None),
    ],
)
def test_a_preview_that_cannot_be_drawn_says_why(ann: Visitor, change: dict, status: int, field: str | None) -> None:
    query = {name: value for name, value in (WISH | change).items() if value is not None}
    answer = ann.get(PREVIEW, query_string=query)
    assert (answer.status_code, answer.get_json().get("field")) == (status, field)


def test_layers_are_left_out_by_name(ann: Visitor) -> None:
    assert ann.get(PREVIEW, query_string=WISH | {"hide": "buildings,rail"}).status_code == 200
    assert ann.get(PREVIEW, query_string=WISH | {"hide": ""}).status_code == 200


def test_a_design_too_long_for_an_address_is_drawn(ann: Visitor) -> None:
    walk = [[60.17 + step / 1e5, 24.94] for step in range(5000)]
    answer = ann.post(PREVIEW, json=WISH | {"tracks": [{"points": walk}], "width": 300})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_equal_designs_give_the_same_picture_whatever_file_they_are_for(ann: Visitor) -> None:
    first = ann.post(PREVIEW, json=WISH)
    same = ann.post(PREVIEW, json=WISH | {"format": "pdf", "bleed_mm": 3, "crop_marks": True, "visibility": "unlisted"})
    other = ann.post(PREVIEW, json=WISH | {"markers": [{"latitude": 60.17, "longitude": 24.94}]})
    assert first.headers["ETag"] == same.headers["ETag"]
    assert first.headers["ETag"] != other.headers["ETag"]


def test_colours_that_are_no_theme_yet_are_drawn(ann: Visitor, api: Api) -> None:
    noir = ann.get(f"{V1}/themes/noir").get_json()
    draft = {**noir["colors"], "name": "Draft", "description": "Not kept"}
    plain = ann.post(PREVIEW, json=WISH)
    drawn = ann.post(PREVIEW, json=WISH | {"draft_theme": draft | {"bg": "#123456"}})
    assert drawn.status_code == 200
    assert drawn.headers["ETag"] != plain.headers["ETag"]
    assert ann.get(f"{V1}/themes").get_json()["total"] == len(api.services.themes.all())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"draft_theme": {"name": "No colours", "description": "x"}}, "bg"),
        ({"draft_theme": {"glow": "#ffffff"}}, "glow"),
        ({"draft_theme": EXAMPLE | {"texture": "velvet"}}, "texture"),
        ({"tracks": [{"points": [[60, 24]]}]}, "tracks.0.points"),
        ({"markers": [{"latitude": 91, "longitude": 0}]}, "markers.0.latitude"),
        ({"width": 5000}, "width"),
        ({"preview_mode": True}, "preview_mode"),
    ],
)
def test_what_cannot_be_drawn_is_named(ann: Visitor, changes: dict[str, Any], field: str) -> None:
    answer = ann.post(PREVIEW, json=WISH | changes)
    assert answer.status_code == 400
    assert answer.get_json()["field"] == field


def test_what_is_pointed_out_reaches_the_design() -> None:
    body = WISH | {
        "markers": [{"latitude": 60.1, "longitude": 24.9, "shape": "heart", "label": "Home"}],
        "tracks": [{"points": [[60, 24], [61, 25]], "label": "Walk"}],
    }
    wish = DrawnIn.model_validate(body).to_request()
    assert wish.markers == (Marker(latitude=60.1, longitude=24.9, label="Home", shape="heart"),)
    assert wish.tracks == (Track(points=((60, 24), (61, 25)), label="Walk"),)
