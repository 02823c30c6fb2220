"""The `flask mural ...` commands that look after an installation.

Those that change what a server serves want it stopped: they take its lock. The others may be run at any time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
from flask.cli import with_appcontext

from infra.disk import BYTES_PER_GB
from routes.web.cli_errors import told
from routes.web.cli_files import FileToRead, FileToWrite, bounded_memory
from routes.web.context import services, settings
from services.admin.status import describe
from services.posters.files import PosterFiles
from services.themes.files import ThemeFiles
from services.upkeep.backup import write_backup
from services.upkeep.data_paths import DataPaths
from services.upkeep.instance_lock import instance_lock
from services.upkeep.reindex import reindex
from services.upkeep.restore import restore
from services.wiring import open_database


@click.command("config")
@with_appcontext
def show_config() -> None:
    """Print the effective settings; secrets are hidden."""
    for name, value in settings().shown().items():
        click.echo(f"{name}={value}")


@click.command("status")
@with_appcontext
def show_status() -> None:
    """Print what there is and how it is."""
    with told():
        lines = describe(settings())
    for name, value in lines:
        click.echo(f"{name + ':':10} {value}")


@click.command("backup")
@click.argument("file", type=FileToWrite())
@with_appcontext
def make_backup(file: Path) -> None:
    """Write everything that cannot be made again into FILE (.tar or .tar.gz), also while the server runs."""
    with told():
        report = write_backup(DataPaths.of(settings()), file)
    click.echo(f"{file}: the database, {report.posters} posters, {report.size_bytes / 1e6:.1f} MB")


@click.command("restore")
@click.argument("file", type=FileToRead())
@with_appcontext
def bring_back(file: Path) -> None:
    """Put what FILE holds in the place of what is there: a backup, or a daily copy of the database."""
    data_paths = DataPaths.of(settings())
    with told(), bounded_memory(), instance_lock(data_paths.data_dir):
        report = restore(data_paths, file)
    click.echo(f"Restored the database and {report.posters} posters from {file}.")
    if report.kept_schema:
        click.echo(f"The tables that were there before are in the schema {report.kept_schema}.")
    for folder in report.kept_in:
        click.echo(f"What was there before is in {folder}; delete it when it is not needed any more.")


@click.command("reindex")
@with_appcontext
def rebuild() -> None:
    """Rebuild the database's posters and visitors' themes from their own files."""
    config = settings()
    with told(), instance_lock(config.data_dir):
        files = PosterFiles(config.posters_dir, max_bytes=round(config.max_storage_gb * BYTES_PER_GB))
        database = open_database(config)
        report = reindex(database, files, ThemeFiles(config.own_themes_dir))
        database.close()
    click.echo(f"{report.posters} posters, {report.added} of them new; {report.removed} without files were removed.")
    if report.left_out:
        click.echo(f"{report.left_out} that were taken down or given up stay so.")
    if report.themes_added:
        click.echo(f"{report.themes_added} themes of visitors were brought back.")
    for trouble in report.broken.values():
        click.echo(trouble, err=True)


@click.command("retention")
@with_appcontext
def tidy_up() -> None:
    """Delete what has had its time, as a running server does every hour."""
    with told(), instance_lock(settings().data_dir):
        services().housekeeping.tidy()
        left = services().posters.count()
    click.echo(f"{left} posters are kept.")


COMMANDS: Final = (show_config, show_status, make_backup, bring_back, rebuild, tidy_up)
