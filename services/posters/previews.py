"""Pictures drawn while somebody looks: the live preview of a design, and the sample of each theme."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from infra.background import Background
from infra.processes.cancellation import CancelToken, cancelled_when
from mural.errors import Cancelled
from mural.fingerprint import fingerprint
from mural.poster import PosterDesign, Texts
from mural.sample import SAMPLE_DISTANCE_M, SAMPLE_PLACE
from mural.themes import Theme
from services.accounts.actors import Actor
from services.drawing.renderer import DrawNow, RequestMaker

PATIENCE_S: Final = 1.0
"""How long a picture is drawn on although nobody waits for it: replacing a killed render process takes as long."""

KEPT: Final = 400
"""Pictures kept on disk; the ones that were not looked at for the longest time go first."""

MAKING: Final = ".making-"

SAMPLE_WIDTH_PX: Final = 400


def shows_sample(design: PosterDesign) -> bool:
    """Tell whether a design is of the place whose map comes with the program."""
    return (design.place, design.distance_m) == (SAMPLE_PLACE, SAMPLE_DISTANCE_M)


class PreviewService:
    """Draws one picture at a time; of several wishes of one viewer only the latest is worth drawing."""

    def __init__(self, draw: DrawNow, request_for: RequestMaker, folder: Path, background: Background) -> None:
        self._draw = draw
        self._request_for = request_for
        self._folder = folder
        self._background = background
        self._turn = threading.Lock()
        self._samples_turn = threading.Lock()
        self._latest: dict[str, object] = {}

    def live(
        self, design: PosterDesign, width_px: int, viewer: Actor, is_gone: Callable[[], bool], *, shipped: bool = False
    ) -> Path:
        """Draw a design at low resolution, of the map that comes with the program where it is ``shipped``.

        Raise Cancelled when the viewer asked for another before this one was begun, or is gone.
        """
        wish = self._latest[viewer.id] = object()
        try:
            return self._picture(
                design, width_px, lambda: self._latest.get(viewer.id) is not wish, is_gone, shipped=shipped
            )
        finally:
            if self._latest.get(viewer.id) is wish:
                del self._latest[viewer.id]

    def theme_sample(self, theme: Theme) -> Path:
        """Draw the sample place in a theme."""
        design = PosterDesign(
            place=SAMPLE_PLACE, distance_m=SAMPLE_DISTANCE_M, theme=theme, texts=Texts(coordinates="")
        )
        file = self._file(design, SAMPLE_WIDTH_PX, shipped=True)
        if not _touched(file):
            # A page full of themes asks for all at once: whoever works on a poster waits for one of them, not for all.
            with self._samples_turn:
                self._picture(design, SAMPLE_WIDTH_PX, outdated=_never, is_gone=_never, shipped=True)
        return file

    def _file(self, design: PosterDesign, width_px: int, *, shipped: bool) -> Path:
        return self._folder / f"{fingerprint(design)}-{width_px}{'-shipped' if shipped else ''}.png"

    def _picture(
        self,
        design: PosterDesign,
        width_px: int,
        outdated: Callable[[], bool],
        is_gone: Callable[[], bool],
        *,
        shipped: bool = False,
    ) -> Path:
        file = self._file(design, width_px, shipped=shipped)
        if not _touched(file):
            with self._turn:
                if outdated() or is_gone():
                    message = "Nobody waits for this preview any more."
                    raise Cancelled(message)
                if not _touched(file):
                    with cancelled_when(is_gone, self._background, PATIENCE_S) as cancelled:
                        self._make(design, width_px, file, cancelled, shipped=shipped)
        return file

    def _make(self, design: PosterDesign, width_px: int, file: Path, cancelled: CancelToken, *, shipped: bool) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._folder, prefix=MAKING) as making:
            request = self._request_for(
                job_id=f"live-{file.stem[:12]}", design=design, output_dir=Path(making), preview_width_px=width_px
            )
            if shipped:  # the map that comes with the program is there, wherever posters take theirs from
                request = replace(request, sources=replace(request.sources, mode="sample"))
            result = self._draw(request, cancelled)
            (Path(making) / result.poster).replace(file)
        self._prune(file)

    def _prune(self, latest: Path) -> None:
        now_s = time.time()
        # What was looked at before the clock was set back would seem to be looked at last, until then.
        seen = {path: min(now_s, path.stat().st_mtime) for path in self._folder.glob("*.png") if path != latest}
        for path in sorted(seen, key=lambda path: seen[path], reverse=True)[KEPT - 1 :]:
            path.unlink(missing_ok=True)
        for left in self._folder.glob(f"{MAKING}*"):  # by a server that was killed: only one is drawn at a time
            shutil.rmtree(left, ignore_errors=True)


def _touched(file: Path) -> bool:
    """Tell whether a picture is there, and note that it was looked at."""
    try:
        os.utime(file)
    except FileNotFoundError:
        return False
    return True


def _never() -> bool:
    return False
