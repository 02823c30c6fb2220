from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from mural.canvas.board import Board
from mural.canvas.palette import PALETTES
from mural.canvas.reduce import TINT, board_from_picture, palette_lab, repaint
from mural.colours import distance, oklab

PALETTE = PALETTES["mural32"]


def test_oklab_of_many_pixels_is_oklab_of_each() -> None:
    assert palette_lab(PALETTE) == pytest.approx(np.array([oklab(colour.hex) for colour in PALETTE.colours]), abs=1e-5)


@pytest.mark.parametrize("dither", [True, False])
def test_colours_of_the_palette_stay_as_they_are(dither: bool) -> None:
    picture = Image.new("RGB", (32, 1))
    picture.putdata([colour.rgb for colour in PALETTE.colours])
    board = board_from_picture(picture.resize((32, 16), Image.Resampling.NEAREST), 32, 16, PALETTE, dither=dither)
    assert board.pixels.reshape(16, 32)[3].tolist() == list(range(32))


def test_without_dithering_every_pixel_gets_the_colour_that_looks_most_like_it() -> None:
    picture = Image.new("RGB", (16, 16), "#7a5c3b")
    board = board_from_picture(picture, 16, 16, PALETTE, dither=False)
    assert set(board.pixels.tolist()) == {PALETTE.nearest("#7a5c3b")}


@pytest.mark.parametrize("target", ["#5a4a6a", "#0a1628", "#2a3a2c", "#e8ddcf"])
def test_dithering_mixes_colours_that_are_on_average_nearer(target: str) -> None:
    board = board_from_picture(Image.new("RGB", (64, 64), target), 64, 64, PALETTE, dither=True)
    mixed = palette_lab(PALETTE)[board.pixels].mean(axis=0)
    alone = distance(PALETTE.colours[PALETTE.nearest(target)].hex, target)
    assert len(set(board.pixels.tolist())) > 1
    assert float(np.linalg.norm(mixed - np.array(oklab(target)))) < alone / 2


@pytest.mark.parametrize("ground", ["#0a0a0a", "#0f1012", "#fdfdfb"])
def test_a_ground_that_the_palette_nearly_has_stays_calm(ground: str) -> None:
    board = board_from_picture(Image.new("RGB", (64, 64), ground), 64, 64, PALETTE, dither=True)
    assert set(board.pixels.tolist()) == {PALETTE.nearest(ground)}


@pytest.mark.parametrize("shade", ["#1a1d18", "#222222", "#2b2b2e", "#3c3c3a"])
def test_a_dark_grey_is_mixed_from_greys_and_nothing_bright(shade: str) -> None:
    board = board_from_picture(Image.new("RGB", (64, 64), shade), 64, 64, PALETTE, dither=True)
    used = {PALETTE.colours[index].name for index in set(board.pixels.tolist())}
    assert used <= {"Black", "Slate"}


def test_dithering_in_steps_is_dithering_pixel_by_pixel() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (13, 21, 3), dtype=np.uint8)
    board = board_from_picture(Image.fromarray(noise, "RGB"), 21, 13, PALETTE, dither=True)
    colours = palette_lab(PALETTE) * TINT
    work = np.zeros((15, 24, 3), np.float32)
    work[:13, 1:-2] = np.array([[oklab(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in row] for row in noise.tolist()]) * TINT
    slow = np.zeros((13, 21), np.uint8)
    for y in range(13):
        for x in range(21):
            wanted = work[y, x + 1]
            slow[y, x] = ((colours - wanted) ** 2).sum(axis=1).argmin()
            error = wanted - colours[slow[y, x]]
            for dx, dy in ((1, 0), (2, 0), (-1, 1), (0, 1), (1, 1), (0, 2)):
                work[y + dy, x + 1 + dx] += error / 8
    assert (board.pixels.reshape(13, 21) == slow).mean() > 0.99  # rounding may tip a pixel between equal colours


def test_a_picture_fills_the_board_and_what_sticks_out_is_cut() -> None:
    picture = Image.new("RGBA", (64, 16), "#ff4500")
    board = board_from_picture(picture, 16, 16, PALETTE, dither=False)
    assert set(board.pixels.tolist()) == {7}
    clear = board_from_picture(Image.new("RGBA", (16, 16)), 16, 16, PALETTE, dither=False)
    assert set(clear.pixels.tolist()) == {0}


def test_a_board_keeps_what_fits_when_its_size_and_palette_change() -> None:
    board = Board(16, 16)
    board.pixels[:] = 7
    larger = repaint(board, PALETTE, 20, 18, PALETTES["mural16"]).pixels.reshape(18, 20)
    assert set(larger[:16, :16].ravel().tolist()) == {PALETTES["mural16"].nearest("#ff4500")}
    assert set(larger[16:].ravel().tolist()) == {0}
