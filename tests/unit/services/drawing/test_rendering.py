from __future__ import annotations

from pathlib import Path

from config import Config
from infra.background import ThreadBackground
from services.drawing.rendering import build_render_pool, map_sources


def config(folder: Path, **environ: str) -> Config:
    return Config.from_env({"DATA_DIR": str(folder)} | environ)


def test_map_data_is_looked_for_where_the_settings_say(tmp_path: Path) -> None:
    settings = config(tmp_path, MAP_SOURCE="extract", OVERPASS_URL="https://maps.example/api", USER_AGENT_CONTACT="me")
    sources = map_sources(settings)
    assert sources.mode == "extract"
    assert sources.extracts_dir == tmp_path / "extracts"
    assert sources.cache_dir / "areas" == settings.area_cache_dir
    assert list(sources.samples_dir.glob("*.osm.pbf"))
    assert sources.overpass_url == "https://maps.example/api"
    assert "me" in sources.user_agent


def test_a_pool_has_a_lane_for_posters_and_one_for_previews_and_starts_nothing(tmp_path: Path) -> None:
    status = build_render_pool(config(tmp_path), ThreadBackground(), workers=3).status()
    assert status["status"] == "stopped"
    assert {name: (lane["size"], lane["pids"]) for name, lane in status["lanes"].items()} == {
        "jobs": (3, []),
        "interactive": (1, []),
    }


def test_the_command_line_needs_no_lane_for_previews(tmp_path: Path) -> None:
    pool = build_render_pool(config(tmp_path), ThreadBackground(), workers=1, previews=0)
    assert list(pool.status()["lanes"]) == ["jobs"]
