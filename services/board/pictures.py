"""Pictures of the board on request, drawn by a process of their own and kept for a while."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from infra.background import Background
from infra.disk import full_disk_named, is_full
from infra.processes.render_process import ROOT, worker_environment
from mural.canvas.pictures import FilmFormat, require_encoder
from mural.errors import InvalidInput, MuralError, RenderError, StorageFull, Unavailable
from services.board.painter import Drawing
from services.board.service import CanvasService

log = logging.getLogger(__name__)

AT_ONCE: Final = 2
TIMEOUT_S: Final = 120.0
POLL_S: Final = 0.01
FRESH_S: Final[dict[str, float]] = {"png": 5.0, "heatmap": 60.0}
"""For how long a picture of the present is good enough; one of the past is for as long as it is kept."""

KEPT_S: Final = 24 * 3600
JSON_EVERY_S: Final = 60.0
FILM_S: Final = 20.0
"""How long a film is whose speed nobody asked for."""

MINUTE_MS: Final = 60_000


class CanvasPictures:
    """Hands out files with pictures of the board."""

    def __init__(self, canvas: CanvasService, background: Background, folder: Path, database_url: str) -> None:
        self._canvas = canvas
        self._background = background
        self._folder = folder
        self._database_url = database_url
        self._turns = threading.Semaphore(AT_ONCE)
        self._json_at_s = float("-inf")
        self._json_seq = -1

    def still(self, scale: int) -> Path:
        """Draw the board as it stands."""
        return self._drawn(Drawing(kind="png", output="", scale=scale), "png")

    def heatmap(self) -> Path:
        """Draw where most was placed."""
        return self._drawn(Drawing(kind="heatmap", output=""), "png")

    def film(self, kind: FilmFormat, from_ms: int | None, to_ms: int | None, speed: float | None) -> Path:
        """Draw how the board came about; without bounds all of the season, without a speed in 20 seconds."""
        require_encoder(kind)
        season, now_ms = self._canvas.live.season, self._canvas.now_ms()
        start = max(from_ms or 0, season.started_at_ms)
        # Whole minutes: people who ask for "until now" one after the other get the same film.
        soon = (now_ms // MINUTE_MS + 1) * MINUTE_MS
        end = soon if to_ms is None or to_ms >= now_ms else to_ms
        if end <= start:
            raise InvalidInput("The film would end before it begins.", field="to" if to_ms else "from")
        pace = speed or max(1.0, (end - start) / 1000 / FILM_S)
        return self._drawn(Drawing(kind=kind, output="", from_ms=start, to_ms=end, speed=pace), kind)

    def write_json_now_and_then(self) -> None:
        """Write canvas_data.json in the background, where something has changed."""
        now_s = time.monotonic()
        if now_s - self._json_at_s >= JSON_EVERY_S and self._canvas.live.seq != self._json_seq:
            self._json_at_s, self._json_seq = now_s, self._canvas.live.seq
            self._background.start_background_task(self._write_json)

    def _write_json(self) -> None:
        try:
            self._draw(Drawing(kind="json", output=str(self._folder.parent / "canvas_data.json")))
        except MuralError as error:
            log.warning("canvas_data.json was not written: %s", error.message)

    def _drawn(self, drawing: Drawing, suffix: str) -> Path:
        facts = json.dumps([asdict(drawing), self._canvas.live.season.epoch])
        file = self._folder / f"{drawing.kind}-{hashlib.sha256(facts.encode()).hexdigest()[:24]}.{suffix}"
        if file.exists() and _age_s(file) < FRESH_S.get(drawing.kind, KEPT_S):
            return file
        try:
            self._draw_into(file, drawing)
        except StorageFull:
            if not file.exists():
                raise
            log.warning("There is no room for a new picture of the board; an older one is shown")
        self._forget_old()
        return file

    def _draw_into(self, file: Path, drawing: Drawing) -> None:
        partial = file.with_name(f".{file.stem}-{threading.get_ident()}{file.suffix}")
        with full_disk_named():
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._draw(replace(drawing, output=str(partial)))
                partial.replace(file)
            finally:
                partial.unlink(missing_ok=True)

    def _draw(self, drawing: Drawing) -> None:
        if not self._turns.acquire(timeout=TIMEOUT_S):
            raise Unavailable("Too many pictures of the board are being drawn; try again in a minute.")
        try:
            self._run(drawing)
        finally:
            self._turns.release()

    def _run(self, drawing: Drawing) -> None:
        self._canvas.store.database.check_footing()  # it would open whatever is at the path now
        environ = worker_environment(os.environ, self._folder) | {"DATABASE_URL": self._database_url}
        process = subprocess.Popen(
            [sys.executable, "-m", "services.board.painter"], stdin=subprocess.PIPE, env=environ, cwd=ROOT
        )
        if process.stdin is None:
            raise RuntimeError("the painter was started without a pipe")
        process.stdin.write(json.dumps(asdict(drawing)).encode())
        process.stdin.close()
        deadline = time.monotonic() + TIMEOUT_S
        while process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
                raise RenderError("The picture of the board took too long to draw.")
            self._background.sleep(POLL_S)
        if process.returncode and is_full(self._folder):
            raise StorageFull("There is no room left on the disk for a picture of the board.")
        if process.returncode:
            raise RenderError("The picture of the board could not be drawn; the server's log has the reason.")

    def _forget_old(self) -> None:
        for file in self._folder.glob("*-*.*"):
            if _age_s(file) > KEPT_S:
                file.unlink(missing_ok=True)


def _age_s(file: Path) -> float:
    """Tell how old a file is; one that is from the future is as far from now, for the clock was set back."""
    return abs(time.time() - file.stat().st_mtime)
