"""Pictures drawn while somebody looks."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.support.api import V1, Visitor

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
    assert ann.post(PREVIEW, json=WISH).status_code == 405


def test_layers_are_left_out_by_name(ann: Visitor) -> None:
    assert ann.get(PREVIEW, query_string=WISH | {"hide": "buildings,rail"}).status_code == 200
    assert ann.get(PREVIEW, query_string=WISH | {"hide": ""}).status_code == 200
