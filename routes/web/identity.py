"""Who is asking: an anonymous visitor known by a signed cookie, or an admin by a bearer token."""

from __future__ import annotations

import hmac
import time
import uuid
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from flask import Flask, Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from mural.errors import NotAllowed
from routes.web.context import services
from routes.web.origins import ANYBODY, follows_a_link, is_foreign
from services.accounts.actors import Actor, CameBy
from services.accounts.permissions import Role

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PINNED: Final = "mural.actor"
COOKIE: Final = "mural_visitor"
HOST_COOKIE: Final = f"__Host-{COOKIE}"
PATH_COOKIE: Final = f"__Secure-{COOKIE}"
"""Over https browsers hold these names to their promise: no page of a neighbour can have set them."""

DAY_S: Final = 24 * 3600
RENEWALS: Final = 24
"""A cookie is renewed when this part of its life is over, or a day: most answers carry none and stay cacheable."""

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who came, and what cookie said so; without one they are new."""

    user_id: str
    cookie: str = ""
    signed_at_s: float = 0.0


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="visitor")


def cookie_name() -> str:
    """Name the visitor's cookie as this request's scheme and path allow."""
    if not request.is_secure:
        return COOKIE
    return PATH_COOKIE if request.script_root else HOST_COOKIE


def _visitor() -> Visitor:
    """Read who came: from the cookie of the name in use, else from one of before; without a good one they are new.

    The browser counts how long a cookie lasts, for it is the clocks of two machines that would have to agree: here
    whatever we have signed is good, were it signed in the future or long ago.
    """
    for name in dict.fromkeys((cookie_name(), HOST_COOKIE, PATH_COOKIE, COOKIE)):
        for value in request.cookies.getlist(name):
            try:
                ident, signed_at = _serializer().loads(value, return_timestamp=True)
                return Visitor(str(uuid.UUID(ident)), name, signed_at.timestamp())
            except (BadSignature, ValueError, TypeError, AttributeError):
                continue
    return Visitor(str(uuid.uuid4()))


def _is_admin() -> bool:
    """Compare the bearer token in constant time; without ADMIN_TOKEN nobody is an admin."""
    token = services().config.admin_token
    sent = request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(sent.encode(), f"Bearer {token}".encode())


def pin_actor(environ: WSGIEnvironment) -> None:
    """Remember for the life of a socket who opened it, for those that came without a cookie."""
    environ[PINNED] = current_actor()


def current_actor() -> Actor:
    """Return who sent this request, or who opened this socket; a new visitor is given a cookie for being asked."""
    actor = who_asks()
    if "actor" in g:
        g.is_asked_for = True
    return actor


def who_asks() -> Actor:
    """Return the same, for what is no reason to give somebody a cookie."""
    pinned = request.environ.get(PINNED)
    if isinstance(pinned, Actor):
        return pinned
    if "actor" not in g:
        g.visitor = _visitor()
        g.actor = _admin(g.visitor) if _is_admin() else Actor(g.visitor.user_id)
    return g.actor  # type: ignore[no-any-return]  # flask.g is untyped


def _admin(visitor: Visitor) -> Actor:
    """Let the admin token act. It is nobody's: what is made with it belongs to the cookie that came along."""
    return Actor(visitor.user_id, role=Role.ADMIN, came_by=CameBy.ADMIN_TOKEN)


def init_identity(app: Flask) -> None:
    """Give visitors a cookie and renew it where one was asked for, and refuse writes that another site caused."""

    @app.before_request
    def _refuse_cross_site() -> None:
        if request.method not in READING and not _may_write():
            message = "This request came from another site's page."
            raise NotAllowed(message)

    @app.after_request
    def _renew(response: Response) -> Response:
        if "is_asked_for" in g and _is_due(g.visitor) and _may_be_given(response):
            _give_cookie(response, g.visitor)
        return response


def _may_write() -> bool:
    let_in = services().config.cors_origins
    # Anybody's page may write as a stranger where the host wants that, but not as the visitor who looks at it.
    as_nobody = not {COOKIE, HOST_COOKIE, PATH_COOKIE}.intersection(request.cookies)
    if ANYBODY in let_in and request.path.startswith("/api/") and as_nobody:
        return True
    return not is_foreign(request.environ, let_in)


def _lifetime_s() -> int:
    return services().config.visitor_days * DAY_S


def _is_due(visitor: Visitor) -> bool:
    if visitor.cookie != cookie_name():
        return True
    # In either direction: one that was signed in the future is of a clock that was set back since.
    return abs(time.time() - visitor.signed_at_s) > min(DAY_S, _lifetime_s() / RENEWALS)


def _may_be_given(response: Response) -> bool:
    """Tell whether an answer may name its visitor.

    What another site's page causes comes without the cookie, so whoever seems new there may well be known; a link
    brings it. Refusals name nobody, and what everybody may keep is nobody's.
    """
    if response.status_code >= HTTPStatus.BAD_REQUEST or response.cache_control.public:
        return False
    return not is_foreign(request.environ) or follows_a_link(request.environ)


def _give_cookie(response: Response, visitor: Visitor) -> None:
    response.set_cookie(
        cookie_name(),
        _serializer().dumps(visitor.user_id),
        max_age=_lifetime_s(),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        path=request.script_root or "/",
    )
    response.cache_control.private = True  # no cache may hand it to the next one who comes
