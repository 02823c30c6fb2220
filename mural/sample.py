"""The place whose map ships with the program: a poster of it can be made on every machine."""

from __future__ import annotations

from typing import Final

from mural.poster import Place

SAMPLE_PLACE: Final = Place(city="Helsinki", country="Finland", latitude=60.1715, longitude=24.9443)

SAMPLE_DISTANCE_M: Final = 500.0
