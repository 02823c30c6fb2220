from typing import get_args

import numpy as np
import pytest
from PIL import Image

from mural.render.texture import grain_px, press, relief
from mural.themes import TextureChoice

TEXTURES = [choice for choice in get_args(TextureChoice) if choice != "none"]
PRINT, PREVIEW = 750, 500
"""Squares along the tile that repeats, at 300 and at 100 DPI."""


def ground(colour: str, height_px: int, width_px: int) -> np.ndarray:
    rows = np.empty((height_px, width_px, 4), dtype=np.uint8)
    rows[...] = (*bytes.fromhex(colour[1:]), 255)
    return rows


def square_of(choice: TextureChoice, side: int) -> np.ndarray:
    return relief(choice, side, side, side)


@pytest.mark.parametrize("choice", TEXTURES)
def test_a_texture_is_quiet_and_leaves_the_ground_its_colour(choice):
    tile = square_of(choice, PRINT).astype(float)
    assert abs(tile.mean()) < 0.1
    assert 1.0 < tile.std() < 4.0
    assert np.abs(tile).max() < 24


@pytest.mark.parametrize("choice", TEXTURES)
def test_a_preview_shows_the_relief_of_the_print(choice):
    printed = Image.fromarray(square_of(choice, PRINT).astype(np.float32))
    reduced = np.asarray(printed.resize((PREVIEW, PREVIEW), Image.Resampling.BOX))
    preview = square_of(choice, PREVIEW)
    assert preview.std() > 0.5
    assert np.corrcoef(reduced.ravel(), preview.ravel())[0, 1] > 0.9


def test_a_relief_is_the_same_every_time():
    first = square_of("paper", 400).copy()
    relief.cache_clear()
    assert np.array_equal(square_of("paper", 400), first)


def test_of_a_page_smaller_than_the_square_no_more_is_summed_up_than_is_seen():
    assert np.array_equal(relief("laid", 400, 30, 50), square_of("laid", 400)[:30, :50])


def test_no_two_textures_are_alike():
    tiles = [square_of(choice, PREVIEW).astype(float).ravel() for choice in TEXTURES]
    assert np.corrcoef(tiles)[np.triu_indices(len(tiles), 1)].max() < 0.5


@pytest.mark.parametrize("side_px", [1, 2, 3, 5])
def test_a_page_of_few_pixels_has_a_relief_too(side_px):
    assert square_of("paper", side_px).shape == (side_px, side_px)


def test_rows_are_pressed_alike_whatever_bands_they_come_in():
    tile = square_of("laid", 100)
    whole = ground("#807060", 230, 170)
    press(whole, 0, tile)
    parts = [ground("#807060", rows, 170) for rows in (64, 64, 64, 38)]
    for number, part in enumerate(parts):
        press(part, 64 * number, tile)
    assert np.array_equal(np.concatenate(parts), whole)
    assert np.array_equal(whole[:130, :70], whole[100:230, 100:170])


def test_a_print_has_squares_of_pixels_that_are_alike():
    assert [grain_px(dpi) for dpi in (30, 72, 150, 300, 600)] == [1, 1, 1, 2, 4]
    rows, squares = ground("#807060", 90, 70), ground("#807060", 30, 24)
    press(rows, 0, square_of("paper", 20), grain=3)
    press(squares, 0, square_of("paper", 20))
    assert np.array_equal(rows, squares.repeat(3, axis=0).repeat(3, axis=1)[:, :70])


def test_each_pixel_is_moved_by_the_relief_and_stays_opaque():
    tile = np.array([[3, -2], [0, 5]], dtype=np.int8)
    rows = ground("#807060", 2, 2)
    press(rows, 0, tile)
    assert (rows[:, :, :3].astype(int) - (0x80, 0x70, 0x60) == tile[:, :, None]).all()
    assert (rows[:, :, 3] == 255).all()


@pytest.mark.parametrize(("colour", "allowed"), [("#ffffff", {255, 252}), ("#000000", {0, 4})])
def test_white_gets_no_brighter_and_black_no_darker(colour, allowed):
    rows = ground(colour, 2, 2)
    press(rows, 0, np.array([[4, -3], [-3, 4]], dtype=np.int8))
    assert set(rows[:, :, :3].ravel().tolist()) == allowed
