"""Every setting of the installation, read from the environment, typed and checked once at start.

`Config.from_env` is the only way in; a wrong value raises ConfigError, which names the setting and what is allowed.
Any setting can also be given as NAME_FILE, a file that holds the value (for secrets).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from mural.net.origins import normal_origin

ROOT: Final = Path(__file__).resolve().parent
OWN_DATA_DIR: Final = ROOT / "data"

DISTANCE_M_MAX: Final = 50_000
"""The largest distance from the centre to the edge that an installation may allow."""

VISITOR_DAYS_MAX: Final = 400
"""No browser keeps a cookie for longer."""

AsyncMode = Literal["eventlet", "gevent", "threading"]
MapSource = Literal["auto", "extract", "overpass", "sample"]
LogFormat = Literal["text", "json"]
Environment = Literal["production", "development"]


class ConfigError(ValueError):
    """A setting holds something that is not allowed."""

    def __init__(self, name: str, value: str, allowed: str) -> None:
        shown = "***" if name in SECRETS else repr(value)
        super().__init__(f"{name}={shown} is not allowed: expected {allowed}.")
        self.name = name


SECRETS: Final = frozenset({"SECRET_KEY", "ADMIN_TOKEN", "DATABASE_URL", "REDIS_URL", "SENTRY_DSN"})
"""Settings whose values are never shown; of the URLs among them, what comes before and after the secret is."""


class Settings:
    """Reads single settings out of the environment, each by the kind of value it holds."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        """Read a setting as it stands, from NAME or from the file that NAME_FILE points to."""
        file = self._environ.get(f"{name}_FILE", "")
        if not file:
            return self._environ.get(name, "").strip() or default
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}_FILE", file, f"a readable text file ({error})") from error

    def number(self, name: str, default: float, low: float, high: float) -> float:
        """Read a number between two bounds, both allowed."""
        raw = self.text(name)
        try:
            value = float(raw or default)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ConfigError(name, raw, f"a number from {low:g} to {high:g}")
        return value

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Read a whole number between two bounds, both allowed."""
        value = self.number(name, default, low, high)
        if not value.is_integer():
            raise ConfigError(name, self.text(name), f"a whole number from {low} to {high}")
        return int(value)

    def switch(self, name: str, *, default: bool) -> bool:
        """Read an on/off setting."""
        words = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }
        raw = self.text(name)
        if not raw:
            return default
        if raw.lower() not in words:
            raise ConfigError(name, raw, "1 or 0")
        return words[raw.lower()]

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> Any:
        """Read one of several words."""
        value = self.text(name, default)
        if value not in allowed:
            raise ConfigError(name, value, "one of " + ", ".join(allowed))
        return value

    def matching(self, name: str, default: str, pattern: str, allowed: str) -> str:
        """Read text of a given shape."""
        value = self.text(name, default)
        if not re.fullmatch(pattern, value):
            raise ConfigError(name, value, allowed)
        return value

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        """Read a URL with one of the schemes; empty (or "off") switches the thing off."""
        value = self.text(name, default)
        if value in ("", "off"):
            return ""
        if not _is_url(value, schemes):
            raise ConfigError(name, value, f"“off” or a URL beginning with {' or '.join(schemes)}")
        return value

    def rate(self, name: str, default: str) -> str:
        """Read a rate limit such as "5 per minute"."""
        return self.matching(
            name, default, r"\d+ (?:per|/) ?(?:\d+ )?(?:second|minute|hour|day)s?", "a rate such as “5 per minute”"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The effective settings; docs/configuration.md explains each of them."""

    host: str
    port: int
    data_dir: Path
    secret_key: str
    environment: Environment
    async_mode: AsyncMode
    url_prefix: str
    public_url: str
    allowed_hosts: tuple[str, ...]
    trusted_proxies: int
    cors_origins: tuple[str, ...]
    database_url: str
    redis_url: str
    storage_url: str
    map_source: MapSource
    overpass_url: str
    overpass_max_mb: int
    nominatim_url: str
    tile_url: str
    user_agent_contact: str
    render_workers: int
    render_timeout_s: float
    render_memory_mb: int
    max_distance_m: float
    max_storage_gb: float
    max_queue: int
    session_queue: int
    address_queue: int
    visitor_days: int
    rate_limit_posters: str
    rate_limit_previews: str
    rate_limit_geocode: str
    rate_limit_pixels: str
    rate_limit_work: str
    connections_per_address: int
    retention_days: int
    canvas_width: int
    canvas_height: int
    canvas_palette: str
    pixel_cooldown_s: float
    pixel_stack: int
    canvas_json: bool
    admin_token: str
    log_format: LogFormat
    sentry_dsn: str
    metrics: bool
    credits: bool
    credits_low: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Config:
        """Read and check every setting."""
        read = Settings(environ)
        environment: Environment = read.choice("FLASK_ENV", "production", ("production", "development"))
        data_dir = data_dir_of(read)
        return cls(
            host=read.text("HOST", "127.0.0.1"),
            port=read.integer("PORT", 8000, 0, 65535),
            data_dir=data_dir,
            secret_key=read.matching("SECRET_KEY", "", r"|.{16,}", "at least 16 characters"),
            environment=environment,
            async_mode=read.choice("ASYNC_MODE", "eventlet", ("eventlet", "gevent", "threading")),
            url_prefix=read.matching(
                "URL_PREFIX", "", r"|(/[\w.~-]+)+", "a path such as /mural, without a slash at its end"
            ),
            public_url=_public_url(read),
            allowed_hosts=_hosts(read),
            trusted_proxies=read.integer("TRUSTED_PROXIES", 0, 0, 10),
            cors_origins=_origins(read),
            database_url=_database(read, data_dir / "mural.db"),
            redis_url=read.url("REDIS_URL", "", ("redis", "rediss", "unix")),
            storage_url=_storage(read),
            map_source=read.choice("MAP_SOURCE", "auto", ("auto", "extract", "overpass", "sample")),
            overpass_url=read.url("OVERPASS_URL", "https://overpass-api.de/api", ("https", "http")),
            overpass_max_mb=read.integer("OVERPASS_MAX_MB", 1_000, 1, 100_000),
            nominatim_url=read.url("NOMINATIM_URL", "https://nominatim.openstreetmap.org", ("https", "http")),
            tile_url=read.url("TILE_URL", "off", ("https", "http")),
            user_agent_contact=read.text("USER_AGENT_CONTACT", "no contact given"),
            render_workers=read.integer("RENDER_WORKERS", 1, 1, 64),
            render_timeout_s=read.number("RENDER_TIMEOUT", 600, 1, 86_400),
            render_memory_mb=read.integer("RENDER_MEMORY_MB", 2_500, 256, 65_536),
            max_distance_m=read.number("MAX_DISTANCE", DISTANCE_M_MAX, 500, DISTANCE_M_MAX),
            max_storage_gb=read.number("MAX_STORAGE_GB", 20, 0.01, 100_000),
            max_queue=read.integer("MAX_QUEUE", 200, 1, 100_000),
            session_queue=read.integer("SESSION_QUEUE", 20, 1, 10_000),
            address_queue=read.integer("ADDRESS_QUEUE", 60, 1, 100_000),
            visitor_days=read.integer("VISITOR_DAYS", 365, 1, VISITOR_DAYS_MAX),
            rate_limit_posters=read.rate("RATE_LIMIT_POSTERS", "5 per minute"),
            rate_limit_previews=read.rate("RATE_LIMIT_PREVIEWS", "120 per minute"),
            rate_limit_geocode=read.rate("RATE_LIMIT_GEOCODE", "60 per minute"),
            rate_limit_pixels=read.rate("RATE_LIMIT_PIXELS", "120 per minute"),
            rate_limit_work=read.rate("RATE_LIMIT_WORK", "12 per minute"),
            connections_per_address=read.integer("CONNECTIONS_PER_ADDRESS", 2000, 8, 1_000_000),
            retention_days=read.integer("RETENTION_DAYS", 0, 0, 36_500),
            canvas_width=read.integer("CANVAS_WIDTH", 256, 16, 4096),
            canvas_height=read.integer("CANVAS_HEIGHT", 256, 16, 4096),
            canvas_palette=read.text("CANVAS_PALETTE", "mural32"),
            pixel_cooldown_s=read.number("PIXEL_COOLDOWN", 1 if environment == "development" else 5, 0, 86_400),
            pixel_stack=read.integer("PIXEL_STACK", 1, 1, 1000),
            canvas_json=read.switch("CANVAS_JSON", default=False),
            admin_token=read.matching("ADMIN_TOKEN", "", r"|.{16,}", "at least 16 characters"),
            log_format=read.choice("LOG_FORMAT", "text", ("text", "json")),
            sentry_dsn=read.url("SENTRY_DSN", "", ("https", "http")),
            metrics=read.switch("METRICS", default=False),
            credits=read.switch("CREDITS", default=True),
            credits_low=read.integer("CREDITS_LOW", 10, 0, 1_000_000),
        )

    @property
    def development(self) -> bool:
        """Tell whether this is a developer's own machine: shorter cooldowns, cookies without Secure."""
        return self.environment == "development"

    @property
    def public_origin(self) -> str:
        """The origin that our pages have for most people; nothing where the host has not said it."""
        return self.public_url.removesuffix(self.url_prefix)

    @property
    def answered_hosts(self) -> tuple[str, ...]:
        """The names under which the site answers; none named means all."""
        known = self.public_origin.partition("://")[2]
        return (*self.allowed_hosts, known) if self.allowed_hosts and known else self.allowed_hosts

    @property
    def extracts_dir(self) -> Path:
        """Where the host puts OpenStreetMap extracts."""
        return self.data_dir / "extracts"

    @property
    def fonts_dir(self) -> Path:
        """Where set-up put the fonts for lettering."""
        return self.data_dir / "fonts"

    @property
    def area_cache_dir(self) -> Path:
        """Where map data is kept between posters."""
        return self.data_dir / "cache" / "areas"

    @property
    def posters_dir(self) -> Path:
        """Where posters and their sidecars are kept."""
        return Path(unquote(urlsplit(self.storage_url).path)) if self.storage_url else self.data_dir / "posters"

    @property
    def own_themes_dir(self) -> Path:
        """Where visitors' themes lie beside the database."""
        return self.data_dir / "own_themes"

    @property
    def backups_dir(self) -> Path:
        """Where the database is copied to every day, and before its tables change."""
        return self.data_dir / "backups"

    @property
    def canvas_dir(self) -> Path:
        """Where boards on their way in and out, and pictures of the board, are kept."""
        return self.data_dir / "canvas"

    @property
    def plans_file(self) -> Path:
        """The host's own plans, where there are any; those that ship stand beside their reader."""
        return self.data_dir / "plans.json"

    @property
    def gazetteer_file(self) -> Path:
        """The index of places that set-up built."""
        return self.data_dir / "gazetteer.db"

    def shown(self) -> dict[str, str]:
        """List the effective settings by name, as .env would have them, secrets hidden."""
        values = {_setting(field.name): getattr(self, field.name) for field in fields(self)}
        return {name: _hidden(value) if name in SECRETS else _written(value) for name, value in values.items()}


def data_dir_of(read: Settings) -> Path:
    """Tell which data folder the settings name."""
    return Path(read.text("DATA_DIR", str(OWN_DATA_DIR))).expanduser().resolve()


def _setting(field_name: str) -> str:
    return "FLASK_ENV" if field_name == "environment" else re.sub(r"_(s|m)$", "", field_name).upper()


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}"
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _hidden(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme and "@" not in parts.netloc and not parts.query:
        return value
    return "(set)" if value else ""


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        host, _port = parts.hostname, parts.port
    except ValueError:  # half an IPv6 address, or a port that is no number
        return False
    return parts.scheme in schemes and (host is not None or not parts.scheme.startswith("http"))


def _database(read: Settings, own_file: Path) -> str:
    value = read.text("DATABASE_URL", f"sqlite:///{own_file}")
    in_memory = value.removeprefix("sqlite:").strip("/") in {"", ":memory:"}
    if in_memory or not _is_url(value, ("sqlite", "postgresql")):
        raise ConfigError(
            "DATABASE_URL", value, "sqlite:/// and the path of a file, or a URL beginning with postgresql"
        )
    return value


def _storage(read: Settings) -> str:
    value = read.text("STORAGE_URL")
    parts = urlsplit(value)
    if value and (parts.scheme != "file" or parts.netloc or len(parts.path) < 2):
        raise ConfigError(
            "STORAGE_URL", value, "file:// and the absolute path of a folder, such as file:///srv/posters"
        )
    return value


def _origins(read: Settings) -> tuple[str, ...]:
    raw = read.text("CORS_ORIGINS")
    origins = tuple(part.strip() for part in raw.split(",") if part.strip())
    is_origin: Callable[[str], Any] = re.compile(r"\*|https?://[^/\s]+").fullmatch
    if not all(is_origin(origin) for origin in origins):
        raise ConfigError("CORS_ORIGINS", raw, "origins such as https://example.org, separated by commas")
    return tuple(map(normal_origin, origins))


def _public_url(read: Settings) -> str:
    """Read the address of the site's front page, and give it without a slash at its end."""
    raw, prefix = read.text("PUBLIC_URL"), read.text("URL_PREFIX")
    if not raw:
        return ""
    parts = re.fullmatch(r"(https?://[^/\s?#@]+)(/[^\s?#]*)?", raw, re.IGNORECASE)
    if not parts or not _is_url(raw, ("http", "https")) or (parts[2] or "").rstrip("/") not in {"", prefix}:
        path = prefix or "/"
        raise ConfigError(
            "PUBLIC_URL", raw, f"an address such as https://posters.example.org, its path {path} or left out"
        )
    return normal_origin(parts[1]) + prefix


def _hosts(read: Settings) -> tuple[str, ...]:
    raw = read.text("ALLOWED_HOSTS")
    hosts = tuple(part.strip().lower() for part in raw.split(",") if part.strip())
    name: Callable[[str], Any] = re.compile(r"(\*\.)?[\w.-]+(:\d+)?|\[[\da-f:.]+\](:\d+)?").fullmatch
    if hosts == ("*",):
        return ()
    if not all(name(host) for host in hosts):
        raise ConfigError(
            "ALLOWED_HOSTS", raw, "names such as posters.example.org or *.example.org, separated by commas"
        )
    return hosts
