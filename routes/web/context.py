"""The way from a request to the services that answer it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from config import Config
    from services.container import Services


def services() -> Services:
    """Return the services of the running application."""
    return cast("Services", current_app.extensions["mural"])


def bring_services(app: Flask, config: Config, build: Callable[[], Services]) -> None:
    """Give a command-line application its settings, and services that are built when a command first asks for them."""
    app.extensions["mural.config"] = config
    app.extensions["mural"] = LocalProxy(cache(build))


def settings() -> Config:
    """Return the settings that a command runs with; asking for them opens nothing."""
    return cast("Config", current_app.extensions["mural.config"])
