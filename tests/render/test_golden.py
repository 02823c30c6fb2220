"""Small posters compared with pictures that a person has looked at and liked.

After a change that is meant to be seen: ``MURAL_WRITE_GOLDEN=1 pytest tests/render/test_golden.py``, and look at them.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mural.geo.layers import ProjectedMap
from mural.geo.page_map import project_area
from mural.geo.projection import View
from mural.poster import ALL_LAYERS, Furniture, LayerChoice, Marker, PosterDesign, Texts, Track
from mural.themes import CHOICES, load_theme
from tests.support.designs import design
from tests.support.landscapes import pattern_book, seas
from tests.support.pictures import compose, map_of, pixels, sample_map
from tests.support.real_parts import ROOT

GOLDEN_DIR = Path(__file__).parent / "golden"
WIDTH_PX, HEIGHT_PX = 300, 400
MEAN_TOLERANCE = 1.0
"""Levels by which the pictures may differ on average: other versions of FreeType and zlib, other processors."""
COARSE_TOLERANCE = 12
"""Levels by which any patch of 10 x 10 pixels may differ."""

LAT, LON = 60.1715, 24.9443


BOLD = {
    "rail": "#000000",
    "pier": "#503020",
    "beach": "#d0a000",
    "buildings": "#906040",
    "airport": "#405060",
    "casing": "#202020",
}
"""What a layer alone must not be lost in: a faint colour, or that of the ground."""

SILENT = Texts(title="", subtitle="", coordinates="")


def helsinki(theme: str = "noir", **changes: object) -> PosterDesign:
    shipped = load_theme(ROOT / "themes" / f"{theme}.json")
    return replace(design(), distance_m=500.0, theme=shipped, **changes)


def made_up(theme: str, **changes: object) -> PosterDesign:
    return replace(helsinki(theme, **changes), place=design("", "", latitude=0.0, longitude=0.0).place, texts=SILENT)


CASES = {
    "noir": helsinki(),
    "japanese_ink": helsinki("japanese_ink"),
    "blueprint_turned": helsinki("blueprint", rotation_deg=30.0, furniture=Furniture(north_arrow=True)),
    "cased": replace(helsinki("warm_beige"), theme=replace(helsinki("warm_beige").theme, casing="#7a6a58")),
    "roads_only": helsinki(layers=frozenset({"roads"})),
    "all_but_roads": helsinki("ocean", layers=ALL_LAYERS - {"roads"}),
    "far": replace(helsinki("terracotta"), distance_m=6000.0),
    "furnished": helsinki(
        "pastel_dream",
        furniture=Furniture(frame=True, scale_bar=True, north_arrow=True),
        markers=(
            Marker(latitude=LAT, longitude=LON, label="Station"),
            Marker(latitude=LAT + 0.001, longitude=LON + 0.003, label="Gallery", shape="heart"),
            Marker(latitude=LAT - 0.002, longitude=LON - 0.004, label="Home", shape="circle"),
        ),
        tracks=(Track(points=((LAT - 0.002, LON - 0.006), (LAT + 0.002, LON - 0.002), (LAT + 0.001, LON + 0.006))),),
    ),
}

MANNERS = {
    **{f"fades_{choice}": {"fades": choice} for choice in CHOICES["fades"] if choice != "both"},
    **{f"texture_{choice}": {"texture": choice} for choice in CHOICES["texture"] if choice != "none"},
}

RIVERSIDE = tuple(
    (LAT - 0.0003 + 0.0005 * math.sin(k / 12) - 0.00003 * (k % 2), LON - 0.0045 + 0.0001 * k) for k in range(100)
)
ZIGZAG = tuple((LAT + 0.0002 + 0.0005 * (k % 2), LON - 0.0004 + 0.0003 * k) for k in range(9))
CROWD = tuple(
    Marker(latitude=LAT + 0.0002 * (k % 4), longitude=LON + 0.0003 * (k % 5), label=f"Stop {k}", shape=shape)
    for k, shape in enumerate(["dot", "pin", "dot", "dot", "pin", "dot", "heart", "dot", "dot", "pin", "dot", "dot"])
)

MARKED = {
    "one_marker": helsinki("ocean", markers=(Marker(latitude=LAT, longitude=LON, label="Rautatientori"),)),
    "crowded_markers": helsinki("japanese_ink", markers=CROWD),
    "named_track": helsinki("noir", tracks=(Track(points=RIVERSIDE, label="Along the water"),), markers=CROWD[:5]),
    "joined_letters": helsinki("terracotta", tracks=(Track(points=RIVERSIDE, label="نزهة — नदी की सैर"),)),
    "zigzag_track": helsinki("blueprint", tracks=(Track(points=ZIGZAG, label="Up and down"),)),
}
"""What is written on a map, looked at closely."""

SEAS = seas()


@pytest.mark.parametrize("name", CASES)
def test_a_poster_looks_as_it_did(name: str) -> None:
    compare(name, CASES[name], sample_map(CASES[name]))


@pytest.mark.parametrize("name", MANNERS)
def test_a_manner_looks_as_it_did(name: str) -> None:
    plain = helsinki("ocean")
    poster = replace(plain, theme=replace(plain.theme, **MANNERS[name]))
    compare(name, poster, sample_map(poster), enlarged=4 if "texture" in MANNERS[name] else 1)


@pytest.mark.parametrize("name", MARKED)
def test_what_is_written_on_a_map_looks_as_it_did(name: str) -> None:
    compare(name, MARKED[name], sample_map(MARKED[name]), enlarged=3)


@pytest.mark.parametrize("name", SEAS)
def test_a_sea_looks_as_it_did(name: str) -> None:
    poster = made_up("flamingo", rotation_deg=10.0)
    view = View(latitude=0.0, longitude=0.0, rotation_deg=10.0)
    compare(f"sea_{name}", poster, project_area(SEAS[name], view, *poster.half_extent_m))


@pytest.mark.parametrize("choice", sorted(ALL_LAYERS))
def test_a_layer_looks_as_it_did(choice: LayerChoice) -> None:
    poster = made_up("feature_based", layers=frozenset({choice}))
    poster = replace(poster, theme=replace(poster.theme, **BOLD))
    compare(f"layer_{choice}", poster, map_of(poster, pattern_book()), enlarged=4)


def compare(name: str, poster: PosterDesign, projected: ProjectedMap, *, enlarged: int = 1) -> None:
    """Compare a poster, or the middle of one that is so many times larger, with its golden picture."""
    image = pixels(compose(projected, poster), WIDTH_PX * enlarged)
    top, left = ((side - side // enlarged) // 2 for side in image.shape[:2])
    image = image[top : top + HEIGHT_PX, left : left + WIDTH_PX]
    path = GOLDEN_DIR / f"{name}.png"
    if os.environ.get("MURAL_WRITE_GOLDEN"):
        GOLDEN_DIR.mkdir(exist_ok=True)
        Image.fromarray(image).save(path, optimize=True)
    with Image.open(path) as golden:
        expected = np.asarray(golden.convert("RGB"))
    assert image.shape == expected.shape
    difference = np.abs(image.astype(float) - expected)
    patches = difference.reshape(40, 10, 30, 10, 3).mean(axis=(1, 3))
    assert difference.mean() < MEAN_TOLERANCE
    assert patches.max() < COARSE_TOLERANCE
