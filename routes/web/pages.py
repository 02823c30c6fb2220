"""What all pages have in common: how they greet, and the words that their templates use."""

from __future__ import annotations

from typing import Final

from apiflask import APIBlueprint

from routes.web.identity import current_actor

CARDS_OF_A_PAGE: Final = 24


def pages(name: str, import_name: str) -> APIBlueprint:
    """Make the blueprint of a room's pages; script and REST interface add life to them, plain HTML carries them."""
    blueprint = APIBlueprint(name, import_name, enable_openapi=False)
    blueprint.before_request(_greet)
    return blueprint


def _greet() -> None:
    """Give a new visitor an identity with the first page, before the page's requests could each be given another."""
    current_actor()
