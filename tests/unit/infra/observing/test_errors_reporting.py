"""Errors reach a Sentry: here a stand-in that keeps what it is sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from infra.observing import logs
from infra.observing.errors_reporting import start_reporting
from tests.support.sentry_server import Sentry, sentry_server


@pytest.fixture
def sentry() -> Iterator[Sentry]:
    with sentry_server() as server:
        yield server
        import sentry_sdk  # noqa: PLC0415 - at the top it would load eventlet into every test

        sentry_sdk.get_client().close()
        sentry_sdk.get_global_scope().set_client(None)


@pytest.mark.filterwarnings(r"ignore:\s*Eventlet is deprecated")  # sentry_sdk looks whether it is in use
def test_an_error_is_reported_with_its_context_and_without_what_visitors_sent(sentry: Sentry) -> None:
    finish = start_reporting(sentry.dsn, "production")
    log = logging.getLogger("services.test")
    with logs.about(request_id="r1"):
        city = "sitnaltA"[::-1]  # the source around a fault goes along; a value must not
        try:
            int("one")
        except ValueError:
            log.exception("Something broke")
        log.warning("A refusal of %s is no error", city)
    finish()
    (event,) = sentry.events
    assert event["tags"]["request_id"] == "r1"
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert event["release"].startswith("mural@")
    assert event["environment"] == "production"
    assert "Atlantis" not in json.dumps(event)


def test_without_a_dsn_nothing_is_started(sentry: Sentry) -> None:
    finish = start_reporting("", "production")
    logging.getLogger("services.test").error("Something broke")
    finish()
    assert sentry.events == []


@pytest.mark.filterwarnings(r"ignore:\s*Eventlet is deprecated")
def test_what_went_wrong_is_sent_to_nobody_to_whom_an_answer_points(sentry: Sentry) -> None:
    with sentry_server() as elsewhere:
        sentry.elsewhere = elsewhere.root
        finish = start_reporting(sentry.dsn, "production")
        logging.getLogger("services.test").error("Something broke")
        finish()
    assert len(sentry.events) == 1
    assert elsewhere.asked == 0
