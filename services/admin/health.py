"""How the installation is doing, for people, for programs and for whatever restarts it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import text

from infra.cache import Cache
from infra.clock import iso, utc_now
from mural import __version__
from mural.errors import MuralError
from mural.jobs.states import JobState
from services.drawing.pool import RenderPool
from services.places.map_files import MapFiles
from services.posters.files import GONE
from services.themes.shipped import ThemeService
from services.wiring import PosterServices

Status = Literal["healthy", "degraded", "unhealthy"]

WELL: Final = frozenset({"ok", "starting"})


@dataclass(frozen=True, slots=True)
class Health:
    """The word for each part, and for the whole."""

    parts: dict[str, str]
    posters_lost: bool = False

    @property
    def able_to_serve(self) -> bool:
        """Tell whether visitors can be answered at all."""
        return self.parts["database"] == "ok" and not self.posters_lost

    @property
    def status(self) -> Status:
        """Sum the parts up."""
        if not self.able_to_serve:
            return "unhealthy"
        return "healthy" if WELL.issuperset(self.parts.values()) else "degraded"

    def to_json(self) -> dict[str, Any]:
        """Give the body of GET /health."""
        return {"status": self.status, "version": __version__, "timestamp": iso(utc_now()), "services": self.parts}


class HealthService:
    """Looks after every part, and counts what has been done."""

    def __init__(
        self, parts: PosterServices, pool: RenderPool, cache: Cache, themes: ThemeService, map_files: MapFiles
    ) -> None:
        self._parts = parts
        self._pool = pool
        self._cache = cache
        self._themes = themes
        self._map_files = map_files

    def check(self) -> Health:
        """Ask every part how it is."""
        storage = self._storage()
        return Health(
            {
                "database": self._database(),
                "cache": self._cache_word(),
                "render_pool": self._pool.status()["status"],
                "storage": storage,
                "map_data": self._map_files.word(),
            },
            posters_lost=storage == GONE,
        )

    def details(self) -> dict[str, Any]:
        """Give what /status shows people beyond the words."""
        return {"render_pool": self._pool.status(), "broken_themes": self._themes.broken()}

    def stats(self) -> dict[str, Any]:
        """Count what this installation has and has done."""
        average_s = self._parts.posters.average_generation_s()
        return {
            "total_posters": self._parts.posters.count(),
            "total_jobs": self._parts.queue.count(),
            "active_jobs": self._parts.queue.count((JobState.PENDING, JobState.PROCESSING)),
            "cache_hit_rate": round(self._cache.stats().hit_rate, 4),
            "average_generation_time": None if average_s is None else round(average_s, 3),
            "storage_used": self._parts.files.used_bytes,
            "themes_count": len(self._themes.all()),
        }

    def _database(self) -> str:
        try:
            with self._parts.database.read() as session:
                session.execute(text("SELECT 1"))
        except MuralError as error:
            return error.message
        return "ok"

    def _cache_word(self) -> str:
        return "memory in place of redis" if self._cache.stats().fallback_active else "ok"

    def _storage(self) -> str:
        try:
            self._parts.files.check_room()
        except MuralError as error:
            return error.message
        return "ok"
