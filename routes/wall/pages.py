"""The page of the wall."""

from __future__ import annotations

from flask import render_template, request

from routes.themes.lists import START_THEME, themes_in_sight, visitors_themes
from routes.wall.schemas import WallAddress
from routes.web.addresses import read
from routes.web.context import services
from routes.web.links import shown_address
from routes.web.pages import CARDS_OF_A_PAGE, pages

blueprint = pages("wall_pages", __name__)


@blueprint.get("/")
def wall() -> str:
    """Show everybody's posters, newest first."""
    address = read(WallAddress, request.args)
    page = services().gallery.page(limit=CARDS_OF_A_PAGE, before=address.before)
    wall, making = page.to_json(), services().gallery.making()
    return render_template(
        "wall/wall.html",
        **wall,
        making=making,
        visitors_themes=visitors_themes(card["theme"] for card in [*wall["posters"], *making]),
        themes=themes_in_sight(),
        start_theme=START_THEME,
        kiosk=address.kiosk,
        invites_to=shown_address(),
    )
