"""Who is asking: an anonymous visitor known by a signed cookie, or an admin by a bearer token."""

from __future__ import annotations

import hmac
import time
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from mural.errors import NotAllowed
from routes.context import services
from services.actors import Actor

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PINNED: Final = "mural.actor"
COOKIE: Final = "mural_visitor"
LIFETIME_S: Final = 24 * 3600
RENEW_AFTER_S: Final = 3600
"""A cookie younger than this is left alone, so that most answers carry none and stay cacheable."""


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="visitor")


def _visitor(cookies: Mapping[str, str]) -> tuple[str, float]:
    """Read the visitor's id and the time it was signed; a missing, forged or expired cookie makes a new visitor."""
    try:
        ident, signed_at = _serializer().loads(cookies.get(COOKIE, ""), max_age=LIFETIME_S, return_timestamp=True)
        return str(uuid.UUID(ident)), signed_at.timestamp()
    except (BadSignature, ValueError, TypeError, AttributeError):
        return str(uuid.uuid4()), 0.0


def _is_admin() -> bool:
    """Compare the bearer token in constant time; without ADMIN_TOKEN nobody is an admin."""
    token = services().config.admin_token
    sent = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


def pin_actor(environ: WSGIEnvironment) -> None:
    """Remember for the life of a socket who opened it, for those that came without a cookie."""
    environ[PINNED] = current_actor()


def current_actor() -> Actor:
    """Return who sent this request, or who opened this socket."""
    pinned = request.environ.get(PINNED)
    if isinstance(pinned, Actor):
        return pinned
    if "actor" not in g:
        user_id, g.visitor_signed_at = _visitor(request.cookies)
        g.actor = Actor(user_id=user_id, admin=_is_admin())
    return g.actor  # type: ignore[no-any-return]  # flask.g is untyped


def init_identity(app: Flask) -> None:
    """Renew the visitor's cookie where one was asked for, and refuse writes that another site's page caused."""

    @app.before_request
    def _refuse_cross_site() -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"} or COOKIE not in request.cookies:
            return
        site = request.headers.get("Sec-Fetch-Site", "")
        origin = request.headers.get("Origin", "")
        if origin in services().config.cors_origins:
            return
        own = origin in {"", f"{request.scheme}://{request.host}"}
        if not own or site in {"cross-site", "same-site"}:
            message = "This request came from another site's page."
            raise NotAllowed(message)

    @app.after_request
    def _renew(response: Response) -> Response:
        if "actor" in g and time.time() - g.visitor_signed_at > RENEW_AFTER_S and not response.cache_control.public:
            response.set_cookie(
                COOKIE,
                _serializer().dumps(g.actor.user_id),
                max_age=LIFETIME_S,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure,
                path=request.script_root or "/",
            )
        return response
