"""What browsers, and the caches between them and us, may keep; and what search engines may list."""

from __future__ import annotations

from typing import Final

from flask import Flask, Response, g, request

FOREVER: Final = "public, max-age=31536000, immutable"
"""Of what never changes under its address and is nobody's."""

WHILE_IT_HANGS: Final = "public, max-age=31536000, s-maxage=300"
"""Of a hung poster under the address of this hanging; shared caches ask again soon, and forget what is taken down."""

IF_STILL_THERE: Final = "public, no-cache"
"""Of a hung poster under an address that will do for its next hanging, too: whoever has it asks each time."""

FOR_ONE: Final = "private, no-cache"
"""Of everything else: nobody keeps it for others, and whoever has it asks each time."""

UNLISTED: Final = "noindex"


def poster_file(response: Response, version: str, asked_for: str | None) -> Response:
    """Say how long a file of a poster may be kept; ``version`` names its hanging, "" where it does not hang."""
    if not version:
        response.headers["Cache-Control"] = FOR_ONE
    elif asked_for == version:
        response.headers["Cache-Control"] = WHILE_IT_HANGS
    else:
        response.headers["Cache-Control"] = IF_STILL_THERE
    return response


def keep_from_search() -> None:
    """Ask search engines to leave the page that is being made out of their lists."""
    g.kept_from_search = True


def init_caching(app: Flask) -> None:
    """Let nothing be kept for others that does not say so, and nothing be listed that is for those with the link."""

    @app.after_request
    def _keep(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", FOR_ONE)
        answer_for_programs = request.path.startswith("/api/") and not response.cache_control.public
        if answer_for_programs or "kept_from_search" in g:
            response.headers["X-Robots-Tag"] = UNLISTED
        return response
