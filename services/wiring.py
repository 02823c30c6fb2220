"""How the parts that make and keep posters hang together."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from config import Config
from infra.background import Background, RunBlocking, directly
from infra.clock import Clock, LeapWatch, Stopwatch, utc_now
from infra.db.migrate import migrate
from infra.db.session import Database
from infra.disk import BYTES_PER_GB
from infra.events.events import Publisher
from infra.idempotency import IdempotencyKeys
from infra.jobs.kinds import Kinds
from infra.jobs.live import LiveProgress
from infra.jobs.runner import JobRunner
from infra.jobs.scheduler import Scheduler, Turns
from infra.jobs.store import JobStore
from infra.jobs.surroundings import Surroundings
from mural.jobs.estimates import Estimates
from mural.worker.protocol import MapSources
from services.credits.plans import FREE, load_plans
from services.credits.service import CreditService, CreditSettings
from services.drawing.renderer import Renderer
from services.posters.batches import BatchService
from services.posters.designs import Designs, Geocoder
from services.posters.files import PosterFiles
from services.posters.job_events import JobEvents
from services.posters.job_store import PosterJobStore, QueueLimits
from services.posters.job_views import JobViews
from services.posters.jobs import JobService
from services.posters.poster_kind import PosterKind, RenderSetting, Workshop
from services.posters.publishing import Publishing
from services.posters.service import PosterService
from services.posters.undo_delete import UndoDelete
from services.posters.urls import Urls
from services.posters.wall_news import WALL
from services.themes.files import ThemeFiles
from services.themes.own import OwnThemes
from services.themes.shipped import ThemeService
from services.upkeep.daily_backups import remedy
from services.upkeep.data_paths import DataPaths
from services.upkeep.housekeeping import Housekeeping
from services.upkeep.sqlite_files import DamagedDatabase, check_database
from services.wall.gallery import GalleryService

THE_SERVER: Final = "server"
"""Whose leases are those of the one server that holds the data folder's lock: at its start, its last run's are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the poster services are given from elsewhere."""

    publisher: Publisher
    background: Background
    renderer: Renderer
    geocoder: Geocoder
    themes: ThemeService
    sources: MapSources
    run_blocking: RunBlocking = directly
    clock: Clock = utc_now
    stopwatch: Stopwatch = time.monotonic
    jitter: Callable[[], float] = random.random
    worker: str = THE_SERVER


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterServices:
    """The services around posters, ready to be started with ``jobs.start()``."""

    batches: BatchService
    credits: CreditService
    database: Database
    files: PosterFiles
    housekeeping: Housekeeping
    gallery: GalleryService
    job_store: PosterJobStore
    queue: JobStore
    own_themes: OwnThemes
    jobs: JobService
    posters: PosterService
    publishing: Publishing


def open_database(config: Config, run_blocking: RunBlocking = directly) -> Database:
    """Open the database and bring its tables to this version; raise DamagedDatabase where that is no use."""
    config.data_dir.mkdir(parents=True, exist_ok=True)
    _look_over(config)
    database = Database(config.database_url, run_blocking=run_blocking)
    migrate(database, config.backups_dir)
    with database.write() as session:
        WALL.ensure(session)
    return database


def _look_over(config: Config) -> None:
    file = DataPaths.of(config).database_file
    if file is None or not file.exists():
        return
    try:
        check_database(file)
    except DamagedDatabase as error:
        raise DamagedDatabase(f"{error.message} {remedy(config.backups_dir)}", file=str(file)) from error


def _build_credits(config: Config, database: Database, outside: Outside) -> CreditService:
    """Build what counts credits; everybody has the free plan until somebody gives another."""
    return CreditService(
        database,
        load_plans(config.plans_file),
        lambda _session, _user_id: FREE,
        outside.publisher,
        outside.clock,
        CreditSettings(on=config.credits, low=config.credits_low),
    )


def build_poster_services(config: Config, outside: Outside) -> PosterServices:
    """Wire the services; nothing runs yet, but everything can be read."""
    database = open_database(config, outside.run_blocking)
    urls, clock, estimates = Urls(config.url_prefix), outside.clock, Estimates()
    files = PosterFiles(
        config.posters_dir, max_bytes=round(config.max_storage_gb * BYTES_PER_GB), run_blocking=outside.run_blocking
    )
    queue = JobStore(database, clock, outside.worker)
    store = PosterJobStore(
        database, files, QueueLimits(config.max_queue, config.session_queue, config.address_queue), clock
    )
    live, turns = LiveProgress(outside.background), Turns()
    gallery = GalleryService(database, store, live, outside.publisher, urls, outside.background.sleep)
    publishing = Publishing(database, files, outside.publisher, clock)
    workshop = Workshop(
        queue=queue,
        store=store,
        views=JobViews(store, live, turns.now, config.render_workers, urls, clock),
        events=JobEvents(outside.publisher, store, clock),
        live=live,
        files=files,
        publishing=publishing,
        renderer=outside.renderer,
        setting=RenderSetting(outside.sources, config.fonts_dir),
        estimates=estimates,
    )
    kinds = Kinds([PosterKind(workshop)])
    around = Surroundings(outside.background, clock, outside.stopwatch)
    runner = JobRunner(queue, kinds, live, around, outside.jitter)
    scheduler = Scheduler(queue, runner, kinds, live, turns, around, config.render_workers)
    own_themes = OwnThemes(database, outside.themes, ThemeFiles(config.own_themes_dir), clock)
    leaps = LeapWatch(clock, outside.stopwatch)
    housekeeping = Housekeeping(
        database, store, publishing, own_themes, outside.background, leaps, config.retention_days
    )
    credits_kept = _build_credits(config, database, outside)
    housekeeping.also(credits_kept.give_back_lapsed)
    housekeeping.also(IdempotencyKeys(database, clock).forget_old)
    jobs = JobService(workshop, scheduler, gallery.announce_making, urls)
    designs = Designs(own_themes, outside.geocoder, config.fonts_dir, config.max_distance_m)
    undo_delete = UndoDelete(publishing, outside.background)
    posters = PosterService(database, designs, jobs, publishing, undo_delete, estimates, urls)
    return PosterServices(
        batches=BatchService(database, posters, jobs, urls, clock),
        credits=credits_kept,
        database=database,
        files=files,
        housekeeping=housekeeping,
        gallery=gallery,
        job_store=store,
        queue=queue,
        own_themes=own_themes,
        jobs=jobs,
        posters=posters,
        publishing=publishing,
    )
