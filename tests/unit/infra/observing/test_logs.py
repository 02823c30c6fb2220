from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import engineio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.observing import logs
from infra.observing.logs_sparing import Blameless

FORGED = "Paris\n2026-01-01T00:00:00Z error    all is lost\x1b[31m\u2028\x85\r"

Read = Callable[[], str]


@pytest.fixture
def read(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Read what was logged; logging is put back afterwards."""
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = kept
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    for name in (*logs.OURS, *logs.QUIET):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    "value",
    [FORGED, "\ud800", float("nan"), float("inf"), {"a": {1: FORGED}}, [{2, "x"}, b"\xff"], object(), None, True],
    ids=lambda value: type(value).__name__,
)
def test_json_is_one_valid_object_a_line_whatever_is_logged(read: Read, value: Any) -> None:
    logs.configure_logs("json")
    logging.getLogger("mural").warning("Place %s", value, extra={"value": value})
    (line,) = read().splitlines()
    entry = json.loads(line, parse_constant=pytest.fail)
    assert entry["level"] == "warning"
    assert entry["logger"] == "mural"
    assert entry["event"] == f"Place {value}"


def test_what_a_client_did_to_the_sockets_library_is_one_warning_and_its_own_fault_an_error(read: Read) -> None:
    logs.configure_logs("json")
    server = engineio.Server(async_mode="threading")
    server.logger.addFilter(blameless := Blameless())
    server.logger.error("Invalid session %s", "gone")
    server.logger.error("a handler failed", exc_info=ValueError("broken"))
    server.logger.removeFilter(blameless)
    levels = [(entry["level"], entry["event"]) for entry in map(json.loads, read().splitlines())]
    assert levels == [("warning", "Invalid session gone"), ("error", "a handler failed")]


@given(st.text())
def test_escaped_text_is_one_printable_line(text: str) -> None:
    escaped = logs.escaped(text)
    assert escaped == "" or escaped.splitlines() == [escaped]
    assert escaped.isprintable()
    escaped.encode("utf-8")


def test_scripts_are_left_as_they_are() -> None:
    assert logs.escaped("東京 Київ القاهرة “é”") == "東京 Київ القاهرة “é”"


def test_text_of_visitors_begins_no_line(read: Read) -> None:
    logs.configure_logs("text")
    logging.getLogger("mural").warning("Place %s", FORGED, extra={"city": FORGED})
    (line,) = read().splitlines()
    assert "Paris\\n2026" in line
    assert "city=Paris\\n" in line


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_traceback_is_told_apart_from_other_lines(read: Read, log_format: str) -> None:
    logs.configure_logs(log_format)
    try:
        int(FORGED)
    except ValueError:
        logging.getLogger("mural").exception("Trouble")
    first, *following = read().splitlines()
    if log_format == "json":
        assert following == []
        assert "Traceback" in json.loads(first)["exception"]
    else:
        assert "Trouble" in first
        assert following
        assert all(line.startswith(logs.TRACEBACK_INDENT) for line in following)


def test_lines_tell_what_they_are_about(read: Read) -> None:
    logs.configure_logs("json")
    log = logging.getLogger("services.posters.jobs")
    with logs.about(job_id="j1"):
        log.info("inside")
    log.info("outside")
    inside, outside = (json.loads(line) for line in read().splitlines())
    assert inside["job_id"] == "j1"
    assert "job_id" not in outside


def test_a_thread_is_about_its_own_things_only() -> None:
    seen: list[dict[str, Any]] = []

    def other() -> None:
        logs.about_from_here(job_id="other")
        seen.append(dict(logs.current()))

    with logs.about(request_id="r1"):
        thread = Thread(target=other)
        thread.start()
        thread.join()
        seen.append(dict(logs.current()))
    assert seen == [{"job_id": "other"}, {"request_id": "r1"}]


def test_what_came_before_is_forgotten_from_here_on() -> None:
    with logs.about(request_id="r1"):
        logs.about_from_here(command="gallery:join")
        assert logs.current() == {"command": "gallery:join"}


def test_details_show_to_developers_only_and_libraries_stay_quiet(read: Read) -> None:
    logs.configure_logs("text")
    logging.getLogger("routes.x").debug("a detail")
    logging.getLogger("werkzeug").info("noise")
    assert read() == ""
    logs.configure_logs("text", verbose=True)
    logging.getLogger("routes.x").debug("a detail")
    logging.getLogger("urllib3").debug("noise")
    (line,) = read().splitlines()
    assert "a detail" in line
