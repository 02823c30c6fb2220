"""A real nginx on a free port, with what a test has it do."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from tests.support.real_parts import program
from tests.support.waiting import wait_until

AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/mural.conf;
}}
"""


@contextmanager
def nginx(folder: Path, port: int, inside: str) -> Iterator[None]:
    """Run one in a folder of its own that listens on a port; ``inside`` is what the host writes for Mural."""
    (folder / "mural.conf").write_text(inside)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    process = subprocess.Popen(
        [program("nginx", "/usr/sbin/nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    )

    def is_up() -> bool:
        assert process.poll() is None, (folder / "error.log").read_text()
        with suppress(requests.ConnectionError):
            requests.get(f"http://127.0.0.1:{port}/", timeout=30)
            return True
        return False

    try:
        wait_until(is_up)
        yield
    finally:
        process.terminate()
        process.wait(30)
