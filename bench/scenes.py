"""The places that benchmarks draw, and the yardstick that they are compared with.

Both lie beside the checkout on the machines where Mural is built; elsewhere the sample stands in and there is no ratio.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from mural.poster import DISTANCE_M_MIN
from tests.support.real_parts import ROOT, SAMPLE_FILE, SHARED_DATA

FLOOR: Final = ROOT.parent / "shared" / "floor.py"


@dataclass(frozen=True, slots=True)
class Scene:
    """A map file and the poster to make from it."""

    file: Path
    city: str
    country: str
    latitude: float
    longitude: float
    distance_m: int

    def body(self, **changes: Any) -> dict[str, Any]:
        """Write the request for it."""
        return {
            "city": self.city,
            "country": self.country,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "distance": self.distance_m,
            "theme": "noir",
        } | changes

    def part(self, share: float) -> Scene:
        """Show less of the map around the same centre, as far down as a poster may."""
        return replace(self, distance_m=max(round(self.distance_m * share), round(DISTANCE_M_MIN)))

    def lend_to(self, data_dir: Path) -> Path:
        """Copy the map file into the extracts of a data folder."""
        (data_dir / "extracts").mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(self.file, data_dir / "extracts" / self.file.name))

    def floor(self, width_px: int = 3600, height_px: int = 4800, repeat: int = 3) -> dict[str, float] | None:
        """Measure the yardstick on the same file, centre and distance; None where it is not at hand."""
        if not FLOOR.exists():
            return None
        place = [str(self.latitude), str(self.longitude), str(self.distance_m)]
        size = ["--width", str(width_px), "--height", str(height_px), "--repeat", str(repeat)]
        command = [sys.executable, str(FLOOR), str(self.file), *place, *size]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        figures: dict[str, float] = json.loads(answer.stdout)
        return figures


SAMPLE: Final = Scene(SAMPLE_FILE, "Helsinki", "Finland", 60.1715, 24.9443, 500)


def porto() -> Scene:
    """Take the road network of Porto, or the sample where that is not at hand."""
    file = SHARED_DATA / "porto-metro-highways.osm.pbf"
    return Scene(file, "Porto", "Portugal", 41.19, -8.56, 15_000) if file.exists() else SAMPLE
