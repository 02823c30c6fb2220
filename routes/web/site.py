"""What belongs to every page: its words, its appearance and language, the worker and the manifest."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

from apiflask import APIBlueprint
from flask import Response, current_app, redirect, render_template, request, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from routes.web import wording
from routes.web.addresses import read
from routes.web.context import services
from routes.web.languages import COOKIE as LANGUAGE_COOKIE
from routes.web.schemas import APPEARANCES, AppearanceForm, LanguageForm

blueprint = APIBlueprint("site", __name__, enable_openapi=False)
for words in wording.FILTERS:
    blueprint.add_app_template_filter(words)

YEAR_S: Final = 365 * 24 * 3600


@blueprint.app_context_processor
def _frame() -> dict[str, str | int]:
    """Tell every page, errors too, how it looks and under which prefix it lives."""
    chosen = request.cookies.get("appearance", "")
    return {
        "appearance": chosen if chosen in APPEARANCES else "system",
        "base_path": request.script_root,
        "credit": wording.CREDIT,
        "visitor_days": services().config.visitor_days,
    }


@blueprint.post("/appearance")
def set_appearance() -> BaseResponse:
    """Take the plain form: remember an appearance and go back."""
    form = read(AppearanceForm, request.form)
    return _remembered("appearance", form.appearance, form.back)


@blueprint.post("/language")
def set_language() -> BaseResponse:
    """Take the plain form: remember a language and go back."""
    form = read(LanguageForm, request.form)
    return _remembered(LANGUAGE_COOKIE, form.language, form.back)


def _remembered(cookie: str, chosen: str, back: str) -> BaseResponse:
    response = redirect(_own_path(back), HTTPStatus.SEE_OTHER)
    path = request.script_root or "/"
    response.set_cookie(cookie, chosen, max_age=YEAR_S, samesite="Lax", secure=request.is_secure, path=path)
    return response


def _own_path(back: str) -> str:
    """Keep only the path and query of an address within this site, so that nobody is led elsewhere."""
    try:
        parts = urlsplit(back)
    except ValueError:  # half an address of another site
        parts = urlsplit("")
    path = "/" + parts.path.lstrip("/\\")
    return request.script_root + path + (f"?{parts.query}" if parts.query else "")


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    """Describe the site to phones that put it on their home screen."""
    return current_app.response_class(render_template("web/manifest.json"), mimetype="application/manifest+json")


@blueprint.get("/worker.js")
def service_worker() -> Response:
    """Serve the worker that shows the offline page; it lives at the root because that is what it watches over."""
    return send_from_directory(current_app.static_folder or "static", "js/web/worker.js", max_age=0)


@blueprint.get("/offline")
def offline() -> str:
    """Show what a browser without a connection shows."""
    return render_template("web/offline.html")
