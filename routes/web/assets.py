"""The static files: their address changes with them, so that browsers may keep them for good.

All of them live below one path that names the version of the whole, for modules import one another by relative
addresses: a page loads either all of one version or all of another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from apiflask import APIBlueprint
from flask import Flask, Response, request, send_from_directory

from config import ROOT
from routes.web.caching import FOREVER

blueprint = APIBlueprint("assets", __name__, enable_openapi=False)

FOLDER: Final = ROOT / "static"
DIGITS: Final = 12
VERSIONED: Final = re.compile(rf"^[0-9a-f]{{{DIGITS}}}/")
IMPORT: Final = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.[^"']+)["']""", re.MULTILINE)
"""A module's import of another one of ours; what is imported on demand is not among them."""


@cache
def version() -> str:
    """Name the static files as they are at the start."""
    digest = sha256()
    for file in sorted(_files()):
        digest.update(file.relative_to(FOLDER).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:DIGITS]


def _files() -> Iterator[Path]:
    for folder, _folders, names in os.walk(FOLDER, followlinks=True):
        yield from (Path(folder, name) for name in names)


@cache
def modules_of(*entries: str) -> list[str]:
    """List the modules that scripts import, those of all depths, so that a page can have them fetched at once."""
    found = dict.fromkeys(entries)
    waiting = list(entries)
    while waiting:
        name = waiting.pop(0)
        fresh = [imported for imported in _imports(name) if imported not in found]
        found |= dict.fromkeys(fresh)
        waiting += fresh
    return [name for name in found if name not in entries]


def _imports(name: str) -> list[str]:
    around = os.path.dirname(name)  # noqa: PTH120  # a name in an address, not a path on a disk
    text = (FOLDER / name).read_text(encoding="utf-8")
    return [os.path.normpath(os.path.join(around, target)) for target in IMPORT.findall(text)]  # noqa: PTH118


@blueprint.get("/static/<path:name>")
def other_static(name: str) -> Response:
    """Serve a file by its bare name, or to a page of another version that is still open: as it is now."""
    return send_from_directory(FOLDER, VERSIONED.sub("", name, count=1), max_age=0)


def init_assets(app: Flask, *, changing: bool) -> None:
    """Let browsers keep the files for good, unless somebody is at work on them."""
    app.jinja_env.globals["modules_of"] = modules_of

    @app.after_request
    def _keep(response: Response) -> Response:
        if request.endpoint == "static" and not changing and response.status_code < 400:
            response.headers["Cache-Control"] = FOREVER
        return response
