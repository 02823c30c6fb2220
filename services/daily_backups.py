"""A copy of the database every day, the latest seven kept. The posters' own files hold the rest: see `reindex`."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from services.background import Background
from services.clock import Clock
from services.loop import Loop

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent

EVERY_S: Final = 24 * 3600.0
KEPT: Final = 7
AFTER_TROUBLE_S: Final = 3600.0
SPARE_BYTES: Final = 100_000_000
"""Room that a copy leaves for what the server itself has to write."""

PREFIX: Final = "daily-"
STAMP: Final = "%Y%m%d_%H%M%S"


class DailyBackups:
    """Copies the database when the latest copy is a day old; does nothing where a PostgreSQL server keeps it."""

    def __init__(self, database_file: Path | None, backups_dir: Path, background: Background, clock: Clock) -> None:
        self._database_file = database_file
        self._dir = backups_dir
        self._background = background
        self._clock = clock
        self._loop = Loop(background, "backing up the database")

    def start(self) -> None:
        """Begin to copy."""
        if self._database_file is not None:
            self._loop.start(self.step)

    def stop(self) -> None:
        """End."""
        self._loop.stop()

    def step(self) -> float:
        """Make today's copy when it is due; tell after how many seconds to look again."""
        latest = max(copies(self._dir), default=None)
        age_s = (self._clock() - _made_at(latest)).total_seconds() if latest else EVERY_S
        if age_s < EVERY_S:
            return EVERY_S - max(0.0, age_s)
        trouble = self._copy()
        if trouble:
            log.error("The database could not be backed up: %s", trouble)
            return AFTER_TROUBLE_S
        for old in sorted(copies(self._dir))[:-KEPT]:
            old.unlink()
        return EVERY_S

    def _copy(self) -> str:
        """Make a copy in a process of its own; tell what went wrong, or nothing."""
        source = self._database_file
        if source is None:
            return ""
        self._dir.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._dir).free < source.stat().st_size + SPARE_BYTES:
            return f"there is not enough room for another copy in {self._dir}."
        target = self._dir / f"{PREFIX}{self._clock():{STAMP}}.db"
        command = [sys.executable, "-m", "services.sqlite_files", str(source), str(target)]
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)  # noqa: S603 - our own words
            while process.poll() is None:
                self._background.sleep(0.05)
            said.seek(0)
            return said.read().decode(errors="replace") if process.returncode else ""


def copies(backups_dir: Path) -> list[Path]:
    """List the daily copies; by name they sort by age."""
    return list(backups_dir.glob(f"{PREFIX}{'[0-9]' * 8}_{'[0-9]' * 6}.db"))


def remedy(backups_dir: Path) -> str:
    """Say what helps when the database is of no use any more."""
    latest = max(copies(backups_dir), default=None)
    if latest is None:
        return "Move it away, and “flask mural reindex” rebuilds a new one from the posters' own files."
    return f"“flask mural restore {latest}” brings back the latest copy, with every poster whose files are there."


def _made_at(copy: Path) -> datetime:
    return datetime.strptime(copy.stem, f"{PREFIX}{STAMP}").replace(tzinfo=UTC)
