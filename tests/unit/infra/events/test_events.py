from __future__ import annotations

import re

import pytest

from infra.events.events import Command, Name, names_of
from tests.support.real_parts import ROOT

CATALOGUE = names_of(Name) | names_of(Command)


@pytest.mark.parametrize("file", ["static/js/web/events.js", "docs/events.md"])
def test_the_browser_and_the_documents_know_the_same_names(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert set(re.findall(r"[\"'`]([a-z]+:[a-z_]+)[\"'`]", text)) == CATALOGUE
