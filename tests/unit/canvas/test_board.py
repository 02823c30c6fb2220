from __future__ import annotations

import gzip
import zlib

import numpy as np
import pytest

from mural.canvas.board import PIECE_BYTES, Board, Rect, is_gzip
from mural.canvas.codec import pack_pixels
from mural.canvas.palette import PALETTES, parse_palette
from mural.canvas.recent import KEPT, RecentPixels
from mural.errors import InvalidInput


def cells(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint32)


def colours(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.uint8)


def test_of_two_placements_on_one_pixel_the_later_one_stays() -> None:
    board = Board(16, 16)
    board.apply(cells(5, 6, 5, 5), colours(1, 2, 3, 4))
    assert (board.pixels[5], board.pixels[6]) == (4, 2)


def test_a_board_packs_and_unpacks_and_has_one_digest_a_look() -> None:
    board = Board(20, 16)
    board.apply(cells(7), colours(9))
    again = Board.unpack(20, 16, board.pack())
    assert again.digest() == board.digest() != Board(20, 16).digest()
    with pytest.raises(ValueError, match="cannot have 320"):
        Board.unpack(16, 16, board.pack())


def test_a_packed_board_is_what_browsers_unpack_and_older_ones_are_still_read() -> None:
    board = Board(20, 16)
    board.apply(cells(7, 200), colours(9, 31))
    assert gzip.decompress(board.pack()) == board.pixels.tobytes()
    older = zlib.compress(board.pixels.tobytes(), 1)
    assert Board.unpack(20, 16, older).digest() == board.digest()
    assert (is_gzip(board.pack()), is_gzip(older)) == (True, False)
    with pytest.raises(ValueError, match="cannot have"):
        Board.unpack(20, 16, older[:-9])


def test_a_board_of_many_pieces_is_unpacked_whole() -> None:
    noise = np.random.default_rng(1).integers(0, 64, 512 * 512, dtype=np.uint8)
    packed = Board(512, 512, noise).pack()
    assert len(packed) > 2 * PIECE_BYTES
    assert Board.unpack(512, 512, packed).pixels.tolist() == noise.tolist()


@pytest.mark.parametrize(("x", "y", "field"), [(-1, 0, "x"), (16, 0, "x"), (0, -1, "y"), (0, 20, "y")])
def test_outside_the_board_there_is_no_pixel(x: int, y: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Board(16, 20).cell(x, y)
    assert refused.value.facts["reason"] == "out_of_bounds"
    assert refused.value.field == field


def test_a_rectangle_is_cut_at_the_edges_of_the_board() -> None:
    assert Board(16, 16).cells_of(Rect(14, 15, 99, 99)).tolist() == [254, 255]


def test_the_built_in_palettes_have_as_many_different_colours_as_they_say() -> None:
    for name, palette in PALETTES.items():
        assert len({colour.hex for colour in palette.colours}) == len({colour.name for colour in palette.colours})
        assert len(palette) == int(name.removeprefix("mural"))


def test_a_colour_is_found_by_index_and_by_its_code_and_no_other_way() -> None:
    palette = PALETTES["mural32"]
    assert palette.index(31) == 31
    assert palette.index("#FF4500") == palette.index("#ff4500") == 7
    for wrong in (-1, 32, "#ff4501", "ff4500", ""):
        with pytest.raises(InvalidInput) as refused:
            palette.index(wrong)
        assert refused.value.facts["reason"] == "bad_color"


def test_a_palette_of_ones_own_is_read_or_refused() -> None:
    own = ", ".join(f"Colour {number} #0000{number:02X}" for number in range(16))
    assert parse_palette(own).colours[10].to_json() == {"name": "Colour 10", "color": "#00000a"}
    for wrong in ("", "mural33", own.rsplit(",", 1)[0], own.replace("#00000A", "#00000B"), own + ", x"):
        with pytest.raises(InvalidInput):
            parse_palette(wrong)


def test_recent_pixels_are_given_without_gaps_or_not_at_all() -> None:
    recent = RecentPixels(100)
    for start in range(0, 300_000, 1_000):
        numbers = np.arange(start, start + 1_000, dtype=np.uint32)
        recent.append(pack_pixels(numbers, np.zeros(1_000, np.uint8)))
    assert recent.seq == 300_100
    missed = recent.since(300_100 - KEPT)
    assert missed is not None
    assert (missed >> 8).tolist() == list(range(300_000 - KEPT, 300_000))
    nothing = recent.since(300_100)
    assert nothing is not None
    assert len(nothing) == 0
    assert recent.since(300_101) is None
    assert recent.since(100) is None
