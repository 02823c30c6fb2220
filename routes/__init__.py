"""Inbound adapters: they parse, authorise, call one service and answer."""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask

API_PREFIX = "/api/v1"


def register_blueprints(app: APIFlask) -> None:
    """Attach one blueprint per noun."""
    from routes import geocoding, gallery, health, jobs, pages, posters, previews, themes  # noqa: PLC0415  # after API_PREFIX

    for module in (health, themes, geocoding, posters, previews, jobs, gallery):
        app.register_blueprint(module.blueprint, url_prefix=API_PREFIX)
    app.register_blueprint(pages.blueprint)


__all__ = ["API_PREFIX", "APIBlueprint", "register_blueprints"]
