"""What is wrong with a field, in plain words of the visitor's language that say what is allowed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from babel.lists import format_list

from routes.web.languages import current, gettext, ngettext, noted

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

LONGEST_ECHO: Final = 200
"""Characters of what was sent that an answer repeats."""

FAULTS_TOLD: Final = 20
"""Faults that an answer lists; a body of a megabyte can have fifty thousand."""

LINE: Final = r"^[^\x00-\x1f\x7f-\x9f]*$"
NAME: Final = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
COLOUR: Final = "^#[0-9a-fA-F]{6}$"
VERSION: Final = "^[0-9A-Za-z_-]*$"

PATTERNS: Final = {
    LINE: noted("“%(field)s” may hold no control characters."),
    NAME: noted("“%(field)s” must hold something to read and no control characters."),
    COLOUR: noted("“%(field)s” must be a colour such as #1a2b3c."),
    VERSION: noted("“%(field)s” must be as the address in an answer has it."),
}
"""What the patterns of our schemas mean."""

Facts = Mapping[str, Any]

NOT_A_NUMBER: Final = noted("“%(field)s” must be a number.")
NOT_WHOLE: Final = noted("“%(field)s” must be a whole number.")
NOT_A_SWITCH: Final = noted("“%(field)s” must be true or false.")
NOT_A_LIST: Final = noted("“%(field)s” must be a list.")
NOT_AN_OBJECT: Final = noted("“%(field)s” must be an object with names and values.")
NOT_A_DAY: Final = noted("“%(field)s” must be a day such as 2026-01-31.")
NOT_A_MOMENT: Final = noted("“%(field)s” must be a moment such as 2026-01-31T12:00:00Z.")
NOT_OFFERED: Final = noted("“%(field)s” must be %(choices)s.")


def _pattern_words(facts: Facts) -> str:
    meaning = PATTERNS[facts["pattern"]]
    return gettext(meaning)


WORDS: Final[dict[str, str | Callable[[Facts], str]]] = {
    "missing": noted("“%(field)s” is required."),
    "extra_forbidden": noted("“%(field)s” is not known here."),
    "string_type": noted("“%(field)s” must be text."),
    "string_unicode": noted("“%(field)s” must be valid Unicode text."),
    "string_too_short": lambda facts: ngettext(
        "“%(field)s” needs at least %(number)s character.",
        "“%(field)s” needs at least %(number)s characters.",
        facts["min_length"],
    ),
    "string_too_long": lambda facts: ngettext(
        "“%(field)s” may have %(number)s character at most.",
        "“%(field)s” may have %(number)s characters at most.",
        facts["max_length"],
    ),
    "string_pattern_mismatch": _pattern_words,
    "int_type": NOT_WHOLE,
    "int_parsing": NOT_WHOLE,
    "int_parsing_size": NOT_WHOLE,
    "int_from_float": NOT_WHOLE,
    "float_type": NOT_A_NUMBER,
    "float_parsing": NOT_A_NUMBER,
    "finite_number": noted("“%(field)s” must be a finite number."),
    "bool_type": NOT_A_SWITCH,
    "bool_parsing": NOT_A_SWITCH,
    "date_type": NOT_A_DAY,
    "date_parsing": NOT_A_DAY,
    "date_from_datetime_parsing": NOT_A_DAY,
    "date_from_datetime_inexact": NOT_A_DAY,
    "datetime_type": NOT_A_MOMENT,
    "datetime_parsing": NOT_A_MOMENT,
    "datetime_from_date_parsing": NOT_A_MOMENT,
    "greater_than": noted("“%(field)s” must be more than %(gt)s."),
    "greater_than_equal": noted("“%(field)s” must be %(ge)s or more."),
    "less_than": noted("“%(field)s” must be less than %(lt)s."),
    "less_than_equal": noted("“%(field)s” must be %(le)s or less."),
    "literal_error": NOT_OFFERED,
    "enum": NOT_OFFERED,
    "not_offered": NOT_OFFERED,
    "list_type": NOT_A_LIST,
    "tuple_type": NOT_A_LIST,
    "dict_type": NOT_AN_OBJECT,
    "model_type": NOT_AN_OBJECT,
    "model_attributes_type": NOT_AN_OBJECT,
    "too_short": lambda facts: ngettext(
        "“%(field)s” needs at least %(number)s item.",
        "“%(field)s” needs at least %(number)s items.",
        facts["min_length"],
    ),
    "too_long": lambda facts: ngettext(
        "“%(field)s” may have %(number)s item at most.",
        "“%(field)s” may have %(number)s items at most.",
        facts["max_length"],
    ),
    "not_among": noted("“%(field)s” must be any of %(words)s, separated by commas."),
    "half_a_point": noted("Latitude and longitude go together: give both or neither."),
    "out_of_range": noted("“%(field)s” must be %(least)s to %(most)s."),
    "nothing_left": noted(
        "With their ends hidden there is nothing left of the tracks. A shorter distance leaves more."
    ),
    "ambiguous": noted("Several places are called so. Choose one, by its latitude and longitude."),
    "pdf_only": noted("“%(field)s” is for the format pdf only."),
    "page_too_small": noted("The page is too small: each side needs at least %(least_px)s pixels and %(least_mm)s mm."),
    "page_too_large": noted(
        "The page is too large: the largest is A0 at 300 DPI. A smaller size or a lower resolution helps."
    ),
    "page_too_narrow": noted("The page is too narrow: one side may be %(steepest)s times the other at most."),
}
"""By the name of the fault: pydantic's, or the `reason` that an InvalidInput gives."""

QUOTED: Final = re.compile("'([^']*)'")
"""A choice as pydantic writes it."""


def sentence(kind: str, field: str, facts: Facts) -> str | None:
    """Say in the visitor's language what is wrong with a field; None where there is no sentence for it."""
    if kind not in WORDS:
        return None
    words = WORDS[kind]
    said = gettext(words) if isinstance(words, str) else words(facts)
    choices = facts.get("allowed", QUOTED.findall(facts.get("expected", "")))
    values = {
        "field": field,
        "choices": format_list([str(choice) for choice in choices], style="or", locale=current().locale),
        "number": facts.get("min_length", facts.get("max_length")),
    }
    return said % ({name: _plain(value) for name, value in facts.items()} | values)


def fault_words(fault: ErrorDetails) -> str:
    """Say what is wrong with a field that a schema refused; in pydantic's words where there are none of ours."""
    field = field_of(fault) or "body"
    return sentence(fault["type"], field, fault.get("ctx", {})) or f"“{field}”: {fault['msg']}."


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value == int(value) else value


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
