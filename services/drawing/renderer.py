"""Pictures drawn in another process, as those who want them see it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from infra.observing.metrics import Metrics
from infra.processes.cancellation import CancelToken
from mural.poster import PosterDesign
from mural.worker.protocol import Progress, RenderRequest, RenderResult


class Renderer(Protocol):
    """Draws pictures in another process; services.drawing.pool.RenderPool is one."""

    def render(
        self, request: RenderRequest, on_progress: Callable[[Progress], None], cancelled: CancelToken
    ) -> RenderResult:
        """Draw one picture into the request's folder, or raise what went wrong."""


class DrawNow(Protocol):
    """Has a render process draw a request at once, ahead of all posters."""

    def __call__(self, request: RenderRequest, cancelled: CancelToken) -> RenderResult:
        """Draw it; raise what went wrong, or Cancelled."""


class RequestMaker(Protocol):
    """Completes a render request with what all of them carry."""

    def __call__(self, *, job_id: str, design: PosterDesign, output_dir: Path, preview_width_px: int) -> RenderRequest:
        """Make the request."""


class TimedRenderer:
    """Notes how long each step of a drawing took, as the render process itself has measured it."""

    def __init__(self, inner: Renderer, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics

    def render(
        self, request: RenderRequest, on_progress: Callable[[Progress], None], cancelled: CancelToken
    ) -> RenderResult:
        """Draw one picture into the request's folder, or raise what went wrong."""
        result = self._inner.render(request, on_progress, cancelled)
        for name, seconds in result.seconds.items():
            self._metrics.step(name, seconds)
        return result
