"""Headers that tell browsers what our pages may do, and limits on what may be sent to us."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from mural.net.origins import normal_origin
from routes.web.origins import ANYBODY

MAX_BODY_BYTES: Final = 2 * 1024 * 1024
"""Larger than any GPX track worth drawing; a poster request is a few kilobytes."""


def content_security_policy(tile_url: str) -> str:
    """Allow our own origin only, and pictures from the tile server of the map picker where one is configured."""
    tiles = urlsplit(tile_url)
    images = ["'self'", "data:", "blob:"]
    if tile_url:
        images.append(f"{tiles.scheme}://{tiles.netloc.replace('{s}', '*')}")
    rules = {
        "default-src": "'self'",
        "img-src": " ".join(images),
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def init_security(app: Flask, tile_url: str) -> None:
    """Send the security headers with every answer and bound the size of requests."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    headers = {
        "Content-Security-Policy": content_security_policy(tile_url),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    }

    @app.after_request
    def _add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.is_secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def init_cors(app: Flask, origins: tuple[str, ...]) -> None:
    """Let the pages of the sites that the host names read the answers of the REST interface."""

    @app.after_request
    def _allow(response: Response) -> Response:
        origin = request.headers.get("Origin", "")
        if not request.path.startswith("/api/") or not {normal_origin(origin), ANYBODY}.intersection(origins):
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Content-Range, ETag, Location, Retry-After"
        response.vary.add("Origin")
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "")
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
            response.headers["Access-Control-Max-Age"] = "600"
        return response
