from __future__ import annotations

from operator import attrgetter
from typing import Any, Final

import pytest
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict

from mural.paper import PageWish, page_for
from mural.poster import Place, PosterDesign
from mural.themes import load_theme
from routes.posters import forms
from routes.posters.fields import FIELDS, START, PlainField
from routes.posters.schemas.posters import PosterIn
from services.posters.requests import PosterRequest
from tests.support.real_parts import ROOT

HELSINKI: Final = {"city": "Helsinki", "country": "Finland", "latitude": "60.1715", "longitude": "24.9443"}
SAMPLES: Final[dict[str, Any]] = {
    "distance": 1500,
    "dpi": 150,
    "format": "webp",
    "rotation": 45,
    "hide_ends_m": 200,
    "visibility": "unlisted",
}

every_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)


def sample(field: PlainField) -> Any:
    return SAMPLES.get(field.name, "In the rain")


def in_request(field: PlainField, request: PosterRequest) -> Any:
    return attrgetter(f"remarks.{field.name}" if field.remark else field.asked_as)(request)


@every_field
def test_what_a_body_says_reaches_the_request(field: PlainField) -> None:
    body = {**HELSINKI, "theme": "noir"}
    assert in_request(field, PosterIn.model_validate(body).to_request()) == field.usual != sample(field)
    assert in_request(field, PosterIn.model_validate(body | {field.name: sample(field)}).to_request()) == sample(field)


@every_field
def test_what_an_address_says_stands_in_the_form_and_reaches_the_request(field: PlainField) -> None:
    shown = forms.state_from_address(MultiDict({**HELSINKI, field.name: str(sample(field))})).plain
    assert dict(shown) == START | {field.name: sample(field)}
    sent = {name: str(value) for name, value in shown.items()} | {"full": "1", "place": "Helsinki, Finland"}
    made = forms.wish_from_form(MultiDict(HELSINKI | sent), lambda _words, _count: [])
    assert in_request(field, made) == sample(field)


@every_field
def test_what_a_design_says_stands_in_the_form_again(field: PlainField) -> None:
    request = PosterIn.model_validate({**HELSINKI, "theme": "noir", field.name: sample(field)}).to_request()
    design = PosterDesign(
        **request.wished(),
        place=Place(city="Helsinki", country="Finland", latitude=60.1715, longitude=24.9443),
        theme=load_theme(ROOT / "themes/noir.json"),
        page=page_for(PageWish(dpi=request.dpi)),
    )
    in_design = field.remark or field.designed_as
    shown = forms.state_like(design, request.seen_by).plain
    assert shown[field.name] == (sample(field) if in_design or field.name == "visibility" else field.usual)


@every_field
def test_what_is_not_allowed_is_refused_by_name_and_shown_as_usual(field: PlainField) -> None:
    wrong = "x" * 1000
    with pytest.raises(ValidationError) as refused:
        PosterIn.model_validate({**HELSINKI, "theme": "noir", field.name: wrong})
    assert [fault["loc"] for fault in refused.value.errors()] == [(field.name,)]
    shown = forms.state_from_address(MultiDict({**HELSINKI, field.name: wrong})).plain
    assert dict(shown) == (START | {field.name: wrong} if field.remark else START), "words can be shortened"
