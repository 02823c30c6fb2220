from itertools import groupby
from typing import get_args

import numpy as np
import pytest

from mural.render.fades import OPAQUE, THRESHOLDS, blend_rows, opacity, reaches
from mural.render.page import Sheet
from mural.themes import FadeChoice
from tests.support.designs import design

SHEET = Sheet.of(design())


def blended(ground: str, colour: str, height_px: int = 2048, width_px: int = 64) -> np.ndarray:
    """Fade a plain ground into a colour from the bottom up."""
    rows = np.empty((height_px, width_px, 4), dtype=np.uint8)
    rows[...] = (*bytes.fromhex(ground[1:]), 255)
    share = opacity(np.linspace(1, 0, height_px), (0.0, 1.0))
    blend_rows(rows, np.rint(share * OPAQUE).astype(np.uint32), colour)
    return rows


def test_a_fade_ends_in_the_map_on_one_side_and_in_the_plain_colour_on_the_other():
    rows = blended("#406080", "#102030")
    assert rows[0, 0].tolist() == [0x40, 0x60, 0x80, 255]
    assert (rows[-1] == [0x10, 0x20, 0x30, 255]).all()


def test_a_fade_shows_no_bands():
    # 24 levels over 2,048 rows: rounded to 8 bits each would be a band some 85 rows high with a visible edge.
    red = blended("#303030", "#181818")[:, :, 0].astype(float)
    means = red.mean(axis=1)
    plateaus = [len(list(run)) for value, run in groupby(means) if 24 < value < 48]
    assert len(set(means.round(4))) > 200
    assert max(plateaus) <= 16
    middle = slice(600, 1400)
    rounded = np.round(opacity(np.linspace(1, 0, 2048), (0.0, 1.0)) * -24 + 48)
    longest_undithered = max(len(list(run)) for _, run in groupby(rounded[middle]))
    assert longest_undithered > 2 * max(plateaus)


def test_dithering_never_strays_more_than_one_level():
    exact = 48 - 24 * opacity(np.linspace(1, 0, 2048), (0.0, 1.0))
    assert np.abs(blended("#303030", "#181818")[:, :, 0] - exact[:, None]).max() < 1.01


def test_on_average_a_fade_is_exact():
    red = blended("#303030", "#181818", width_px=256)[:, :, 0].astype(float)
    exact = 48 - 24 * opacity(np.linspace(1, 0, 2048), (0.0, 1.0))
    over_tiles = (red.mean(axis=1) - exact).reshape(-1, 16).mean(axis=1)
    assert np.abs(over_tiles).max() < 0.02


def test_the_pattern_holds_every_threshold_once():
    assert len(set(THRESHOLDS.ravel())) == 256
    assert THRESHOLDS.max() < OPAQUE


def test_where_a_reach_has_no_length_the_map_is_cut():
    assert opacity(np.array([0.0, 0.19, 0.21, 1.0]), (0.2, 0.2)).tolist() == [1.0, 1.0, 0.0, 0.0]


@pytest.mark.parametrize("choice", get_args(FadeChoice))
def test_lettering_stands_on_plain_ground_however_the_map_fades(choice):
    planned = reaches(choice, SHEET, lettering_pt=200.0, lettering_scale=1.0)
    assert ("head" in planned) == (choice in ("both", "head"))
    inner, outer = planned["foot"]
    if choice in ("both", "foot"):
        assert 0 < inner * SHEET.height_pt < 200 < outer * SHEET.height_pt
    else:
        assert inner == outer > 200 / SHEET.height_pt


@pytest.mark.parametrize(("from_edge", "expected"), [(0.0, 1.0), (0.1, 1.0), (0.2, 0.5), (0.3, 0.0), (1.0, 0.0)])
def test_opacity_is_full_to_the_inner_end_and_gone_from_the_outer(from_edge, expected):
    assert opacity(np.array([from_edge]), (0.1, 0.3))[0] == pytest.approx(expected)
