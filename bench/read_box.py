"""`python -m bench.read_box TIMES FILE LEFT BOTTOM RIGHT TOP`: read a box of a map file or its index, time the best."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from mural.geo import extract_index
from mural.geo.bbox import BBox
from mural.geo.extract import read_area


def main() -> None:
    """Print seconds and the number of points read."""
    times, path, bbox = int(sys.argv[1]), Path(sys.argv[2]), BBox(*map(float, sys.argv[3:]))
    read = extract_index.read_tiles if path.name.endswith(extract_index.SUFFIX) else read_area
    best_s = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        area = read(path, bbox)
        best_s = min(best_s, time.perf_counter() - began)
    points = sum(len(part.xy) for part in area.lines.values()) + sum(len(part.xy) for part in area.polygons.values())
    print(best_s, points)


if __name__ == "__main__":
    main()
