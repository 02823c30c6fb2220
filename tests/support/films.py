"""What an MP4 shows, frame by frame."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mural.canvas.pictures import find_ffmpeg


def frames_of(film: Path) -> list[NDArray[np.uint8]]:
    """Decode a film; each frame is an array of height, width and red, green and blue."""
    command = [find_ffmpeg(), "-loglevel", "error", "-i", str(film), "-f", "image2pipe", "-c:v", "ppm", "-"]
    told = subprocess.run(command, capture_output=True, check=True).stdout
    header = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", told)
    assert header is not None
    width, height = int(header[1]), int(header[2])
    table = np.frombuffer(told, np.uint8).reshape(-1, header.end() + width * height * 3)
    return [frame[header.end() :].reshape(height, width, 3) for frame in table]
