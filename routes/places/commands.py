"""The `flask mural ...` commands about map files."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from infra.processes.render_process import worker_environment
from mural.geo.import_protocol import Imported, Stage
from routes.web.cli_errors import told
from routes.web.cli_files import FileToRead
from routes.web.context import services
from services.places import extract_import

DOING: dict[Stage, str] = {"relations": "Finding areas", "features": "Reading", "tiles": "Sorting"}


@click.command("import-extract")
@with_appcontext
@click.argument("file", type=FileToRead())
def import_extract(file: Path) -> None:
    """Index a large map file once, so that posters from it take no longer than from a small one.

    The index lies in DATA_DIR/extracts; a running server uses it for the next poster. FILE is not needed afterwards.
    """
    config = services().config
    began = time.monotonic()
    # No bar where nobody looks at one: a file or a pipe.
    with told(), tqdm(total=100, disable=None, bar_format="{desc:<20} {bar} {percentage:3.0f} %  {elapsed}") as bar:

        def show(stage: Stage, done: float) -> None:
            bar.set_description_str(DOING[stage], refresh=False)
            bar.update(max(0, round(100 * done, 1) - bar.n))

        made = extract_import.import_extract(
            file, config.extracts_dir, worker_environment(os.environ, config.data_dir / "cache"), show
        )
        bar.update(100 - bar.n)
    click.echo(f"{made.path}: {_summary(made)}, {time.monotonic() - began:.1f} s")


def _summary(made: Imported) -> str:
    return f"{made.features:,} features, {made.points:,} points, {made.size / 1e6:,.1f} MB"
