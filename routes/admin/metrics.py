"""GET /metrics for Prometheus, when METRICS is on."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response
from flask_socketio import SocketIO

from infra.observing.metrics import Metrics
from routes.web.context import services

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Write all figures."""
    return Response(services().metrics.text(), content_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"})


def watch_sockets(metrics: Metrics, socketio: SocketIO) -> None:
    """Have the connected sockets counted; the server is there once it is bound to the application."""
    metrics.watch(lambda: [("mural_sockets", "Sockets that are connected", len(socketio.server.eio.sockets))])
