from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mural.pyramid import COMPLETE, TILE_PX, Pyramid, tile_name
from mural.render.tiles import cut


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_the_tiles_of_the_last_level_are_the_picture(tmp_path: Path, suffix: str) -> None:
    across, down = np.meshgrid(np.linspace(0, 255, 1100), np.linspace(0, 255, 700))
    picture = Image.fromarray(np.dstack((across, down, 255 - across)).astype(np.uint8))
    picture.save(tmp_path / f"picture.{suffix}", quality=95)
    cut(tmp_path / f"picture.{suffix}", tmp_path / "tiles")
    pyramid = Pyramid(1100, 700)
    joined = Image.new("RGB", picture.size)
    for row in range(2):
        for column in range(3):
            box = pyramid.box(pyramid.max_level, column, row)
            with Image.open(tmp_path / "tiles" / tile_name(pyramid.max_level, column, row)) as tile:
                assert tile.size == (box.right - box.left, box.bottom - box.top)
                joined.paste(tile, (box.left, box.top))
    assert np.abs(np.asarray(joined).astype(int) - np.asarray(picture)).mean() < 3
    with Image.open(tmp_path / "tiles" / tile_name(pyramid.min_level, 0, 0)) as smallest:
        assert smallest.size == pyramid.size_px(pyramid.min_level)
        assert max(smallest.size) <= TILE_PX
    assert (tmp_path / "tiles" / COMPLETE).exists()


def test_a_file_that_is_no_picture_never_counts_as_cut(tmp_path: Path) -> None:
    (tmp_path / "picture.png").write_bytes(b"no picture")
    with pytest.raises(OSError, match="cannot identify"):
        cut(tmp_path / "picture.png", tmp_path / "tiles")
    assert not (tmp_path / "tiles" / COMPLETE).exists()
