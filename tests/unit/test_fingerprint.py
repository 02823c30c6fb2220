from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from mural import fingerprint as module
from mural.fingerprint import design_from_json, design_to_data, design_to_json, fingerprint
from mural.poster import Marker, Page, Place, PosterDesign, Texts, Track
from mural.themes import CHOICES, REQUIRED, WORDS, Theme

THEME = Theme.from_mapping("noir", {key: "Noir" if key in WORDS else "#101010" for key in REQUIRED})
DESIGN = PosterDesign(
    place=Place(city="Αθήνα", country="Ελλάδα", latitude=37.98, longitude=23.73),
    distance_m=4000.0,
    theme=THEME,
    texts=Texts(title="“Athens”", lines=("a", "b")),
    tracks=(Track(points=((37.9, 23.7), (38.0, 23.8))),),
    markers=(Marker(latitude=37.9, longitude=23.7, shape="heart"),),
)


def test_a_design_survives_being_written_and_read() -> None:
    assert design_from_json(design_to_json(DESIGN)) == DESIGN


def test_a_design_from_before_themes_had_a_manner_is_read_as_it_was_drawn() -> None:
    data = design_to_data(DESIGN)
    for key in CHOICES:
        del data["theme"][key]
    assert design_from_json(json.dumps(data)) == DESIGN


@pytest.mark.parametrize(
    "change",
    [
        {"distance_m": 4000.5},
        {"page": Page(dpi=299)},
        {"layers": frozenset({"roads"})},
        {"texts": Texts(title="")},
        {"rotation_deg": 1.0},
        {"theme": replace(THEME, bg="#111111")},
        {"theme": replace(THEME, texture="paper")},
        {"markers": ()},
    ],
)
def test_any_change_of_the_design_changes_the_fingerprint(change: dict[str, object]) -> None:
    assert fingerprint(replace(DESIGN, **change)) != fingerprint(DESIGN)


def test_a_new_renderer_changes_every_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(DESIGN)
    monkeypatch.setattr(module, "RENDERER_VERSION", module.RENDERER_VERSION + 1)
    assert fingerprint(DESIGN) != before


def test_the_fingerprint_is_the_same_in_every_process() -> None:
    # Sets of words are ordered differently from one process to the next.
    code = (
        "import sys; from mural.fingerprint import design_from_json, fingerprint;"
        "print(fingerprint(design_from_json(sys.stdin.read())))"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            input=design_to_json(DESIGN),
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert prints == {fingerprint(DESIGN)}
