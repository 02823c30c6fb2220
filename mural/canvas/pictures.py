"""Pictures of boards: a still, a map of where people placed most, a film of how it came about."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Final, Literal

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mural.canvas.board import Board
from mural.canvas.palette import Palette
from mural.errors import NotBuilt

FilmFormat = Literal["gif", "webp", "mp4"]

FRAMES_PER_SECOND: Final = 20
FILM_SIDE_PX: Final = 512
"""Small boards are enlarged to at least half of this, large ones thinned out to at most twice of it."""

HEAT: Final = ((12, 10, 30), (74, 20, 110), (190, 50, 80), (250, 140, 40), (252, 250, 190))
"""From untouched to most contested."""


def still(board: Board, palette: Palette, scale: int = 1) -> Image.Image:
    """Draw the board, each pixel as a square of ``scale`` pixels."""
    pixels = board.pixels.reshape(board.height, board.width)
    if scale > 1:
        pixels = pixels.repeat(scale, axis=0).repeat(scale, axis=1)
    picture = Image.fromarray(pixels, "P")
    picture.putpalette([channel for colour in palette.colours for channel in colour.rgb])
    return picture


def heat(counts: NDArray[np.int64], width: int, height: int) -> Image.Image:
    """Draw how often each pixel was placed, on a logarithmic scale."""
    strength = np.log1p(counts.astype(np.float64))
    strength /= max(float(strength.max()), 1.0)
    stops = np.linspace(0, 1, len(HEAT))
    channels = [np.interp(strength, stops, [stop[channel] for stop in HEAT]) for channel in range(3)]
    rgb = np.stack(channels, axis=-1).astype(np.uint8).reshape(height, width, 3)
    return Image.fromarray(rgb, "RGB")


def film_frame(board: Board, palette: Palette) -> Image.Image:
    """Draw the board in the size of a film."""
    longest = max(board.width, board.height)
    step = max(1, -(-longest // (2 * FILM_SIDE_PX)))
    if step == 1:
        return still(board, palette, max(1, FILM_SIDE_PX // longest))
    pixels = np.ascontiguousarray(board.pixels.reshape(board.height, board.width)[::step, ::step])
    return still(Board(pixels.shape[1], pixels.shape[0], pixels.ravel()), palette)


def write_film(frames: Iterable[Image.Image], file: Path, kind: FilmFormat) -> None:
    """Write a film from frames that are drawn one by one; raise NotBuilt where the encoder is missing."""
    pictures = iter(frames)
    first = next(pictures)
    duration_ms = 1000 // FRAMES_PER_SECOND
    if kind == "mp4":
        _write_mp4(chain([first], pictures), first.size, file)
    elif kind == "gif":
        first.save(file, "GIF", save_all=True, append_images=pictures, duration=duration_ms, loop=0, optimize=False)
    else:
        first = first.convert("RGB")
        rest = (picture.convert("RGB") for picture in pictures)
        first.save(file, "WEBP", save_all=True, append_images=rest, duration=duration_ms, lossless=True, method=0)


def require_encoder(kind: FilmFormat) -> None:
    """Raise NotBuilt where films of a kind cannot be made on this machine."""
    if kind == "mp4":
        find_ffmpeg()


def find_ffmpeg() -> str:
    """Find the machine's own ffmpeg, else the one that its Python package brings; raise NotBuilt without either."""
    own = shutil.which("ffmpeg")
    try:
        return own or str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        message = "MP4 needs ffmpeg, which is not installed here; ask for .webp or .gif."
        raise NotBuilt(message, allowed=["webp", "gif"]) from None


def _write_mp4(frames: Iterator[Image.Image], size: tuple[int, int], file: Path) -> None:
    # Even sides: the colour planes of the usual format have half the size.
    even = [side + side % 2 for side in size]
    command = [find_ffmpeg(), "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{size[0]}x{size[1]}", "-r", str(FRAMES_PER_SECOND), "-i", "-"]
    command += ["-vf", f"pad={even[0]}:{even[1]}", "-pix_fmt", "yuv420p"]
    command += ["-preset", "veryfast", "-threads", "1", "-f", "mp4", str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:  # noqa: S603 - numbers and a path of ours
        if encoder.stdin is None:
            raise RuntimeError("ffmpeg was started without a pipe")
        for frame in frames:
            encoder.stdin.write(frame.convert("RGB").tobytes())
        encoder.stdin.close()
    if encoder.returncode:
        raise RuntimeError(f"ffmpeg ended with exit status {encoder.returncode}")
