from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from infra.clock import iso
from services.accounts.actors import Actor
from services.posters.urls import Urls
from services.posters.views import PageOf
from tests.support.posters import Studio


def test_times_are_utc_and_end_in_z() -> None:
    eastern = timezone(timedelta(hours=-5))
    assert iso(datetime(2026, 1, 19, 10, 30, 52, 123456, tzinfo=eastern)) == "2026-01-19T15:30:52.123Z"
    assert iso(datetime(2026, 1, 19, tzinfo=UTC)) == "2026-01-19T00:00:00.000Z"


def test_addresses_carry_the_prefix() -> None:
    urls = Urls("/mural")
    assert urls.job("j") == "/mural/api/v1/jobs/j"
    assert urls.download("p") == "/mural/api/v1/posters/p/download"
    assert urls.thumbnail("p") == "/mural/api/v1/posters/p/thumbnail"
    assert urls.preview("p") == "/mural/api/v1/posters/p/preview"
    assert urls.poster("p") == "/mural/posters/p"
    assert urls.thumbnail("p", "7") == "/mural/api/v1/posters/p/thumbnail?v=7"


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [(1, 0, (0, False, False)), (1, 20, (1, False, False)), (1, 21, (2, True, False)), (2, 21, (2, False, True))],
)
def test_a_page_knows_its_neighbours(page: int, total: int, expected: tuple[int, bool, bool]) -> None:
    shown = PageOf((), page, 20, total).pagination_json()
    assert (shown["pages"], shown["has_next"], shown["has_prev"]) == expected


def test_no_answer_tells_whose_it_is(sqlite_studio: Studio) -> None:
    job = sqlite_studio.made("owner-of-it")
    assert job.poster is not None
    assert "owner-of-it" not in str(job.to_json()) + str(job.poster.to_json()) + str(job.accepted_json())


def test_each_state_has_its_fields(idle: Studio) -> None:
    waiting = idle.services.posters.submit(idle.wish(), Actor("ann")).job.to_json()
    assert waiting["queue_position"] == 1
    assert {"started_at", "completed_at", "result", "error"}.isdisjoint(waiting)
    cancelled = idle.services.jobs.cancel(waiting["job_id"], Actor("ann")).to_json()
    assert cancelled["cancelled_at"]
    assert (cancelled["error"], cancelled["retry_allowed"]) == ("Cancelled", True)
    assert {"queue_position", "estimated_completion", "result", "duration"}.isdisjoint(cancelled)


def test_a_poster_tells_all_its_facts(sqlite_studio: Studio) -> None:
    job = sqlite_studio.made()
    assert job.poster is not None
    body = job.poster.to_json()
    assert body["dimensions"] == {"width": 3600, "height": 4800, "dpi": 300}
    assert (body["latitude"], body["longitude"], body["job_id"]) == (60.1715, 24.9443, job.job_id)
    assert body["page"] == {"width_mm": 304.8, "height_mm": 406.4}
    assert "expires_at" not in body
    result = job.poster.result_json()
    assert set(result) == {
        "poster_id",
        "download_url",
        "thumbnail_url",
        "preview_url",
        "filename",
        "file_size",
        "dimensions",
    }
