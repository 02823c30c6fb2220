"""What went wrong, said in the visitor's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from mural import errors
from routes.web import faults
from tests.unit.test_errors import TREE


@pytest.fixture
def german() -> Iterator[None]:
    with Flask("german").test_request_context(headers={"Accept-Language": "de"}):
        yield


def test_in_english_an_error_speaks_for_itself() -> None:
    error = errors.NoStreets("There are no streets within 0.5 km of this point.")
    assert faults.said(error) == error.message


def test_a_sentence_that_the_catalogue_has_is_said_just_so(german: None) -> None:
    error = errors.InvalidInput("No place of that name is known here.", field="place")
    assert faults.said(error) == "Ein Ort dieses Namens ist hier nicht bekannt."


def test_else_the_kind_is_said_with_its_facts(german: None) -> None:
    asked = errors.TooMany("You have 20 posters on their way.", retry_after_s=7)
    assert "7 Sekunden" in faults.said(asked)
    assert faults.said(errors.InvalidInput("Too wide.", field="size")) == "„size“ enthält etwas, das nicht erlaubt ist."


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"allowed": ["a", "b"]}, "„size“ muss a oder b sein."),
        ({"reason": "out_of_range", "least": 500.0, "most": 30_000.0}, "„size“ muss zwischen 500 und 30000 liegen."),
        ({"reason": "a reason of its own"}, "„size“ enthält etwas, das nicht erlaubt ist."),
    ],
)
def test_what_a_field_may_hold_is_said_as_far_as_the_facts_tell(german: None, facts: Any, sentence: str) -> None:
    assert faults.said(errors.InvalidInput("Not that.", field="size", **facts)) == sentence


def test_a_kind_without_a_sentence_is_said_as_the_one_above_it(german: None) -> None:
    assert faults.said(errors.RenderCrashed("It died.")) == faults.said(errors.RenderError("It failed."))


@pytest.mark.parametrize("cls", TREE)
def test_a_job_that_remembers_no_facts_says_something_all_the_same(german: None, cls: type[errors.MuralError]) -> None:
    assert faults.said_of_kind(cls.__name__, "It failed.", {})


def test_an_error_of_no_kind_of_ours_is_said_as_it_came(german: None) -> None:
    assert faults.said_of_kind("", "It failed.", {}) == "It failed."
