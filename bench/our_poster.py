"""Make one poster in a warm render process and again in another theme.

``python -m bench.our_poster FILE LAT LON DISTANCE_M FOLDER`` prints the seconds of both, step by step, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.rendering import Studio


def main() -> None:
    """Draw the posters and print what they took."""
    file, folder = Path(sys.argv[1]), Path(sys.argv[5])
    latitude, longitude, distance_m = map(float, sys.argv[2:5])
    studio = Studio(file, folder)
    posters = [studio.draw(latitude, longitude, distance_m, theme) for theme in ("noir", "ocean")]
    print(json.dumps(posters))


if __name__ == "__main__":
    main()
