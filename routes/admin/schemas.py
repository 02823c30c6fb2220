"""How the installation is doing."""

from __future__ import annotations

from typing import Literal

from routes.web.schemas import Answer


class HealthOut(Answer):
    """A word for the whole and for each part."""

    status: Literal["healthy", "degraded", "unhealthy"]
    version: str
    timestamp: str
    services: dict[str, str]


class ReadyOut(Answer):
    """Whether a poster asked for now would be drawn at once."""

    ready: bool


class StatsOut(Answer):
    """What this installation has and has done."""

    total_posters: int
    total_jobs: int
    active_jobs: int
    cache_hit_rate: float | None
    average_generation_time: float | None
    storage_used: int
    themes_count: int
