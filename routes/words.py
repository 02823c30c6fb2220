"""What is wrong with a field, in plain words that say what is allowed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LONGEST_ECHO: Final = 200
"""Characters of what was sent that an answer repeats."""

FAULTS_TOLD: Final = 20
"""Faults that an answer lists; a body of a megabyte can have fifty thousand."""

LINE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
NAME: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
COLOUR: Final = "^#[0-9a-fA-F]{6}$"

PATTERNS: Final = {
    LINE: "may hold no control characters",
    NAME: "must hold something to read and no control characters",
    COLOUR: "must be a colour such as #1a2b3c",
}
"""What the patterns of our schemas mean."""

Facts = dict[str, Any]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


NOT_A_NUMBER: Final = "must be a number"
NOT_WHOLE: Final = "must be a whole number"
NOT_A_SWITCH: Final = "must be true or false"

WORDS: Final[dict[str, str | Callable[[Facts], str]]] = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_type": "must be text",
    "string_unicode": "must be valid Unicode text",
    "string_too_short": lambda facts: f"needs at least {_count(facts['min_length'], 'character')}",
    "string_too_long": lambda facts: f"may have {_count(facts['max_length'], 'character')} at most",
    "string_pattern_mismatch": lambda facts: PATTERNS[facts["pattern"]],
    "int_type": NOT_WHOLE,
    "int_parsing": NOT_WHOLE,
    "int_parsing_size": NOT_WHOLE,
    "int_from_float": NOT_WHOLE,
    "float_type": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
    "finite_number": "must be a finite number",
    "bool_type": NOT_A_SWITCH,
    "bool_parsing": NOT_A_SWITCH,
    "greater_than": lambda facts: f"must be more than {_number(facts['gt'])}",
    "greater_than_equal": lambda facts: f"must be {_number(facts['ge'])} or more",
    "less_than": lambda facts: f"must be less than {_number(facts['lt'])}",
    "less_than_equal": lambda facts: f"must be {_number(facts['le'])} or less",
    "literal_error": lambda facts: f"must be {_unquoted(facts['expected'])}",
    "enum": lambda facts: f"must be {_unquoted(facts['expected'])}",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object with names and values",
    "model_type": "must be an object with names and values",
    "model_attributes_type": "must be an object with names and values",
    "too_short": lambda facts: f"needs at least {_count(facts['min_length'], 'item')}",
    "too_long": lambda facts: f"may have {_count(facts['max_length'], 'item')} at most",
    "value_error": lambda facts: str(facts["error"]),
}
"""By pydantic's name of the fault; its own wording serves where a name is not listed."""


def _unquoted(choices: str) -> str:
    return choices.replace("'", "")


def words_for(fault: ErrorDetails) -> str:
    """Say what is wrong, to follow the name of the field."""
    words = WORDS.get(fault["type"], fault["msg"])
    return words if isinstance(words, str) else words(fault.get("ctx", {}))


def field_of(fault: ErrorDetails) -> str:
    """Name the field, as in `markers.0.latitude`; parts in brackets are pydantic's and our own notes, not fields."""
    parts = [str(part) for part in fault["loc"]]
    return ".".join(part for part in parts if not (part.startswith("[") and part.endswith("]")))[:LONGEST_ECHO]


def shown(value: Any) -> Any:
    """Repeat what was sent, in JSON types and bounded."""
    if isinstance(value, str):
        return value if len(value) <= LONGEST_ECHO else value[:LONGEST_ECHO] + "…"
    if value is None or isinstance(value, bool):
        return value
    if (isinstance(value, int) and abs(value) < 2**63) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return shown(_as_text(value))


def _as_text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        return type(value).__name__
