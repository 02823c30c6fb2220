"""REST: how the installation is doing."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.admin.schemas import HealthOut, ReadyOut, StatsOut
from routes.web.api import ApiBlueprint, reply
from routes.web.context import services

blueprint = ApiBlueprint("health", __name__)


@blueprint.get("/health")
@blueprint.answers({HTTPStatus.OK: HealthOut, HTTPStatus.SERVICE_UNAVAILABLE: HealthOut})
def health() -> Response:
    """Tell whether every part works; 503 when visitors cannot be served."""
    found = services().health.check()
    return reply(found.to_json(), HTTPStatus.OK if found.able_to_serve else HTTPStatus.SERVICE_UNAVAILABLE)


@blueprint.get("/ready")
@blueprint.answers({HTTPStatus.OK: ReadyOut, HTTPStatus.SERVICE_UNAVAILABLE: ReadyOut})
def ready() -> Response:
    """Tell whether a poster asked for now would be drawn at once."""
    parts = services().health.check().parts
    is_ready = parts["database"] == parts["render_pool"] == "ok"
    return reply({"ready": is_ready}, HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)


@blueprint.get("/stats")
@blueprint.answers({HTTPStatus.OK: StatsOut})
def stats() -> Response:
    """Count posters, jobs and what they take."""
    return reply(services().health.stats())
