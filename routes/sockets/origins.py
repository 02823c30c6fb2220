"""Whose pages may open a socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Accepts = Callable[[str, "WSGIEnvironment"], bool]


def allowed_origins(others: tuple[str, ...]) -> Accepts:
    """Accept our own pages and those of the other origins; “*” stands for all there are."""

    def accepts(origin: str, environ: WSGIEnvironment) -> bool:
        # Said here, because a list given to the library would leave our own pages out.
        own = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
        return origin in {own, *others} or "*" in others

    return accepts
