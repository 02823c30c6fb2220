from __future__ import annotations

import re
from pathlib import Path

import pytest

from config import Config, ConfigError
from tests.support.real_parts import ROOT


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    config = Config.from_env({})
    assert (config.host, config.port, config.async_mode) == ("127.0.0.1", 8000, "eventlet")
    assert (config.max_queue, config.session_queue, config.rate_limit_posters) == (200, 20, "5 per minute")
    assert config.database_url == f"sqlite:///{config.data_dir / 'mural.db'}"
    assert not config.development


def test_development_shortens_the_cooldown() -> None:
    assert Config.from_env({"FLASK_ENV": "development"}).pixel_cooldown_s < Config.from_env({}).pixel_cooldown_s


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("CREDITS", "free"),
        ("CREDITS_LOW", "-1"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("RENDER_WORKERS", "0"),
        ("RENDER_TIMEOUT", "nan"),
        ("ASYNC_MODE", "asyncio"),
        ("MAP_SOURCE", "google"),
        ("FLASK_ENV", "staging"),
        ("URL_PREFIX", "mural"),
        ("URL_PREFIX", "/mural/"),
        ("SECRET_KEY", "short"),
        ("OVERPASS_URL", "ftp://example.org"),
        ("DATABASE_URL", "mysql://localhost/mural"),
        ("DATABASE_URL", "off"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://localhost:port/mural"),
        ("REDIS_URL", "redis://localhost:port"),
        ("NOMINATIM_URL", "https://"),
        ("NOMINATIM_URL", "https://[::1"),
        ("RATE_LIMIT_POSTERS", "often"),
        ("CORS_ORIGINS", "https://example.org/path"),
        ("CANVAS_JSON", "maybe"),
        ("PUBLIC_URL", "posters.example.org"),
        ("PUBLIC_URL", "ftp://posters.example.org"),
        ("PUBLIC_URL", "https://posters.example.org/elsewhere"),
        ("PUBLIC_URL", "https://me@posters.example.org"),
        ("PUBLIC_URL", "https://posters.example.org:port"),
        ("PUBLIC_URL", "https://posters.example.org/?a=b"),
        ("ALLOWED_HOSTS", "https://posters.example.org"),
        ("ALLOWED_HOSTS", "posters.example.org, *"),
        ("ALLOWED_HOSTS", "posters.*"),
    ],
)
def test_a_wrong_value_names_the_setting(name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env({name: value})
    assert "expected" in str(caught.value)


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_env({"ADMIN_TOKEN": "hunter2"})
    assert "hunter2" not in str(caught.value)
    secret = "a-long-enough-secret"
    shown = Config.from_env({"SECRET_KEY": secret, "DATA_DIR": str(tmp_path)}).shown()
    assert shown["SECRET_KEY"] == "(set)"
    assert secret not in " ".join(shown.values())


def test_a_secret_can_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a token of enough length\n", encoding="utf-8")
    assert Config.from_env({"ADMIN_TOKEN_FILE": str(file)}).admin_token == "a token of enough length"
    with pytest.raises(ConfigError, match="ADMIN_TOKEN_FILE"):
        Config.from_env({"ADMIN_TOKEN_FILE": str(tmp_path / "absent")})


@pytest.mark.parametrize("path", ["", "/", "/mural", "/mural/"])
def test_the_public_address_has_one_form_and_brings_the_prefix(path: str) -> None:
    environ = {"PUBLIC_URL": f"HTTPS://Posters.example.org:443{path}", "URL_PREFIX": "/mural"}
    config = Config.from_env(environ)
    assert config.public_url == "https://posters.example.org/mural"
    assert config.public_origin == "https://posters.example.org"
    assert config.answered_hosts == (), "one's own address alone shuts nobody out"
    named = Config.from_env(environ | {"ALLOWED_HOSTS": "A.example"})
    assert named.answered_hosts == ("a.example", "posters.example.org")
    assert Config.from_env(environ | {"ALLOWED_HOSTS": "*"}).answered_hosts == ()


def test_off_switches_an_outside_server_off() -> None:
    assert Config.from_env({"NOMINATIM_URL": "off"}).nominatim_url == ""
    assert Config.from_env({"TILE_URL": "off"}).tile_url == ""


class Noting(dict[str, str]):
    """An environment that notes which names are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, key, default=None):
        self.asked.add(key)
        return super().get(key, default)


def test_the_document_lists_exactly_the_settings_that_are_read() -> None:
    environ = Noting()
    Config.from_env(environ)
    names = {name for name in environ.asked if not name.endswith("_FILE")}
    rows = [line for line in (ROOT / "docs/configuration.md").read_text("utf-8").splitlines() if line.startswith("| `")]
    documented = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row.split("|")[1])}
    assert documented == names
