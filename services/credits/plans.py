"""The plans that people may have: what each grants a month, what it costs in words, and its limits. They are a file."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from mural.errors import InvalidInput

SHIPPED: Final = Path(__file__).with_name("plans.json")
FREE: Final = "free"
"""The plan of whoever has no other; a file without it is refused."""

PLAN_ID: Final = re.compile(r"[a-z0-9][a-z0-9_]{0,31}")
LONGEST_WORDS: Final = 100
MOST: Final = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One plan: credits a month, and how many jobs may wait, how large a page and how much kept work may be."""

    id: str
    name: str
    price: str
    credits: int
    queue: int
    size_megapixels: int
    storage_mb: int


WORDS: Final = ("name", "price")
LEAST: Final = {"credits": 0, "queue": 1, "size_megapixels": 1, "storage_mb": 1}


class Plans:
    """Knows every plan by its id."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = dict(plans)

    def all(self) -> list[Plan]:
        """List the plans in the order of the file."""
        return list(self._plans.values())

    def get(self, plan_id: str) -> Plan:
        """Find a plan; one that the file no longer has means the free one."""
        return self._plans.get(plan_id, self._plans[FREE])


def load_plans(own: Path) -> Plans:
    """Read the host's plans, or those that ship; raise InvalidInput naming the field that is wrong."""
    file = own if own.exists() else SHIPPED
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{file} is not readable JSON: {error}", field="file", value=str(file)) from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{file} must hold one JSON object, a plan under each id.", field="file", value=str(file))
    if FREE not in data:
        raise InvalidInput(f"{file} lacks the plan “{FREE}”, which everybody has at first.", field=FREE)
    return Plans({ident: _plan(ident, plan, file) for ident, plan in data.items()})


def _plan(ident: str, data: object, file: Path) -> Plan:
    if not PLAN_ID.fullmatch(ident):
        raise _wrong(file, ident, "must be called by up to 32 small letters, digits and _", ident)
    if not isinstance(data, dict):
        raise _wrong(file, ident, "must be an object", data)
    known = {field.name for field in fields(Plan)} - {"id"}
    for key in data:
        if key not in known:
            raise _wrong(file, f"{ident}.{key}", "is not a field of a plan", data[key])
    for key in WORDS:
        value = data.get(key)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_WORDS:
            raise _wrong(file, f"{ident}.{key}", f"must be text of 1 to {LONGEST_WORDS} characters", value)
    for key, least in LEAST.items():
        value = data.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= MOST:
            raise _wrong(file, f"{ident}.{key}", f"must be a whole number from {least} to {MOST}", value)
    return Plan(id=ident, **data)


def _wrong(file: Path, field: str, what: str, value: Any) -> InvalidInput:
    return InvalidInput(f"{file}: “{field}” {what}.", field=field, value=value)
