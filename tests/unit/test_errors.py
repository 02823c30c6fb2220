from __future__ import annotations

import inspect

import pytest

from mural import errors
from routes.web.errors import STATUS, body_of, refusal, status_of

TREE = [cls for _name, cls in inspect.getmembers(errors, inspect.isclass) if issubclass(cls, errors.MuralError)]


@pytest.mark.parametrize("cls", TREE)
def test_every_error_stands_in_the_tree_of_the_docstring_and_in_the_table(cls: type[errors.MuralError]) -> None:
    assert cls.__name__ in (errors.__doc__ or "")
    assert any(parent in STATUS for parent in cls.__mro__)


def test_bodies_carry_title_sentence_and_facts() -> None:
    error = errors.NotFound("Theme", "nior", available_themes=["noir"])
    assert status_of(error) == 404
    assert body_of(error) == {
        "error": "Theme not found",
        "message": "There is no theme “nior”.",
        "id": "nior",
        "available_themes": ["noir"],
    }
    assert refusal(error)["ok"] is False


def test_the_nearest_class_in_the_table_decides() -> None:
    assert status_of(errors.NoStreets("Nothing there.")) == 422
    assert status_of(errors.MapServerError("Busy.")) == 503
    assert status_of(errors.RenderCrashed("Died.")) == 500


def test_too_many_tells_when_to_come_back() -> None:
    assert body_of(errors.TooMany("Slow down.", retry_after_s=7))["retry_after"] == 7
