"""Pages about posters: the workbench, a poster on its way, a finished one, and one's own."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from mural.errors import MuralError
from mural.fonts import FAMILIES
from mural.paper import STEEPEST_RATIO
from mural.poster import Format
from routes.posters import forms
from routes.posters.fields import REMARKS, START
from routes.posters.rest import show_to
from routes.posters.schemas.pages import MineAddress, WorkbenchAddress
from routes.themes.lists import START_THEME, themes_in_sight, visitors_themes
from routes.web import wording
from routes.web.addresses import read, read_usable
from routes.web.api import client_address
from routes.web.caching import keep_from_search
from routes.web.context import services
from routes.web.errors import status_of, validation_body
from routes.web.faults import said, said_of_kind
from routes.web.identity import current_actor
from routes.web.languages import gettext
from routes.web.links import absolute
from routes.web.pages import CARDS_OF_A_PAGE, pages
from services.accounts.permissions import Permission
from services.posters.requests import PosterQuery
from services.posters.views import Submission

blueprint = pages("poster_pages", __name__)
blueprint.add_app_template_filter(forms.town_query)
blueprint.add_app_template_filter(forms.marker_words)


@blueprint.get("/create")
def create() -> str | tuple[str, int]:
    """Show the workbench, set up as the address says: with a design, or like a poster or a job of one's own.

    A link that is wrong somewhere still opens it, with all of the link that is right.
    """
    posters, jobs = services().posters, services().jobs
    if request.args:  # every design has such an address, and the page without one is the same
        keep_from_search()
    visitor = current_actor()
    address, refused = read_usable(WorkbenchAddress, request.args)
    if like := address.like:
        visibility = posters.get(like, visitor).visibility
        return _workbench(forms.state_like(posters.design_of(like, visitor), visibility))
    if job := address.job:
        design = jobs.design_of(job, visitor)
        return _workbench(forms.state_like(design, jobs.get(job, visitor).visibility))
    state = forms.state_from_address(request.args, services().offline_places.start())
    if refused:
        return _workbench(state, fault=validation_body(refused)["message"]), HTTPStatus.BAD_REQUEST
    return _workbench(state)


@blueprint.post("/create")
def create_poster() -> BaseResponse | tuple[str, int]:
    """Take the plain form: make the poster, or show the workbench again with what is wrong or unclear."""
    try:
        submission = _submit()
    except forms.Ambiguous as ambiguous:
        return _workbench(forms.state_from_form(request.form), candidates=ambiguous.candidates), HTTPStatus.OK
    except ValidationError as error:
        fault = validation_body(error)["message"]
        return _workbench(forms.state_from_form(request.form), fault=fault), HTTPStatus.BAD_REQUEST
    except MuralError as error:
        return _workbench(forms.state_from_form(request.form), fault=said(error)), status_of(error)
    if submission.poster:
        return redirect(url_for(".poster", poster_id=submission.poster.id), HTTPStatus.SEE_OTHER)
    return redirect(url_for(".generate", job_id=submission.job.job_id), HTTPStatus.SEE_OTHER)


def _submit() -> Submission:
    config = services().config
    services().rate_limiter.check(config.rate_limit_posters, "posters", client_address())
    posters, like, visitor = services().posters, request.form.get("like"), current_actor()
    if like and "format" in request.form:
        return posters.export(like, forms.format_of(request.form), visitor, client_address())
    if like:
        visibility = posters.get(like, visitor).visibility
        wish = forms.wish_like(posters.design_of(like, visitor), request.form, visibility)
    else:
        wish = forms.wish_from_form(request.form, services().geocoding.suggest)
    return posters.submit(wish, visitor, client_address())


def _workbench(state: forms.State, **more: Any) -> str:
    themes = themes_in_sight(state.theme)
    if all(theme.id != state.theme for theme in themes):  # it is gone since the link was made
        state = replace(state, theme=START_THEME)
    return render_template(
        "posters/create.html",
        state=state,
        plain=START,
        remarks=REMARKS,
        themes=themes,
        layers=wording.layers(),
        furniture=wording.furniture(),
        sizes=wording.size_groups(),
        units=wording.units(),
        audiences=wording.audiences(),
        hidden_ends_m=wording.HIDDEN_ENDS_M,
        steepest_ratio=STEEPEST_RATIO,
        shapes=wording.shapes(),
        families=list(FAMILIES.values()),
        offline_places=services().offline_places.all(),
        nothing_to_draw=services().offline_places.nothing_to_draw(),
        formats=[str(format_) for format_ in Format],
        tile_url=services().config.tile_url,
        max_distance_m=services().config.max_distance_m,
        **more,
    )


@blueprint.get("/generate/<job_id>")
def generate(job_id: str) -> str:
    """Show a job: on its way, finished, failed or stopped."""
    keep_from_search()
    view = services().jobs.get(job_id, current_actor())
    job = view.to_json()
    mine = current_actor().can(Permission.JOB_CANCEL, view)
    waiting = {"poster": None, "mine": mine, "visitors_themes": visitors_themes([view.theme])}
    exhibit = _exhibit(view.poster.id) if view.poster else waiting
    return render_template(
        "posters/generate.html",
        job=job,
        forgotten=view.forgotten,
        ended=view.state.ended,
        message=wording.step_words(view.current_step) if not view.state.ended else "",
        waiting=gettext(wording.WAITING_WORDS),
        remaining=wording.queue_words(job),
        steps=wording.steps(),
        fault=said_of_kind(view.error or "", view.error_message or "", {}),
        **exhibit,
    )


@blueprint.post("/generate/<job_id>/cancel")
def cancel_job(job_id: str) -> BaseResponse:
    """Take the plain form: stop a job of one's own."""
    services().jobs.cancel(job_id, current_actor())
    return redirect(url_for(".generate", job_id=job_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/generate/<job_id>/retry")
def retry_job(job_id: str) -> BaseResponse:
    """Take the plain form: run a failed job again."""
    services().rate_limiter.check(services().config.rate_limit_posters, "posters", client_address())
    return redirect(
        url_for(".generate", job_id=services().jobs.retry(job_id, current_actor(), client_address()).job_id),
        HTTPStatus.SEE_OTHER,
    )


@blueprint.get("/posters/<poster_id>")
def poster(poster_id: str) -> str:
    """Show one poster."""
    return render_template("posters/poster.html", **_exhibit(poster_id))


@blueprint.post("/posters/<poster_id>/visibility")
def change_visibility(poster_id: str) -> BaseResponse:
    """Take the plain form: say anew who finds a poster of one's own."""
    show_to(poster_id, forms.visibility_of(request.form))
    return redirect(url_for(".poster", poster_id=poster_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/posters/<poster_id>/delete")
def ask_to_delete(poster_id: str) -> str:
    """Ask whether a poster of one's own shall come down; the script asks in a dialog instead."""
    keep_from_search()
    view = services().posters.get(poster_id, current_actor())
    current_actor().require(Permission.POSTER_TAKE_DOWN, view, "poster")
    return render_template("posters/take_down.html", poster=view.to_json())


@blueprint.post("/posters/<poster_id>/delete")
def delete_poster(poster_id: str) -> BaseResponse:
    """Take the plain form: take a poster of one's own down, and offer to hang it back."""
    services().posters.delete(poster_id, current_actor())
    return redirect(url_for(".mine", down=poster_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/posters/<poster_id>/restore")
def restore_poster(poster_id: str) -> BaseResponse:
    """Take the plain form: hang a poster back that was taken down a moment ago."""
    services().posters.restore(poster_id, current_actor())
    return redirect(url_for(".poster", poster_id=poster_id), HTTPStatus.SEE_OTHER)


def _exhibit(poster_id: str) -> dict[str, Any]:
    visitor = current_actor()
    view = services().posters.get(poster_id, visitor)
    if not view.version:
        keep_from_search()
    body = view.to_json()
    return {
        "poster": body,
        "mine": visitor.can(Permission.POSTER_TAKE_DOWN, view),
        "audiences": wording.audiences() if visitor.can(Permission.POSTER_SHOW, view) else [],
        "themes": themes_in_sight(),
        "visitors_themes": visitors_themes([view.theme]),
        "formats": list(map(str, Format)) if services().posters.may_export(poster_id, visitor) else [],
        "share_url": absolute(body["url"]),
        "og_image": absolute(body["preview_url"]),
    }


@blueprint.get("/gallery")
def mine() -> str:
    """Show one's own posters."""
    keep_from_search()
    address = read(MineAddress, request.args)
    query = PosterQuery(**address.model_dump(exclude={"down", "per_page"}), per_page=CARDS_OF_A_PAGE)
    page = services().posters.mine(current_actor(), query)
    return render_template(
        "posters/mine.html",
        posters=[view.to_json() for view in page.items],
        pagination=page.pagination_json(),
        query=query,
        themes=themes_in_sight(),
        down=address.down,
        audience_words=dict(wording.audiences()),
    )
