"""The figures that the parts of an installation keep themselves, read when Prometheus asks."""

from __future__ import annotations

from collections.abc import Iterator

from infra.cache import Cache
from infra.jobs.store import JobStore
from infra.observing.metrics import Metrics, Reading
from mural.jobs.states import JobState
from services.drawing.pool import RenderPool
from services.posters.files import PosterFiles


def watch_parts(metrics: Metrics, jobs: JobStore, pool: RenderPool, cache: Cache, files: PosterFiles) -> None:
    """Have every part read; one that is in trouble is missing from the figures, and the others are there."""
    metrics.watch(lambda: _of_jobs(jobs))
    metrics.watch(lambda: _of_pool(pool))
    metrics.watch(lambda: _of_cache(cache))
    metrics.watch(lambda: [("mural_storage_bytes", "What all posters take on the disk", files.used_bytes)])


def _of_jobs(jobs: JobStore) -> Iterator[Reading]:
    yield "mural_queue_depth", "Jobs that wait", jobs.count((JobState.PENDING,))
    yield "mural_jobs_processing", "Jobs that are being drawn", jobs.count((JobState.PROCESSING,))


def _of_pool(pool: RenderPool) -> Iterator[Reading]:
    status = pool.status()
    lanes = status["lanes"].values()
    yield "mural_render_processes_idle", "Render processes that wait for work", sum(lane["idle"] for lane in lanes)
    yield "mural_render_processes_busy", "Render processes at work", sum(lane["busy"] for lane in lanes)
    yield "mural_render_crashes_total", "Render processes that died at work", status["crashes"]


def _of_cache(cache: Cache) -> Iterator[Reading]:
    stats = cache.stats()
    yield "mural_cache_hits_total", "Look-ups that the cache answered", stats.hits
    yield "mural_cache_misses_total", "Look-ups that the cache could not answer", stats.misses
    yield "mural_cache_failures_total", "Times that Redis did not answer", stats.failures
    yield "mural_cache_fallback_active", "1 while memory stands in for Redis", float(stats.fallback_active)
