"""The composition root: wires the configuration, the services and the routes into one application."""

from __future__ import annotations

from http import HTTPStatus

import click
from apiflask import APIFlask
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from flask_socketio import SocketIO

from config import Config, ConfigError
from infra.background import RunBlocking, ThreadBackground, directly
from infra.delivery.fanout import Fanout
from infra.environ import read_environ
from infra.events.events import RecordingPublisher
from infra.observing.metrics import Metrics
from infra.work_budget import FairTurns, WorkBudget, WorkClock
from mural import __version__
from routes import cli
from routes.admin import health, metrics
from routes.admin import pages as status_pages
from routes.board import pages as board_pages
from routes.board import rest as canvas
from routes.permissions import ENDPOINTS
from routes.places import rest as geocoding
from routes.posters import batches, jobs, previews, tiles
from routes.posters import pages as poster_pages
from routes.posters import rest as posters
from routes.sockets import init_sockets
from routes.themes import pages as theme_pages
from routes.themes import rest as themes
from routes.themes import stylesheets
from routes.wall import pages as wall_pages
from routes.wall import rest as gallery
from routes.web import about, assets, docs, site
from routes.web.caching import init_caching
from routes.web.context import bring_services
from routes.web.errors import init_errors
from routes.web.front_door import FrontDoor
from routes.web.guard import init_guard
from routes.web.hosts import HostGate
from routes.web.identity import init_identity
from routes.web.json_text import JsonRequest, StrictJson
from routes.web.languages import init_languages
from routes.web.late_acks import LateAckPacket
from routes.web.middleware import EntranceMiddleware
from routes.web.observing import init_observing
from routes.web.openapi import init_openapi
from routes.web.proxies import Proxies
from routes.web.security import init_cors, init_security
from routes.web.socket_origins import SocketGate, allowed_origins
from routes.web.turnstile import Turnstile, init_budget
from services.container import Services, build_services
from services.posters.addressing import wording
from services.posters.urls import Urls
from services.upkeep.data_paths import DataPaths
from services.upkeep.secret_key import stored_secret_key

API_PREFIX = "/api/v1"


class NoSession(SessionInterface):
    """Spares every request and every command reading Flask's own session: visitors have another cookie."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Open none."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save none."""


CONNECTIONS_A_TURN, REQUESTS_A_TURN = 32, 2
"""What one address may begin before others have their turns: some milliseconds of work each."""

MAX_SOCKET_MESSAGE_BYTES = 16 * 1024
"""Commands are small; anything larger is not ours."""


def create_app(config: Config, services: Services | None = None, run_blocking: RunBlocking = directly) -> APIFlask:
    """Build the application; tests may bring services of their own."""
    app = _plain_app(config)
    fanout = Fanout()
    fanout.worded = wording(Urls(config.url_prefix))
    socketio = build_socketio(config, fanout)
    built = services or build_services(config, fanout, socketio, run_blocking)
    app.extensions["mural"] = built
    init_observing(app)
    init_budget(app, built.metrics)
    init_errors(app)
    init_identity(app)
    init_guard(app, ENDPOINTS)
    init_languages(app)
    assets.init_assets(app, changing=config.development)
    init_caching(app)
    init_security(app, config.tile_url)
    init_cors(app, config.cors_origins)
    _register_routes(app, config)
    if config.metrics:
        app.register_blueprint(metrics.blueprint)
        metrics.watch_sockets(built.metrics, socketio)
    socketio.init_app(app)
    fanout.attach(socketio.server)
    init_sockets(socketio, fanout, built)
    _build_entrance(app, config, socketio, built.metrics)
    return app


def _plain_app(config: Config) -> APIFlask:
    app = APIFlask(
        __name__,
        title="Mural",
        version=__version__,
        spec_path=f"{API_PREFIX}/openapi.json",
        docs_path=None,
        static_url_path=f"/static/{assets.version()}",
    )
    app.config.update(
        SECRET_KEY=config.secret_key or stored_secret_key(DataPaths.of(config).secret_key_file),
        VALIDATION_ERROR_STATUS_CODE=int(HTTPStatus.BAD_REQUEST),
        AUTO_404_RESPONSE=False,
        AUTO_SERVERS=False,
        AUTO_VALIDATION_ERROR_RESPONSE=False,
        TEMPLATES_AUTO_RELOAD=config.development,
    )
    app.json = StrictJson(app)
    app.request_class = JsonRequest
    app.session_interface = NoSession()
    return app


def _register_routes(app: APIFlask, config: Config) -> None:
    nouns = (posters, tiles, batches, jobs, previews, gallery, canvas, themes, geocoding, health)
    rest = [noun.blueprint for noun in nouns]
    for blueprint in (*rest, docs.blueprint):
        app.register_blueprint(blueprint, url_prefix=API_PREFIX)
    init_openapi(app, rest, config.url_prefix)
    app.register_blueprint(canvas.plain_blueprint, url_prefix="/api")
    rooms = (wall_pages, poster_pages, theme_pages, stylesheets, board_pages, status_pages, about, site, assets)
    for room in rooms:
        app.register_blueprint(room.blueprint)


def _build_entrance(app: Flask, config: Config, socketio: SocketIO, metrics: Metrics) -> None:
    """Put what every request passes first, Socket.IO's too, before the application."""
    budget, hops = WorkBudget(config.rate_limit_work), config.trusted_proxies
    most, coming = config.connections_per_address, FairTurns(socketio.sleep, CONNECTIONS_A_TURN)
    green = config.async_mode != "threading"
    app.extensions["mural.door"] = FrontDoor(budget, coming, metrics, most_open=most, proxied=hops > 0, green=green)
    clock = WorkClock(green=green)
    gate = SocketGate(app.wsgi_app, config.cors_origins)
    hosts = HostGate(gate, config.answered_hosts)
    turnstile = Turnstile(hosts, budget, FairTurns(socketio.sleep, REQUESTS_A_TURN), clock, metrics)
    entrance = EntranceMiddleware(turnstile, config.url_prefix, config.public_origin)
    # Flask documents this very assignment as the way to wrap an application; to mypy a method is no variable.
    app.wsgi_app = Proxies(entrance, hops)  # type: ignore[method-assign]


def from_environment() -> Flask:
    """Build what the `flask` command runs its commands in: no server, and nothing is opened before a command asks."""
    try:
        config = Config.from_env(read_environ())
    except ConfigError as error:
        raise click.ClickException(str(error)) from error
    app = Flask("mural")
    bring_services(app, config, lambda: build_services(config, RecordingPublisher(), ThreadBackground()))
    app.cli.add_command(cli.mural)
    return app


def build_socketio(config: Config, fanout: Fanout) -> SocketIO:
    """Make the Socket.IO server; it is not bound to an application yet."""
    return SocketIO(
        async_mode=config.async_mode,
        client_manager=fanout,
        cors_allowed_origins=allowed_origins(config.cors_origins),
        # One command of a client after the other, in the order in which they came.
        async_handlers=False,
        # The greeting of a client leaves after the packet that tells it that it is connected.
        always_connect=True,
        manage_session=False,
        max_http_buffer_size=MAX_SOCKET_MESSAGE_BYTES,
        cookie=None,
        serializer=LateAckPacket,
    )
