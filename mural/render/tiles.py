"""Cuts a poster's file into tiles: `python -m mural.render.tiles PICTURE FOLDER`, a process of its own.

The small levels come first, so that something can be shown while the large ones are being cut.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

from PIL import Image

from mural.paper import LARGEST_PX
from mural.pyramid import COMPLETE, Pyramid, tile_name

QUALITY: Final = 88
NICENESS: Final = 5


def cut(picture: Path, folder: Path) -> None:
    """Write all tiles of a picture into a folder, each one whole, and then the file that says so."""
    Image.MAX_IMAGE_PIXELS = LARGEST_PX
    with Image.open(picture) as opened:
        opened.load()
    levels: list[Image.Image] = [opened]  # RGB, as every poster is; converting would make a second one of 560 MB
    pyramid = Pyramid(*levels[0].size)
    for _ in range(pyramid.min_level, pyramid.max_level):
        levels.append(levels[-1].reduce(2))
    for level, image in enumerate(reversed(levels), pyramid.min_level):
        _cut_level(image, pyramid, level, folder)
    (folder / COMPLETE).touch()


def _cut_level(image: Image.Image, pyramid: Pyramid, level: int, folder: Path) -> None:
    (folder / str(level)).mkdir(parents=True, exist_ok=True)
    unfinished = folder / "unfinished.jpg"
    columns, rows = pyramid.grid(level)
    for row in range(rows):
        for column in range(columns):
            image.crop(pyramid.box(level, column, row)).save(unfinished, quality=QUALITY)
            unfinished.replace(folder / tile_name(level, column, row))


if __name__ == "__main__":
    os.nice(NICENESS)
    try:
        cut(Path(sys.argv[1]), Path(sys.argv[2]))
    except OSError as error:
        sys.exit(f"The tiles could not be written: {error.strerror or error}.")
