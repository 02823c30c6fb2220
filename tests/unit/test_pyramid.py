from __future__ import annotations

import pytest

from mural.pyramid import TILE_PX, Pyramid


@pytest.mark.parametrize("size_px", [(3600, 4800), (9933, 14043), (512, 512), (513, 100), (100, 120), (1, 1)])
def test_levels_halve_down_to_one_tile(size_px: tuple[int, int]) -> None:
    pyramid = Pyramid(*size_px)
    assert pyramid.size_px(pyramid.max_level) == size_px
    for level in range(pyramid.min_level, pyramid.max_level):
        wider, higher = pyramid.size_px(level + 1)
        assert pyramid.size_px(level) == ((wider + 1) // 2, (higher + 1) // 2)
    assert max(pyramid.size_px(pyramid.min_level)) <= TILE_PX
    if pyramid.min_level < pyramid.max_level:
        assert max(pyramid.size_px(pyramid.min_level + 1)) > TILE_PX


def test_levels_are_numbered_as_deep_zoom_does() -> None:
    assert Pyramid(3600, 4800).max_level == 13
    assert Pyramid(4096, 4096).max_level == 12
    assert Pyramid(4097, 1).max_level == 13


def test_tiles_cover_a_level_and_share_a_pixel_with_their_neighbours() -> None:
    pyramid = Pyramid(1300, 600)
    assert pyramid.grid(pyramid.max_level) == (3, 2)
    assert pyramid.box(pyramid.max_level, 0, 0) == (0, 0, 513, 513)
    assert pyramid.box(pyramid.max_level, 1, 1) == (511, 511, 1025, 600)
    assert pyramid.box(pyramid.max_level, 2, 0) == (1023, 0, 1300, 513)


@pytest.mark.parametrize("tile", [(8, 0, 0), (14, 0, 0), (13, 8, 0), (13, 0, 10), (13, -1, 0)])
def test_there_are_no_other_tiles(tile: tuple[int, int, int]) -> None:
    pyramid = Pyramid(3600, 4800)
    assert pyramid.holds(13, 7, 9)
    assert pyramid.holds(9, 0, 0)
    assert not pyramid.holds(*tile)
