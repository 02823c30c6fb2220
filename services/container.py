"""The services of one installation, built once from its configuration."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from config import ROOT, Config
from mural.geo.gazetteer import Gazetteer
from mural.worker.protocol import RenderRequest, RenderResult
from services.background import Background
from services.batches import BatchService
from services.cache import Cache, open_cache
from services.cancellation import CancelToken
from services.events import Publisher
from services.gallery import GalleryService
from services.geocoding import GeocodingService
from services.health import HealthService
from services.jobs import JobService
from services.nominatim import NominatimSettings
from services.own_themes import OwnThemes
from services.posters import PosterService
from services.presence import PresenceService
from services.previews import DrawNow, PreviewService
from services.rate_limit import Floodgate, RateLimiter
from services.render_pool import RenderPool
from services.rendering import build_render_pool, map_sources
from services.themes import ThemeService
from services.wiring import Outside, build_poster_services


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the routes may call."""

    config: Config
    batches: BatchService
    cache: Cache
    floodgate: Floodgate
    gallery: GalleryService
    geocoding: GeocodingService
    health: HealthService
    jobs: JobService
    posters: PosterService
    presence: PresenceService
    previews: PreviewService
    rate_limiter: RateLimiter
    render_pool: RenderPool
    themes: ThemeService

    def start(self) -> None:
        """Start the render processes and take up the jobs that wait."""
        self.render_pool.start()
        self.jobs.start()

    def stop(self, grace_s: float) -> None:
        """Let running jobs finish for a while, put the rest back into the queue, and end every process."""
        self.jobs.stop(grace_s)
        self.render_pool.stop()


def build_services(config: Config, publisher: Publisher, background: Background) -> Services:
    """Build and join all services; nothing runs yet."""
    for folder in (config.extracts_dir, config.area_cache_dir, config.posters_dir):
        folder.mkdir(parents=True, exist_ok=True)
    cache = open_cache(config.redis_url)
    themes = ThemeService(ROOT / "themes", OwnThemes(config.own_themes_dir))
    pool = build_render_pool(config, background, workers=config.render_workers)
    nominatim = NominatimSettings(url=config.nominatim_url, user_agent=config.user_agent)
    geocoding = GeocodingService(Gazetteer(config.gazetteer_file), cache, nominatim)
    sources = map_sources(config)
    parts = build_poster_services(
        config,
        Outside(
            publisher=publisher,
            background=background,
            renderer=pool,
            geocoder=geocoding,
            themes=themes,
            sources=sources,
        ),
    )
    request_for = partial(RenderRequest, sources=sources, fonts_dir=config.fonts_dir, preview=True)
    return Services(
        config=config,
        batches=parts.batches,
        cache=cache,
        floodgate=Floodgate(),
        gallery=parts.gallery,
        geocoding=geocoding,
        health=HealthService(parts, pool, cache, themes),
        jobs=parts.jobs,
        posters=parts.posters,
        presence=PresenceService(publisher, background),
        previews=PreviewService(_drawing_at_once(pool), request_for, config.data_dir / "cache" / "previews"),
        rate_limiter=RateLimiter(config.redis_url),
        render_pool=pool,
        themes=themes,
    )


def _drawing_at_once(pool: RenderPool) -> DrawNow:
    """Draw in the lane that no poster ever occupies."""

    def draw(request: RenderRequest) -> RenderResult:
        return pool.render(request, lambda _progress: None, CancelToken(), lane="interactive")

    return draw
