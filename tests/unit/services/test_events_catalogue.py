"""The three lists of events and commands, in Python, JavaScript and the documentation, are one."""

from __future__ import annotations

import re

import pytest

from infra.events.events import Command, Name, names_of
from tests.support.real_parts import ROOT


@pytest.mark.parametrize(("catalogue", "constant"), [(Name, "Events"), (Command, "Commands")])
def test_the_script_knows_the_same_names(catalogue: type, constant: str) -> None:
    script = (ROOT / "static/js/web/events.js").read_text("utf-8")
    block = script.partition(f"export const {constant} = ")[2].partition("});")[0]
    theirs = dict(re.findall(r'(\w+): "([a-z:_]+)"', block))
    ours = {key: value for key, value in vars(catalogue).items() if key.isupper()}
    assert theirs == ours


def test_the_documentation_lists_the_same_names() -> None:
    page = (ROOT / "docs/events.md").read_text("utf-8")
    listed = re.findall(r"^\| `([a-z]+:[a-z_]+)` \|", page, flags=re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert set(listed) == names_of(Name) | names_of(Command)
