"""The services of one installation, built once from its configuration."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from typing import Any

from config import ROOT, Config
from infra.background import Background, RunBlocking, directly
from infra.cache import Cache, open_cache
from infra.clock import iso, utc_now
from infra.events.announcing import Announcer
from infra.events.events import EVERYONE, Event, Name, Publisher
from infra.limits import Floodgate, RateLimiter
from infra.observing.metrics import CountingPublisher, LagWatch, Metrics
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import worker_environment
from mural.geo.download_turn import DOWNLOADS, clear_leftovers
from mural.geo.gazetteer import Gazetteer
from mural.worker.protocol import RenderRequest, RenderResult
from services.admin.health import HealthService
from services.admin.readings import watch_parts
from services.board.caretaker import Caretaker
from services.board.history import CanvasHistory
from services.board.orders import OrderBook
from services.board.pictures import CanvasPictures
from services.board.service import CanvasService
from services.board.wiring import build_canvas
from services.credits.service import CreditService
from services.drawing.pool import RenderPool
from services.drawing.renderer import DrawNow, TimedRenderer
from services.drawing.rendering import build_render_pool, map_sources, user_agent
from services.places.extracts_survey import ExtractsSurvey
from services.places.geocoding import GeocodingService
from services.places.map_files import MapFiles
from services.places.nominatim import NominatimSettings
from services.places.offline import OfflinePlaces, WhatCounts
from services.posters.batches import BatchService
from services.posters.jobs import JobService
from services.posters.previews import PreviewService
from services.posters.service import PosterService
from services.posters.tiles import TileService
from services.posters.urls import Urls
from services.themes.own import OwnThemes
from services.themes.shipped import ThemeService
from services.upkeep.daily_backups import DailyBackups
from services.upkeep.data_paths import DataPaths
from services.upkeep.housekeeping import Housekeeping
from services.wall.gallery import GalleryService
from services.wall.presence import PresenceService
from services.wiring import Outside, build_poster_services


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the routes may call."""

    config: Config
    batches: BatchService
    cache: Cache
    credits: CreditService
    canvas: CanvasService
    canvas_caretaker: Caretaker
    canvas_history: CanvasHistory
    canvas_orders: OrderBook
    canvas_pictures: CanvasPictures
    daily_backups: DailyBackups
    floodgate: Floodgate
    gallery: GalleryService
    geocoding: GeocodingService
    health: HealthService
    housekeeping: Housekeeping
    jobs: JobService
    lag_watch: LagWatch
    map_files: MapFiles
    metrics: Metrics
    offline_places: OfflinePlaces
    posters: PosterService
    presence: PresenceService
    previews: PreviewService
    publisher: Publisher
    rate_limiter: RateLimiter
    render_pool: RenderPool
    themes: ThemeService
    own_themes: OwnThemes
    tiles: TileService

    def start(self) -> None:
        """Start the render processes and take up the jobs that wait."""
        self._clear_leftovers()
        self.map_files.start()
        self.render_pool.start()
        self.offline_places.all()
        self.posters.start()
        self.jobs.start()
        self.housekeeping.start()
        self.own_themes.start()
        self.tiles.start()
        self.canvas.start()
        self.canvas_caretaker.take_up()
        self.daily_backups.start()
        if self.config.metrics:
            self.lag_watch.start()

    def stop(self, grace_s: float) -> None:
        """Tell everybody, let running jobs finish for a while, put the rest back into the queue, end every process."""
        self.publisher.publish(Event(Name.SYSTEM_MAINTENANCE, _restarting(), (EVERYONE,)))
        self.daily_backups.stop()
        self.lag_watch.stop()
        self.canvas.stop()
        self.housekeeping.stop()
        self.jobs.stop(grace_s)
        self.render_pool.stop()
        self.map_files.stop()
        self.tiles.stop()
        self._clear_leftovers()

    def _clear_leftovers(self) -> None:
        """Delete what render processes that were killed had downloaded."""
        clear_leftovers(self.config.data_dir / "cache" / DOWNLOADS)


