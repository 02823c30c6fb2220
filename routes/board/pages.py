"""The page of the board."""

from __future__ import annotations

from typing import Final

from flask import render_template

from routes.web.context import services
from routes.web.pages import pages

blueprint = pages("board_pages", __name__)

PLAIN_BOARD_PX: Final = 1024
"""About as large is the board for those without JavaScript."""


@blueprint.get("/canvas")
def canvas() -> str:
    """Show the board that everybody paints on."""
    facts = services().canvas.facts()
    scale = max(1, PLAIN_BOARD_PX // max(facts["width"], facts["height"]))
    return render_template("board/canvas.html", facts=facts, scale=scale)
