"""What the settings mean for drawing: the pool of render processes, and where they find their maps."""

from __future__ import annotations

import os

from config import ROOT, Config
from infra.background import Background
from infra.processes.render_process import WorkerCommand, worker_environment
from mural import __version__
from mural.worker.protocol import LARGEST_FILE_MB, MapSources
from services.drawing.pool import RenderPool


def build_render_pool(config: Config, background: Background, *, workers: int, previews: int = 1) -> RenderPool:
    """Make the pool; it starts no process yet."""
    return RenderPool(
        workers=workers,
        previews=previews,
        background=background,
        command=WorkerCommand(
            env=worker_environment(os.environ, config.data_dir / "cache"),
            fonts_dir=config.fonts_dir,
            file_mb=max(LARGEST_FILE_MB, config.overpass_max_mb),
        ),
        timeout_s=config.render_timeout_s,
        memory_mb=config.render_memory_mb,
    )


def user_agent(config: Config) -> str:
    """Tell how Mural presents itself to the map and place servers."""
    return f"Mural/{__version__} (self-hosted map posters; {config.user_agent_contact})"


def map_sources(config: Config) -> MapSources:
    """Tell a render process where it may look for map data."""
    return MapSources(
        mode=config.map_source,
        extracts_dir=config.extracts_dir,
        samples_dir=ROOT / "data" / "samples",
        cache_dir=config.data_dir / "cache",
        overpass_url=config.overpass_url,
        overpass_max_mb=config.overpass_max_mb,
        user_agent=user_agent(config),
    )
