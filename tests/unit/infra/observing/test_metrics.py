from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from infra.background import ThreadBackground
from infra.events.events import Event, Name, RecordingPublisher
from infra.events.payloads import Making, NotMade
from infra.observing.metrics import LAG_EVERY_S, CountingPublisher, LagWatch, Metrics
from infra.processes.cancellation import CancelToken
from mural.errors import RenderTimeout, Unavailable
from mural.worker.protocol import RenderResult
from services.drawing.renderer import TimedRenderer
from tests.render_requests import make_result


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(name, labels)


def test_two_applications_count_apart() -> None:
    one, other = Metrics(), Metrics()
    one.job("completed")
    assert value(one, "mural_jobs_total", result="completed") == 1
    assert value(other, "mural_jobs_total", result="completed") == 0


def test_the_text_can_be_read_by_prometheus() -> None:
    metrics = Metrics()
    metrics.request("posters.create", "POST", 202, 0.02)
    metrics.watch(lambda: [("mural_x_total", "Grows", 3), ("mural_y", "Stands", 4)])
    families = {family.name: family for family in text_string_to_metric_families(metrics.text().decode())}
    assert families["mural_x"].type == "counter"
    assert families["mural_y"].type == "gauge"
    (count,) = [sample for sample in families["mural_request_seconds"].samples if sample.name.endswith("_count")]
    assert count.labels == {"endpoint": "posters.create", "method": "POST", "status": "202"}
    assert count.value == 1


def test_a_part_in_trouble_hides_no_other() -> None:
    metrics = Metrics()

    def broken() -> Any:
        raise Unavailable("The database is busy.")

    metrics.watch(broken)
    metrics.watch(lambda: [("mural_y", "Stands", 4)])
    assert value(metrics, "mural_y") == 4
    assert b"mural_y 4" in metrics.text()


def test_commands_are_counted_by_name() -> None:
    metrics = Metrics()
    metrics.command("gallery:join", 0.01)
    assert value(metrics, "mural_command_seconds_count", command="gallery:join") == 1


def test_ends_of_jobs_are_counted_on_their_way() -> None:
    metrics, heard = Metrics(), RecordingPublisher()
    publisher = CountingPublisher(heard, metrics)
    not_made = NotMade(request_id="j", error="e", message="m", retry_possible=True, timestamp="t")
    for name in (Name.GENERATION_FAILED, Name.GENERATION_FAILED, Name.GENERATION_CANCELLED, Name.GALLERY_MAKING):
        publisher.publish(Event(name, Making(jobs=[]) if name == Name.GALLERY_MAKING else not_made, ("room",)))
    assert [event.name for event in heard.events][-1] == Name.GALLERY_MAKING
    assert value(metrics, "mural_jobs_total", result="failed") == 2
    assert value(metrics, "mural_jobs_total", result="cancelled") == 1
    assert value(metrics, "mural_jobs_total", result="completed") == 0


class Drawn:
    """A renderer that answers at once."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def render(self, *_: Any) -> RenderResult:
        if self._error:
            raise self._error
        return make_result(seconds={"drawing": 0.5, "saving": 0.25})


def test_steps_are_timed_as_the_render_process_measured_them(tmp_path: Path) -> None:
    metrics = Metrics()
    renderer = TimedRenderer(Drawn(), metrics)
    request: Any = tmp_path
    for _ in range(2):
        renderer.render(request, lambda _progress: None, CancelToken())
    assert value(metrics, "mural_job_step_seconds_sum", step="drawing") == 1
    assert value(metrics, "mural_job_step_seconds_count", step="saving") == 2


def test_a_drawing_that_fails_fails(tmp_path: Path) -> None:
    request: Any = tmp_path
    with pytest.raises(RenderTimeout):
        TimedRenderer(Drawn(RenderTimeout("Too slow.")), Metrics()).render(request, lambda _: None, CancelToken())


class SleepyBackground(ThreadBackground):
    """Oversleeps by a known time and stops the watch after three naps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps = 0
        self.watch: LagWatch

    def start_background_task(self, target: Any, *args: Any, **kwargs: Any) -> Any:
        target(*args, **kwargs)

    def sleep(self, seconds: float = 0) -> None:
        self.now += seconds + 0.25
        self.naps += 1
        if self.naps == 3:
            self.watch.stop()


def test_lag_is_what_a_nap_took_too_long() -> None:
    metrics, background = Metrics(), SleepyBackground()
    background.watch = LagWatch(background, metrics, clock=lambda: background.now)
    background.watch.start()
    assert background.now == pytest.approx(3 * (LAG_EVERY_S + 0.25))
    assert value(metrics, "mural_hub_lag_seconds_count") == 3
    assert value(metrics, "mural_hub_lag_seconds_sum") == pytest.approx(0.75)


def test_methods_that_nobody_knows_share_a_figure() -> None:
    metrics = Metrics()
    for method in ("GET", "BREW", "X" * 1000):
        metrics.request("none", method, 405, 0.001)
    families = {family.name: family for family in text_string_to_metric_families(metrics.text().decode())}
    methods = {sample.labels["method"] for sample in families["mural_request_seconds"].samples}
    assert methods == {"GET", "other"}
