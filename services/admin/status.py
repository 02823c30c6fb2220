"""What an installation holds and how it is, told without opening anything for writing and without a server."""

from __future__ import annotations

import shutil

from sqlalchemy import func, select

from config import Config
from infra.db.models import JobRow, PosterRow
from infra.db.session import Database
from mural.errors import MuralError
from services.upkeep.daily_backups import copies
from services.upkeep.data_paths import DataPaths
from services.upkeep.instance_lock import holder


def describe(config: Config) -> list[tuple[str, str]]:
    """List what people want to know, each with its name."""
    free = shutil.disk_usage(config.data_dir).free if config.data_dir.exists() else 0
    return [
        ("server", _server(config)),
        ("address", config.public_url or "PUBLIC_URL is not set"),
        ("names", ", ".join(config.answered_hosts) or "any; ALLOWED_HOSTS is not set"),
        ("data", f"{config.data_dir}, {free / 1e9:.1f} GB free"),
        *_database(config),
        ("backup", str(max(copies(config.backups_dir), default="none yet"))),
    ]


def _server(config: Config) -> str:
    pid = holder(config.data_dir)
    return "not running" if pid is None else f"running, process {pid}, port {config.port}"


def _database(config: Config) -> list[tuple[str, str]]:
    file = DataPaths.of(config).database_file
    shown = str(file or "PostgreSQL")
    if file is not None and not file.exists():
        return [("database", f"{shown}, not made yet")]
    database = Database(config.database_url)
    try:
        with database.read() as session:
            posters, size = session.execute(
                select(func.count(), func.coalesce(func.sum(PosterRow.file_size), 0)).where(~PosterRow.preview)
            ).one()
            states = session.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all()
    except MuralError as error:
        return [("database", f"{shown}: {error.message}")]
    finally:
        database.close()
    jobs = ", ".join(f"{count} {state}" for state, count in sorted(states)) or "none"
    return [("database", shown), ("posters", f"{posters}, {size / 1e6:.1f} MB"), ("jobs", jobs)]
