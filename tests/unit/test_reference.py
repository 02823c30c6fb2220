"""The reference pages are the ones that `make docs` writes."""

from __future__ import annotations

import re

import pytest

from infra.events.events import Command, names_of
from tools.reference import API, EVENTS_PAGE, EVENTS_SCRIPT, PAYLOADS, api_page, events_page, events_script


def test_the_page_of_calls_is_the_one_that_make_docs_writes() -> None:
    assert API.read_text("utf-8") == api_page(), "run `make docs`"


def test_the_tables_of_events_are_the_ones_that_make_docs_writes() -> None:
    page = EVENTS_PAGE.read_text("utf-8")
    assert events_page(page) == page, "run `make docs`"


def test_the_types_in_the_script_are_the_ones_that_make_docs_writes() -> None:
    script = EVENTS_SCRIPT.read_text("utf-8")
    assert events_script(script) == script, "run `make docs`"
    assert "progress: number, status: string, message: string, queue_position?: number" in script
    with pytest.raises(ValueError, match="no marks"):
        events_script("export const Events = {};")


def test_every_command_has_a_payload() -> None:
    assert set(PAYLOADS) == names_of(Command)


def test_links_within_the_page_lead_somewhere() -> None:
    page = API.read_text("utf-8")
    heads = {head.lower() for head in re.findall(r"^#+ (\w+)$", page, re.MULTILINE)}
    assert set(re.findall(r"\]\(#(\w+)\)", page)) <= heads


def test_a_page_without_its_marks_is_not_written() -> None:
    with pytest.raises(ValueError, match="marks of commands 0 times"):
        events_page("# Events")
