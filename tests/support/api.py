"""The REST interface over real services, with a renderer that draws at once, through Flask's test client."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from apiflask import APIFlask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app_factory import create_app
from config import Config
from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import worker_environment
from mural.geo.gazetteer import Gazetteer
from mural.worker.protocol import MapSources, RenderRequest, RenderResult
from services.accounts.actors import HOUSE
from services.admin.health import HealthService
from services.container import Services, build_services
from services.places.geocoding import GeocodingService
from services.places.nominatim import NominatimSettings
from services.posters.previews import PreviewService
from services.posters.tiles import TileService
from services.posters.urls import Urls
from services.themes.shipped import ThemeService
from services.wiring import Outside, build_poster_services
from tests.support.posters import FakeRenderer, HandClock, Listener
from tests.support.real_parts import ROOT
from tests.support.server import HELSINKI, prepare_data_dir
from tests.support.tables import lay_tables
from tests.support.waiting import wait_until

V1: Final = "/api/v1"
ADMIN_TOKEN: Final = "the-token-of-the-admin"
GENEROUS: Final = {
    "RATE_LIMIT_POSTERS": "100000 per minute",
    "RATE_LIMIT_PREVIEWS": "100000 per minute",
    "RATE_LIMIT_GEOCODE": "100000 per minute",
    "RATE_LIMIT_PIXELS": "100000 per minute",
    "RATE_LIMIT_WORK": "100000 per minute",
    "SESSION_QUEUE": "10000",
    "ADDRESS_QUEUE": "100000",
    "MAX_QUEUE": "100000",
}
"""Limits that no test meets by accident."""


class Visitor(FlaskClient):
    """Somebody with a cookie jar of their own."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Ask, and read the whole answer, so that no file stays open."""
        kwargs["buffered"] = True
        return super().open(*args, **kwargs)

    def submit(self, **changes: Any) -> dict[str, Any]:
        """Ask for the usual poster, with changes."""
        answer = self.post(f"{V1}/posters", json=HELSINKI | changes)
        assert answer.status_code in {200, 202}, answer.text
        body: dict[str, Any] = answer.get_json()
        return body


@dataclass
class Api:
    """The application of a test, and what it holds of its outside."""

    app: APIFlask
    services: Services
    renderer: FakeRenderer
    listener: Listener

    def visitor(self) -> Visitor:
        """Let somebody new come."""
        client: Visitor = self.app.test_client()  # type: ignore[assignment]  # the class set in make_api
        return client

    def made(self, visitor: Visitor, **changes: Any) -> dict[str, Any]:
        """Have a poster made and give its facts."""
        job = visitor.submit(**changes)
        self.wait(job["job_id"])
        result = visitor.get(f"{V1}/jobs/{job['job_id']}").get_json()["result"]
        facts: dict[str, Any] = visitor.get(f"{V1}/posters/{result['poster_id']}").get_json()
        return facts

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Let no drawing end; afterwards all of them do."""
        self.renderer.held = True
        self.renderer.gate = threading.Semaphore(0)
        try:
            yield
        finally:
            self.renderer.held = False
            self.renderer.gate.release(1000)
            wait_until(lambda: self.services.health.stats()["active_jobs"] == 0)

    def wait(self, *job_ids: str) -> None:
        """Wait until jobs have ended."""
        for job_id in job_ids:
            wait_until(lambda ident=job_id: self.services.jobs.get(ident, HOUSE).state.ended)


def draw_now(request: RenderRequest, _cancelled: CancelToken) -> RenderResult:
    """Stand in for the interactive lane: a PNG of one colour."""
    width = request.preview_width_px or 400
    Image.new("RGB", (width, width)).save(request.output_dir / "poster.png")
    size = (request.output_dir / "poster.png").stat().st_size
    return RenderResult(
        poster="poster.png",
        thumbnail=None,
        preview=None,
        width_px=width,
        height_px=width,
        dpi=72,
        file_size=size,
        source="sample",
    )


@contextmanager
def running_api(folder: Path, gazetteer: Path, **settings: str) -> Iterator[Api]:
    """Run the whole application but for its render processes."""
    prepare_data_dir(folder)
    environ = {"DATA_DIR": str(folder), "ASYNC_MODE": "threading", "ADMIN_TOKEN": ADMIN_TOKEN}
    config = Config.from_env(environ | GENEROUS | {"NOMINATIM_URL": "off", "OVERPASS_URL": "off"} | settings)
    lay_tables(config.database_url)
    listener, renderer, clock = Listener(), FakeRenderer(), HandClock()
    services = _services(config, gazetteer, listener, renderer, clock)
    app = create_app(config, services)
    app.test_client_class = Visitor
    services.jobs.start()
    services.canvas.start()
    try:
        yield Api(app, services, renderer, listener)
    finally:
        services.canvas.stop()
        services.jobs.stop(0)


def _services(
    config: Config, gazetteer: Path, listener: Listener, renderer: FakeRenderer, clock: HandClock
) -> Services:
    usual = build_services(config, listener, ThreadBackground())
    themes = ThemeService(ROOT / "themes")
    geocoding = GeocodingService(Gazetteer(gazetteer), usual.cache, NominatimSettings(url="", user_agent="test"))
    outside = Outside(
        publisher=listener,
        background=ThreadBackground(),
        renderer=renderer,
        geocoder=geocoding,
        themes=themes,
        sources=MapSources(extracts_dir=config.data_dir, samples_dir=config.data_dir, cache_dir=config.data_dir),
        clock=clock,
        stopwatch=clock.stopwatch,
    )
    parts = build_poster_services(config, outside)

    tiles = TileService(
        parts.posters,
        config.data_dir / "cache" / "tiles",
        ThreadBackground(),
        worker_environment(os.environ, config.data_dir / "cache"),
        Urls(config.url_prefix),
    )
    parts.publishing.when_taken_down(tiles.forget)

    def request_for(**wish: Any) -> RenderRequest:
        return RenderRequest(sources=outside.sources, fonts_dir=config.fonts_dir, preview=True, **wish)

    return replace(
        usual,
        batches=parts.batches,
        gallery=parts.gallery,
        geocoding=geocoding,
        health=HealthService(parts, usual.render_pool, usual.cache, themes, usual.map_files),
        jobs=parts.jobs,
        posters=parts.posters,
        previews=PreviewService(draw_now, request_for, config.data_dir / "previews", ThreadBackground()),
        themes=themes,
        own_themes=parts.own_themes,
        tiles=tiles,
        housekeeping=parts.housekeeping,
    )
