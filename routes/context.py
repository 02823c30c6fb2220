"""The way from a request to the services that answer it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from services.container import Services


def services() -> Services:
    """Return the services of the running application."""
    return cast("Services", current_app.extensions["mural"])
