"""One running Mural with the scene's map, for the benchmarks that only ask something of it, one after the other."""

from __future__ import annotations

import atexit
import tempfile
from functools import cache
from pathlib import Path

from bench.scenes import porto
from tests.support.server import Server


@cache
def installation() -> Server:
    """Start it when first asked for, and end it with the run."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    server = Server(Path(folder.name) / "data", cold=True, RATE_LIMIT_PREVIEWS="1000 per minute")
    atexit.register(server.stop)
    porto().lend_to(server.data_dir)
    return server
