"""REST: the state of jobs."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.posters.schemas.jobs import CancelledOut, JobOut, RetriedOut
from routes.web.api import ApiBlueprint, client_address, reply
from routes.web.context import services
from routes.web.identity import current_actor

blueprint = ApiBlueprint("jobs", __name__)


@blueprint.get("/jobs/<job_id>")
@blueprint.answers({HTTPStatus.OK: JobOut}, errors=(HTTPStatus.NOT_FOUND,))
def get_job(job_id: str) -> Response:
    """Tell where a job stands."""
    return reply(services().jobs.get(job_id, current_actor()).to_json())


@blueprint.post("/jobs/<job_id>/cancel")
@blueprint.answers({HTTPStatus.OK: CancelledOut}, errors=(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT))
def cancel_job(job_id: str) -> Response:
    """Stop a job of one's own."""
    job = services().jobs.cancel(job_id, current_actor())
    return reply({"job_id": job.job_id, "status": "cancelled", "message": "The job was cancelled."})


@blueprint.post("/jobs/<job_id>/retry")
@blueprint.answers(
    {HTTPStatus.ACCEPTED: RetriedOut},
    errors=(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.INSUFFICIENT_STORAGE,
    ),
)
def retry_job(job_id: str) -> Response:
    """Run a failed or cancelled job of one's own again, as a new job."""
    services().rate_limiter.check(services().config.rate_limit_posters, "posters", client_address())
    job = services().jobs.retry(job_id, current_actor(), client_address())
    services().batches.follow(job_id, job.job_id)
    body = {
        "job_id": job.job_id,
        "original_job_id": job_id,
        "status": str(job.state),
        "message": "The job was put into the queue again.",
    }
    return reply(body, HTTPStatus.ACCEPTED)
