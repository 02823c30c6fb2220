"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.real_parts import free_port, program

PLACES = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)]


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run a server in a temporary folder and give the URL of its database; skip where PostgreSQL is not installed."""
    bin_dir = Path(program("pg_ctl", *PLACES)).parent
    folder = Path(tempfile.mkdtemp(prefix="mural-postgres-"))
    data, port = folder / "data", free_port()
    # PostgreSQL refuses to run as root.
    as_user = [program("runuser", "/usr/sbin/runuser"), "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    try:
        _run([*as_user, str(bin_dir / "initdb"), "-D", str(data), "-U", "mural", "-A", "trust", "-E", "UTF8"])
        _run(
            [
                *as_user,
                str(bin_dir / "pg_ctl"),
                "-D",
                str(data),
                "-w",
                "-o",
                options,
                "-l",
                str(folder / "log"),
                "start",
            ]
        )
        try:
            yield f"postgresql://mural@127.0.0.1:{port}/postgres"
        finally:
            _run([*as_user, str(bin_dir / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
