"""Contact sheets: all pictures of one size and appearance, small, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

COLUMNS: Final = 5
WIDTH_PX: Final = 460
GAP_PX: Final = 8
CAPTION_PX: Final = 24


def sheet(files: list[Path]) -> Image.Image:
    """Draw small copies in rows, each with its name."""
    copies = [_small(file) for file in files]
    height = max(copy.height for copy in copies) + CAPTION_PX
    width = WIDTH_PX + GAP_PX
    rows = -(-len(files) // COLUMNS)
    whole = Image.new("RGB", (COLUMNS * width, rows * height), "#888888")
    draw = ImageDraw.Draw(whole)
    for index, (file, copy) in enumerate(zip(files, copies, strict=True)):
        row, column = divmod(index, COLUMNS)
        whole.paste(copy, (column * width, row * height + CAPTION_PX))
        draw.text((column * width, row * height + 4), file.name, fill="#ffffff")
    return whole


def _small(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        height = round(picture.height * WIDTH_PX / picture.width)
        return picture.convert("RGB").resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
