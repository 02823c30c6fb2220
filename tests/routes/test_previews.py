"""Pictures drawn on demand: the same design gives the same picture, and what cannot be drawn is refused by name."""

from __future__ import annotations

from typing import Any

import pytest

from mural.poster import Marker, Track
from routes.schemas import DrawnIn
from tests.support.api import HELSINKI, V1, Api, Visitor

DRAW = f"{V1}/preview.png"


def test_a_design_too_long_for_an_address_is_drawn(ann: Visitor) -> None:
    walk = [[60.17 + step / 1e5, 24.94] for step in range(5000)]
    answer = ann.post(DRAW, json=HELSINKI | {"tracks": [{"points": walk}], "width": 300})
    assert (answer.status_code, answer.mimetype) == (200, "image/png")


def test_equal_designs_give_the_same_picture_whatever_file_they_are_for(ann: Visitor) -> None:
    first = ann.post(DRAW, json=HELSINKI)
    same = ann.post(
        DRAW, json=HELSINKI | {"format": "pdf", "bleed_mm": 3, "crop_marks": True, "visibility": "unlisted"}
    )
    other = ann.post(DRAW, json=HELSINKI | {"markers": [{"latitude": 60.17, "longitude": 24.94}]})
    assert first.headers["ETag"] == same.headers["ETag"]
    assert first.headers["ETag"] != other.headers["ETag"]


def test_colours_that_are_no_theme_yet_are_drawn(ann: Visitor, api: Api) -> None:
    noir = ann.get(f"{V1}/themes/noir").get_json()
    draft = {**noir["colors"], "name": "Draft", "description": "Not kept"}
    plain = ann.post(DRAW, json=HELSINKI)
    drawn = ann.post(DRAW, json=HELSINKI | {"draft_theme": draft | {"bg": "#123456"}})
    assert drawn.status_code == 200
    assert drawn.headers["ETag"] != plain.headers["ETag"]
    assert all(theme.name != "Draft" for theme in api.services.themes.seen_by("anybody"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"draft_theme": {"name": "No colours", "description": "x"}}, "bg"),
        ({"draft_theme": {"glow": "#ffffff"}}, "glow"),
        ({"tracks": [{"points": [[60, 24]]}]}, "tracks.0.points"),
        ({"markers": [{"latitude": 91, "longitude": 0}]}, "markers.0.latitude"),
        ({"width": 5000}, "width"),
        ({"preview_mode": True}, "preview_mode"),
    ],
)
def test_what_cannot_be_drawn_is_named(ann: Visitor, changes: dict[str, Any], field: str) -> None:
    answer = ann.post(DRAW, json=HELSINKI | changes)
    assert answer.status_code == 400
    assert answer.get_json()["field"] == field


def test_what_is_pointed_out_reaches_the_design() -> None:
    body = HELSINKI | {
        "markers": [{"latitude": 60.1, "longitude": 24.9, "shape": "heart", "label": "Home"}],
        "tracks": [{"points": [[60, 24], [61, 25]], "label": "Walk"}],
    }
    wish = DrawnIn.model_validate(body).to_request()
    assert wish.markers == (Marker(latitude=60.1, longitude=24.9, label="Home", shape="heart"),)
    assert wish.tracks == (Track(points=((60, 24), (61, 25)), label="Walk"),)
