from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mural.errors import InvalidInput
from services.credits.plans import SHIPPED, load_plans

PLAN = {"name": "Club", "price": "5 a month", "credits": 70, "queue": 3, "size_megapixels": 20, "storage_mb": 100}


def test_the_plans_that_ship_are_plans(tmp_path: Path) -> None:
    plans = load_plans(tmp_path / "plans.json")
    assert [(plan.id, plan.credits) for plan in plans.all()] == [("free", 50), ("pro", 500), ("studio", 2000)]


def test_a_host_has_plans_of_their_own_and_a_plan_that_went_means_the_free_one(tmp_path: Path) -> None:
    own = tmp_path / "plans.json"
    own.write_text(json.dumps({"free": PLAN, "club": PLAN | {"credits": 90}}), "utf-8")
    plans = load_plans(own)
    assert (plans.get("club").credits, plans.get("pro").credits) == (90, 70)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"credits": -1}, "free.credits"),
        ({"credits": 1.5}, "free.credits"),
        ({"credits": True}, "free.credits"),
        ({"credits": "50"}, "free.credits"),
        ({"queue": 0}, "free.queue"),
        ({"size_megapixels": 10**10}, "free.size_megapixels"),
        ({"storage_mb": None}, "free.storage_mb"),
        ({"name": " "}, "free.name"),
        ({"price": 5}, "free.price"),
        ({"colour": "red"}, "free.colour"),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    own = tmp_path / "plans.json"
    own.write_text(json.dumps({"free": PLAN | change}), "utf-8")
    with pytest.raises(InvalidInput, match=rf"plans\.json: “{field}”") as refused:
        load_plans(own)
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"free": 5}', '{"pro": {}}', "\ufeff{}"])
def test_a_file_that_holds_no_plans_is_refused(tmp_path: Path, text: str) -> None:
    own = tmp_path / "plans.json"
    own.write_text(text, "utf-8")
    with pytest.raises(InvalidInput):
        load_plans(own)


def test_a_plan_is_called_by_a_plain_word(tmp_path: Path) -> None:
    own = tmp_path / "plans.json"
    own.write_text(json.dumps({"free": PLAN, "Für alle": PLAN}), "utf-8")
    with pytest.raises(InvalidInput, match="Für alle"):
        load_plans(own)
    assert SHIPPED.exists()
