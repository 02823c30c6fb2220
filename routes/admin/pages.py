"""The page that says how the installation is doing."""

from __future__ import annotations

from flask import render_template

from mural import __version__
from routes.web import wording
from routes.web.context import services
from routes.web.links import address_facts
from routes.web.pages import pages

blueprint = pages("status_pages", __name__)


@blueprint.get("/status")
def status() -> str:
    """Tell people what is up."""
    health, nothing_to_draw = services().health, services().offline_places.nothing_to_draw()
    state = health.check().status
    return render_template(
        "admin/status.html",
        version=__version__,
        status="degraded" if nothing_to_draw and state == "healthy" else state,
        facts=[
            *wording.status_facts(health.check().parts, health.stats(), nothing_to_draw=nothing_to_draw),
            *address_facts(),
        ],
        broken=services().themes.broken(),
        left_out=wording.left_out(services().map_files.left_out()),
        nothing_to_draw=nothing_to_draw,
    )
