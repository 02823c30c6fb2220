"""What the watchers of a job are told, in the words of docs/events.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.clock import Clock, iso
from infra.events.announcing import Announcer
from infra.events.events import Event, Name, Publisher, job_room, session_room
from mural.jobs.states import JobState
from services.posters.job_store import PosterJobStore
from services.posters.views import JobView


class JobEvents:
    """Publishes a job's news to those who watch it and to the sessions that asked for it."""

    def __init__(self, publisher: Publisher, store: PosterJobStore, clock: Clock) -> None:
        self._publisher = Announcer(publisher)
        self._store = store
        self._clock = clock

    def publish(self, event: Event) -> None:
        """Send what was said."""
        self._publisher.publish(event)

    def progress(self, job: JobView, followers: Sequence[str]) -> Event:
        """Say how far the job is, to those who asked for it and to those who follow it; nothing is sent yet."""
        body: dict[str, Any] = {
            "progress": job.progress,
            "status": str(job.state),
            "message": str(job.message or job.current_step),
        }
        if job.queue_position is not None:
            body["queue_position"] = job.queue_position
        if job.estimated_completion is not None:
            body["estimated_completion"] = iso(job.estimated_completion)
        return self._event(Name.GENERATION_PROGRESS, job, body, followers)

    def ended(self, job: JobView) -> None:
        """Tell how the job ended."""
        if job.state is JobState.COMPLETED and job.poster is not None:
            poster = job.poster
            body: dict[str, Any] = {
                "poster": poster.facts(),
                "processing_time": round(job.duration_s or 0.0, 3),
            }
            self._publish(Name.GENERATION_COMPLETED, job, body)
        elif job.state in (JobState.FAILED, JobState.CANCELLED):
            name = Name.GENERATION_FAILED if job.state is JobState.FAILED else Name.GENERATION_CANCELLED
            body = {"error": job.error, "message": job.error_message, "retry_possible": job.retry_allowed}
            self._publish(name, job, body)

    def _publish(self, name: str, job: JobView, body: dict[str, Any]) -> None:
        self.publish(self._event(name, job, body, self._store.followers(job.job_id)))

    def _event(self, name: str, job: JobView, body: dict[str, Any], followers: Sequence[str]) -> Event:
        sessions = (job.owner, *followers)
        rooms = (job_room(job.job_id), *(session_room(user_id) for user_id in sessions))
        payload = {"request_id": job.job_id, **body, "timestamp": iso(self._clock())}
        return Event(name, payload, rooms)
