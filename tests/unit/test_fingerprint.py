from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from hashlib import sha256

import numpy as np
import pytest
from pydantic import TypeAdapter

from mural import fingerprint as module
from mural.fingerprint import design_from_json, design_to_json, fingerprint
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


def test_a_design_that_says_no_more_than_designs_always_could_has_the_fingerprint_it_always_had() -> None:
    assert json.loads(design_to_json(DESIGN)).keys() == module.FIRST
    written = sha256(design_to_json(DESIGN).encode()).hexdigest()
    expected = "a1b62111a841b99c39966bd1d60d9a02015cdf18954f0be56271eb302df08970"
    # Whoever must change the text of old designs raises the version, too.
    assert (written, module.RENDERER_VERSION) == (expected, 4)


def test_a_design_without_a_manner_is_written_and_named_as_before_there_was_one() -> None:
    assert not CHOICES.keys() & json.loads(design_to_json(DESIGN))["theme"].keys()
    mannered = replace(DESIGN, theme=replace(THEME, fades="head", texture="paper"))
    assert json.loads(design_to_json(mannered))["theme"].items() >= {"fades": "head", "texture": "paper"}.items()
    assert design_from_json(design_to_json(mannered)) == mannered


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


def test_it_says_the_same_as_the_standard_writer_of_python() -> None:
    small = (
        1e-05,
        -1.5e-07,
        0.000012345,
        5e-324,
        0.0001,
        0.00009999,
        10.00001,
        40.000012,
        -0.0,
        60.1715,
        -179.99999999,
    )
    random = np.random.default_rng(1)
    awkward = (*small, *random.uniform(-180, 180, 200), *random.normal(0, 1e-4, 200), *random.normal(0, 1e-9, 200))
    tracks = (Track(points=tuple((x, -x) for x in map(float, awkward)), label="“Ä\\ö” 東"), Track(points=((1.0, 2.0),)))
    mannered = replace(DESIGN, theme=replace(THEME, fades="head", texture="paper"))  # nothing of it is left out
    for design in (mannered, replace(mannered, tracks=()), replace(mannered, tracks=tracks)):
        data = TypeAdapter(PosterDesign).dump_python(design, mode="json")
        data["layers"].sort()
        del data["remarks"]  # nothing was said
        expected = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert design_to_json(design) == expected


def test_labels_alone_are_named_anew_by_the_version_that_draws_them(monkeypatch: pytest.MonkeyPatch) -> None:
    here = Marker(latitude=37.9, longitude=23.7, label="Here")
    walk = replace(DESIGN.tracks[0], label="Walk")
    labelled = [replace(DESIGN, markers=(here,)), replace(DESIGN, tracks=(walk,))]
    before, labelled_before = fingerprint(DESIGN), [fingerprint(design) for design in labelled]
    monkeypatch.setattr(module, "LABELS_VERSION", module.LABELS_VERSION + 1)
    assert fingerprint(DESIGN) == before
    assert not {fingerprint(design) for design in labelled} & set(labelled_before)


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
