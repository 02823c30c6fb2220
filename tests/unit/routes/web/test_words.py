"""What is wrong with a field, in every language."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from pydantic import ValidationError

from routes.posters.schemas.posters import PageQuery, PosterIn
from routes.posters.schemas.previews import LivePreviewIn
from routes.web.errors import validation_body
from routes.web.languages import LANGUAGES
from routes.web.schemas import Request
from routes.web.words import PATTERNS, WORDS, sentence
from tests.support.server import HELSINKI

CTX = {
    "gt": 0.0,
    "ge": 1.5,
    "lt": 2,
    "le": 3,
    "least": 1,
    "most": 2,
    "words": "a, b",
    "pattern": next(iter(PATTERNS)),
    "least_px": 100,
    "least_mm": 10.0,
    "steepest": 5.0,
}


def told(schema: type[Request], body: dict[str, Any], code: str) -> str:
    """Tell in a language what is wrong with a body."""
    with Flask("abroad").test_request_context(headers={"Accept-Language": code}):
        with pytest.raises(ValidationError) as refused:
            schema.model_validate(body)
        return str(validation_body(refused.value)["message"])


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"city": None}, "„city“ muss Text sein."),
        ({"city": ""}, "„city“ braucht mindestens 1 Zeichen."),
        ({"country": "x" * 101}, "„country“ darf höchstens 100 Zeichen haben."),
        ({"city": "a\x00"}, "„city“ muss etwas Lesbares enthalten und keine Steuerzeichen."),
        ({"distance": "far"}, "„distance“ muss eine Zahl sein."),
        ({"distance": 50_001}, "„distance“ darf höchstens 50000 sein."),
        ({"format": "gif"}, "„format“ muss png, svg, pdf, jpeg oder webp sein."),
        ({"more": 1}, "„more“ ist hier nicht bekannt."),
        ({"longitude": None}, "Breite und Länge gehören zusammen: beide angeben oder keine."),
        ({"tracks": [{"points": []}]}, "„tracks.0.points“ braucht mindestens 2 Einträge."),
    ],
)
def test_a_fault_is_told_in_the_language_that_is_asked_for(change: dict[str, Any], sentence: str) -> None:
    assert told(PosterIn, HELSINKI | change, "de") == sentence


def test_words_of_a_list_are_named() -> None:
    message = told(LivePreviewIn, HELSINKI | {"add": "moat"}, "en")
    assert message == "“add” must be any of frame, north_arrow, scale_bar, separated by commas."


def test_a_day_that_is_none_is_shown_what_one_is() -> None:
    assert told(PageQuery, {"first_day": "monday"}, "en") == "“first_day” must be a day such as 2026-01-31."


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("number", [1, 2, 5, 100])
@pytest.mark.parametrize("kind", WORDS)
def test_every_kind_of_fault_has_a_whole_sentence_in_every_language(kind: str, number: int, code: str) -> None:
    with Flask("abroad").test_request_context(headers={"Accept-Language": code}):
        said = sentence(kind, "field", CTX | {"min_length": number, "max_length": number, "allowed": ["a", "b"]})
    assert said
    assert not {"%", "None"} & set(said)
    assert said.endswith(".")


def test_a_fault_that_has_no_sentence_says_so() -> None:
    assert sentence("a fault of tomorrow", "field", {}) is None
