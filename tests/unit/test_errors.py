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


def test_short_of_credits_tells_how_many_there_are_and_are_needed() -> None:
    error = errors.InsufficientCredits(3, 10)
    assert status_of(error) == 402
    assert body_of(error) == {
        "error": "Insufficient credits",
        "message": "This costs 10 credits, and there are 3.",
        "credits": 3,
        "needed": 10,
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.AlreadySettled("It was.", id="r", state="settled"), 409),
        (errors.IdempotencyConflict("Another one."), 409),
        (errors.InFlight("Wait.", retry_after_s=7), 409),
        (errors.SpendingCapReached("Enough.", cap=5, spent=5, needed=1), 403),
    ],
)
def test_what_goes_wrong_with_credits_is_told_by_its_own_name(error: errors.MuralError, status: int) -> None:
    assert status_of(error) == status
    assert body_of(error) == {"error": error.title, "message": error.message, **error.facts}
