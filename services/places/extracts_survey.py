"""Finding out what the map files cover before anybody asks for a map of theirs."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from infra.background import Background
from infra.processes.cancellation import CancelToken
from mural.errors import MuralError
from mural.poster import Place, PosterDesign
from mural.themes import Theme
from services.drawing.renderer import DrawNow, RequestMaker

NOWHERE: Final = Place(city="Nowhere", country="Nowhere", latitude=-60.0, longitude=-140.0)
"""Open sea, of which no file has a map."""
WIDTH_PX: Final = 100


class ExtractsSurvey:
    """Has a render process look through the folder whenever it has changed: the web process opens no map file."""

    def __init__(
        self,
        folder: Path,
        draw: DrawNow,
        request_for: RequestMaker,
        themes: Sequence[Theme],
        background: Background,
    ) -> None:
        self._folder = folder
        self._draw = draw
        self._request_for = request_for
        self._themes = themes
        self._background = background
        self._seen = 0

    def look(self) -> None:
        """Begin to look, unless nothing was added or removed since the last time."""
        try:
            changed = self._folder.stat().st_mtime_ns
            if changed == self._seen or not any(self._folder.iterdir()):
                return
        except FileNotFoundError:
            return
        self._seen = changed
        self._background.start_background_task(self._survey)

    def _survey(self) -> None:
        """Ask for a map of the sea: whoever looks for it reads on the way what every new file covers."""
        design = PosterDesign(place=NOWHERE, distance_m=500.0, theme=self._themes[0])
        with tempfile.TemporaryDirectory() as folder, suppress(MuralError):
            request = self._request_for(
                job_id="extracts", design=design, output_dir=Path(folder), preview_width_px=WIDTH_PX
            )
            self._draw(replace(request, sources=replace(request.sources, mode="extract")), CancelToken())
