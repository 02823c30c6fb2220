"""REST: pictures drawn while somebody looks."""

from __future__ import annotations

from pathlib import Path

from flask import Response, send_file

from routes.api import ApiBlueprint, client_address
from routes.context import services
from routes.identity import current_actor
from routes.schemas import LivePreviewIn

blueprint = ApiBlueprint("previews", __name__)


@blueprint.get("/preview.png")
@blueprint.input(LivePreviewIn, location="query")
@blueprint.doc(responses={200: "A PNG", 400: "Bad request", 409: "A newer one was asked for", 429: "Too often"})
def live_preview(query_data: LivePreviewIn) -> Response:
    """Draw a design now, at low resolution."""
    services().rate_limiter.check(services().config.rate_limit_previews, "live", client_address())
    design = services().posters.design(query_data.to_request())
    return _send(services().previews.live(design, query_data.width, current_actor().user_id), max_age_s=300)


@blueprint.get("/themes/<theme_id>/preview.png")
@blueprint.doc(responses={200: "A PNG", 404: "No such theme"})
def theme_preview(theme_id: str) -> Response:
    """Show the sample city in a theme."""
    return _send(services().previews.theme_sample(services().themes.get(theme_id)), max_age_s=3600)


def _send(picture: Path, max_age_s: int) -> Response:
    response = send_file(picture, mimetype="image/png", conditional=True)
    response.headers["Cache-Control"] = f"private, max-age={max_age_s}"
    return response
