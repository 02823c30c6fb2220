"""The page that says what this is."""

from __future__ import annotations

from flask import render_template

from mural import __version__
from routes.web.context import services
from routes.web.pages import pages

blueprint = pages("about_pages", __name__)


@blueprint.get("/about")
def about() -> str:
    """Say what this is and whose work it stands on."""
    return render_template("web/about.html", version=__version__, tile_url=services().config.tile_url)
