"""The lock is made with one Python, and installed into others."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, requires

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.real_parts import ROOT

LOCKED = {
    canonicalize_name(Requirement(line).name) for line in (ROOT / "requirements.txt").read_text("ascii").splitlines()
}


@pytest.mark.parametrize("python", ["3.11.0", "3.11.2", "3.12.0", "3.13.0", "3.14.0"])
def test_the_lock_holds_what_any_python_needs(python: str) -> None:
    environment = {"python_full_version": python, "python_version": python.rpartition(".")[0], "extra": ""}
    lacking = []
    for name in LOCKED:
        try:
            needs = [Requirement(need) for need in requires(name) or []]
        except PackageNotFoundError:
            continue  # for another Python than ours
        wanted = [need.name for need in needs if need.marker is None or need.marker.evaluate(environment)]
        lacking += [f"{name} needs {need}" for need in wanted if canonicalize_name(need) not in LOCKED]
    assert lacking == []
