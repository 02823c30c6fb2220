"""Whose page caused a request: one of ours, one of a site that the host lets in, or a stranger's.

Browsers tell it in Sec-Fetch-Site and Origin, which no page can set; programs send neither. Cookies say nothing about
it: a stranger's form comes without them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from mural.net.origins import normal_origin

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

ANYBODY: Final = "*"
"""Stands for every site there is."""


PUBLIC_ORIGIN: Final = "mural.public_origin"
"""Where a request's environment has the origin that PUBLIC_URL names, or nothing."""


def own_origins(environ: WSGIEnvironment) -> set[str]:
    """Tell the origins that our pages may have for whoever sent a request, as browsers write them."""
    seen = normal_origin(f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}")
    return {seen, environ.get(PUBLIC_ORIGIN, "")} - {""}


def is_foreign(environ: WSGIEnvironment, let_in: Collection[str] = ()) -> bool:
    """Tell whether another site's page caused a request, other than those that are let in."""
    origin = normal_origin(environ.get("HTTP_ORIGIN", ""))
    site: str = environ.get("HTTP_SEC_FETCH_SITE", "")
    own = own_origins(environ)
    if origin in let_in:
        return False
    if site == "cross-site":
        return True
    if site == "same-site":  # a neighbour, such as another port or subdomain, unless it says that it is us
        return origin not in own
    if origin == "null":  # a page that hides where it is from; of ours the browser knows it
        return site != "same-origin"
    return origin not in {"", *own}


def follows_a_link(environ: WSGIEnvironment) -> bool:
    """Tell whether somebody comes to a page of ours by a link, which brings their cookies wherever it was."""
    wanted = ("GET", "navigate", "document")
    asked = (environ["REQUEST_METHOD"], environ.get("HTTP_SEC_FETCH_MODE"), environ.get("HTTP_SEC_FETCH_DEST"))
    return asked == wanted
