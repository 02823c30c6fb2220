from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from mural.canvas.board import Board
from mural.canvas.palette import PALETTES
from mural.canvas.reduce import board_from_picture, palette_lab, repaint
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


def test_dithering_mixes_colours_that_are_on_average_nearer() -> None:
    target = "#7a8a9a"
    board = board_from_picture(Image.new("RGB", (64, 64), target), 64, 64, PALETTE, dither=True)
    mixed = palette_lab(PALETTE)[board.pixels].mean(axis=0)
    alone = distance(PALETTE.colours[PALETTE.nearest(target)].hex, target)
    assert len(set(board.pixels.tolist())) > 1
    assert float(np.linalg.norm(mixed - np.array(oklab(target)))) < alone / 3


def test_dithering_in_steps_is_dithering_pixel_by_pixel() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (13, 21, 3), dtype=np.uint8)
    board = board_from_picture(Image.fromarray(noise, "RGB"), 21, 13, PALETTE, dither=True)
    colours = palette_lab(PALETTE)
    work = np.zeros((14, 23, 3), np.float32)
    work[:13, 1:-1] = [[oklab(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in row] for row in noise.tolist()]
    slow = np.zeros((13, 21), np.uint8)
    for y in range(13):
        for x in range(21):
            wanted = work[y, x + 1]
            slow[y, x] = ((colours - wanted) ** 2).sum(axis=1).argmin()
            error = wanted - colours[slow[y, x]]
            for dx, dy, share in ((1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1)):
                work[y + dy, x + 1 + dx] += error * share / 16
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