def build_services(
    config: Config, publisher: Publisher, background: Background, run_blocking: RunBlocking = directly
) -> Services:
    """Build and join all services; nothing runs yet."""
    for folder in (config.extracts_dir, config.area_cache_dir, config.posters_dir):
        folder.mkdir(parents=True, exist_ok=True)
    publisher = Announcer(publisher)
    cache = open_cache(config.redis_url)
    themes = ThemeService(ROOT / "themes")
    pool = build_render_pool(config, background, workers=config.render_workers)
    nominatim = NominatimSettings(url=config.nominatim_url, user_agent=user_agent(config))
    gazetteer = Gazetteer(config.gazetteer_file)
    geocoding = GeocodingService(gazetteer, cache, nominatim)
    sources = map_sources(config)
    metrics = Metrics()
    map_files = MapFiles(config.data_dir / "cache")
    parts = build_poster_services(
        config,
        Outside(
            publisher=CountingPublisher(publisher, metrics),
            background=background,
            renderer=TimedRenderer(pool, metrics),
            geocoder=geocoding,
            themes=themes,
            sources=sources,
            run_blocking=run_blocking,
        ),
    )
    canvas = build_canvas(config, parts.database, publisher, background)
    canvas.canvas.after_each_batch(metrics.flush)
    metrics.watch(canvas.brakeman.readings)
    watch_parts(metrics, parts.queue, pool, cache, parts.files)
    tiles = TileService(
        parts.posters,
        config.data_dir / "cache" / "tiles",
        background,
        worker_environment(os.environ, config.data_dir / "cache"),
        Urls(config.url_prefix),
        run_blocking,
    )
    parts.publishing.when_taken_down(tiles.forget)
    request_for = partial(RenderRequest, sources=sources, fonts_dir=config.fonts_dir, preview=True)
    return Services(
        publisher=publisher,
        config=config,
        batches=parts.batches,
        cache=cache,
        credits=parts.credits,
        canvas=canvas.canvas,
        canvas_caretaker=canvas.caretaker,
        canvas_history=canvas.history,
        canvas_orders=canvas.orders,
        canvas_pictures=canvas.pictures,
        floodgate=Floodgate(),
        gallery=parts.gallery,
        geocoding=geocoding,
        housekeeping=parts.housekeeping,
        health=HealthService(parts, pool, cache, themes, map_files),
        jobs=parts.jobs,
        daily_backups=DailyBackups(DataPaths.of(config), config.backups_dir, background, utc_now),
        lag_watch=LagWatch(background, metrics),
        map_files=map_files,
        metrics=metrics,
        offline_places=OfflinePlaces(
            config.data_dir / "cache" / "extracts.json",
            geocoding.largest_within,
            WhatCounts.of(config, sample_there=any(sources.samples_dir.glob("*.osm.pbf"))),
            ExtractsSurvey(config.extracts_dir, _drawing_at_once(pool), request_for, themes.all(), background).look,
            gazetteer.nearest,
        ),
        posters=parts.posters,
        presence=PresenceService(publisher, background),
        previews=PreviewService(
            _drawing_at_once(pool), request_for, config.data_dir / "cache" / "previews", background
        ),
        rate_limiter=RateLimiter(config.redis_url),
        render_pool=pool,
        themes=themes,
        own_themes=parts.own_themes,
        tiles=tiles,
    )


def _restarting() -> dict[str, Any]:
    return {
        "message": "The server is being restarted. What is being made will be finished.",
        "scheduled_time": iso(utc_now()),
        "duration_minutes": 1,
    }


def _drawing_at_once(pool: RenderPool) -> DrawNow:
    """Draw in the lane that no poster ever occupies."""

    def draw(request: RenderRequest, cancelled: CancelToken) -> RenderResult:
        return pool.render(request, lambda _progress: None, cancelled, lane="interactive")

    return draw
