"""A copy of the database every day, the latest seven kept. The posters' own files hold the rest: see `reindex`."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from infra.background import Background
from infra.clock import Clock
from infra.loop import Loop
from services.upkeep.data_paths import DataPaths

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parent.parent.parent

EVERY_S: Final = 24 * 3600.0
KEPT: Final = 7
AFTER_TROUBLE_S: Final = 3600.0
SET_BACK_S: Final = 3600.0
"""A copy from the future is believed as far: beyond, the clock has been set back, and the next copy must not wait."""

SPARE_BYTES: Final = 100_000_000
"""Room that a copy leaves for what the server itself has to write."""

PREFIX: Final = "daily-"
STAMP: Final = "%Y%m%d_%H%M%S"
STAMPED: Final = f"{PREFIX}{'[0-9]' * 8}_{'[0-9]' * 6}"

DATABASE: Final = ".db"
TABLES: Final = ".jsonl"
"""How copies end: SQLite's own file, or the tables that a PostgreSQL server keeps."""


class DailyBackups:
    """Copies the database when the latest copy is a day old."""

    def __init__(self, data_paths: DataPaths, backups_dir: Path, background: Background, clock: Clock) -> None:
        self._holdings = data_paths
        self._dir = backups_dir
        self._background = background
        self._clock = clock
        self._loop = Loop(background, "backing up the database")

    def start(self) -> None:
        """Begin to copy."""
        self._loop.start(self.step)

    def stop(self) -> None:
        """End."""
        self._loop.stop()

    def step(self) -> float:
        """Make today's copy when it is due; tell after how many seconds to look again."""
        latest = min(copies(self._dir), key=self._age_s, default=None)
        age_s = self._age_s(latest) if latest else EVERY_S
        if age_s < EVERY_S:
            return EVERY_S - max(0.0, age_s)
        self._dir.mkdir(parents=True, exist_ok=True)
        trouble = self._trouble_with_room(latest) or self._copy()
        if trouble:
            log.error("The database could not be backed up: %s", trouble)
            return AFTER_TROUBLE_S
        for old in sorted(copies(self._dir), key=self._age_s)[KEPT:]:
            old.unlink()
        for left in self._dir.glob(f"{STAMPED}.*.part"):  # by a copy that was killed
            left.unlink()
        return EVERY_S

    def _age_s(self, copy: Path) -> float:
        """Tell how old a copy is; one from the future is older than all others."""
        age_s = (self._clock() - _made_at(copy)).total_seconds()
        return age_s if age_s >= -SET_BACK_S else float("inf")

    def _trouble_with_room(self, latest: Path | None) -> str:
        like = self._holdings.database_file or latest  # a server's tables take about as much as yesterday
        expected_bytes = like.stat().st_size if like else 0
        if shutil.disk_usage(self._dir).free < expected_bytes + SPARE_BYTES:
            return f"there is not enough room for another copy in {self._dir}."
        return ""

    def _copy(self) -> str:
        """Make a copy in a process of its own; tell what went wrong, or nothing."""
        name, file = f"{PREFIX}{self._clock():{STAMP}}", self._holdings.database_file
        if file is None:
            program = ["infra.db.dump", str(self._dir / f"{name}{TABLES}")]
        else:
            program = ["services.upkeep.sqlite_files", str(file), str(self._dir / f"{name}{DATABASE}")]
        # The address of a server holds a password, which everybody could read among the arguments.
        env = os.environ | {"DATABASE_URL": self._holdings.database_url}
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(  # noqa: S603 - our own words
                [sys.executable, "-m", *program], cwd=ROOT, env=env, stdout=said, stderr=said
            )
            while process.poll() is None:
                self._background.sleep(0.05)
            said.seek(0)
            return said.read().decode(errors="replace") if process.returncode else ""


def copies(backups_dir: Path, *kinds: str) -> list[Path]:
    """List the daily copies, of some kinds or all; by name they sort by age."""
    return [file for kind in kinds or (DATABASE, TABLES) for file in backups_dir.glob(f"{STAMPED}{kind}")]


def remedy(backups_dir: Path) -> str:
    """Say what helps when the database's file is of no use any more."""
    latest = max(copies(backups_dir, DATABASE), default=None)
    if latest is None:
        return "Move it away, and “flask mural reindex” rebuilds a new one from the posters' own files."
    return f"“flask mural restore {latest}” brings back the latest copy, with every poster whose files are there."


def _made_at(copy: Path) -> datetime:
    return datetime.strptime(copy.stem, f"{PREFIX}{STAMP}").replace(tzinfo=UTC)
