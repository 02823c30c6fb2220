"""The addresses by which others reach the site: what the host has said in PUBLIC_URL, never what a request says."""

from __future__ import annotations

from flask import request

from routes.web.context import services
from routes.web.languages import gettext


def absolute(path: str) -> str:
    """Make a link that can be followed from elsewhere; it stays within the site where the host has said no address."""
    return services().config.public_origin + path


def shown_address() -> str:
    """Give what somebody who stands before a screen types in; the screen's own address where the host has said none."""
    return services().config.public_url.partition("://")[2] or request.host + request.script_root


def address_facts() -> list[tuple[str, str]]:
    """List how the site is reached, and what it lacks while the host has not said it."""
    config = services().config
    answered = gettext("those in ALLOWED_HOSTS") if config.allowed_hosts else gettext("any")
    return [
        (
            gettext("Address"),
            config.public_url or gettext("PUBLIC_URL is not set: links shared elsewhere show no picture"),
        ),
        (gettext("Host names"), answered),
    ]
