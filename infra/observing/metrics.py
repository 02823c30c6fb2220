"""Figures for Prometheus: how busy the installation is, how fast, and how late.

Every application has a registry of its own. What somebody else counts already (queue, cache, sockets, storage) is read
when it is asked for; what happens between two readings (requests, jobs, lag) is counted here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPMethod
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from infra.background import Background
from infra.events.events import Event, Name, Publisher
from mural.errors import MuralError

LAG_EVERY_S: Final = 0.1
LAG_BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
STEP_BUCKETS_S: Final = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0)

METHODS: Final = frozenset(HTTPMethod)

Reading = tuple[str, str, float]
"""A figure's name, what it means, and its value at this moment."""

RESULTS: Final = {
    Name.GENERATION_COMPLETED: "completed",
    Name.GENERATION_FAILED: "failed",
    Name.GENERATION_CANCELLED: "cancelled",
}


class Metrics:
    """Counts what happens in one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "mural_request_seconds",
            "Time from a request to its answer",
            ("endpoint", "method", "status"),
            registry=self.registry,
        )
        self._commands = Histogram(
            "mural_command_seconds",
            "Time from a socket's command to its acknowledgement",
            ("command",),
            registry=self.registry,
        )
        self._jobs = Counter("mural_jobs_total", "Jobs that have ended", ("result",), registry=self.registry)
        self._steps = Histogram(
            "mural_job_step_seconds",
            "Time that a step of drawing took",
            ("step",),
            buckets=STEP_BUCKETS_S,
            registry=self.registry,
        )
        self._lag = Histogram(
            "mural_hub_lag_seconds",
            "How late a thread woke up that asked to sleep a moment",
            buckets=LAG_BUCKETS_S,
            registry=self.registry,
        )
        self._flushes = Histogram(
            "mural_canvas_flush_seconds",
            "Time that writing a batch of pixels down took",
            buckets=LAG_BUCKETS_S,
            registry=self.registry,
        )
        self._turned_away = Counter(
            "mural_turned_away_total",
            "Connections and requests that were not served, by the reason",
            ("reason",),
            registry=self.registry,
        )
        for result in RESULTS.values():
            self._jobs.labels(result)

    def watch(self, readings: Callable[[], Iterable[Reading]]) -> None:
        """Have values read whenever somebody asks; a name that ends in _total is one that only ever grows."""
        self.registry.register(_Readings(readings))

    def text(self) -> bytes:
        """Write all figures in Prometheus' words."""
        return generate_latest(self.registry)

    def request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        # Every word may be sent for a method, and each of them would be a figure of its own for good.
        known = method if method in METHODS else "other"
        self._requests.labels(endpoint, known, status).observe(seconds)

    def command(self, name: str, seconds: float) -> None:
        """Count a command of a socket that was answered."""
        self._commands.labels(name).observe(seconds)

    def turned_away(self, reason: str) -> None:
        """Count a connection or a request that was not served."""
        self._turned_away.labels(reason).inc()

    def job(self, result: str) -> None:
        """Count a job that has ended."""
        self._jobs.labels(result).inc()

    def step(self, name: str, seconds: float) -> None:
        """Count a step of drawing."""
        self._steps.labels(name).observe(seconds)

    def lag(self, seconds: float) -> None:
        """Count how late a thread was."""
        self._lag.observe(seconds)

    def flush(self, seconds: float) -> None:
        """Count a batch of pixels that was written down."""
        self._flushes.observe(seconds)


class _Readings(Collector):
    """Reads values at the moment of asking; a part that is in trouble leaves its values out, not the others'."""

    def __init__(self, readings: Callable[[], Iterable[Reading]]) -> None:
        self._readings = readings

    def collect(self) -> Iterator[Metric]:
        try:
            for name, meaning, value in self._readings():
                family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
                yield family(name, meaning, value=value)
        except MuralError:
            return

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand, so that registering asks nobody."""
        return ()


class CountingPublisher:
    """Counts how jobs end on the way of the news to those who watch them."""

    def __init__(self, inner: Publisher, metrics: Metrics) -> None:
        self._inner = inner
        self._metrics = metrics

    def publish(self, event: Event) -> None:
        """Push one event to its rooms."""
        if event.name in RESULTS:
            self._metrics.job(RESULTS[event.name])
        self._inner.publish(event)


class LagWatch:
    """A thread that asks to sleep a moment, again and again, and notes how late it is woken: a stalled hub shows."""

    def __init__(self, background: Background, metrics: Metrics, clock: Callable[[], float] = time.monotonic) -> None:
        self._background = background
        self._metrics = metrics
        self._clock = clock
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to watch."""
        self._stopped.clear()
        self._background.start_background_task(self._run)

    def stop(self) -> None:
        """End."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            asked_at = self._clock()
            self._background.sleep(LAG_EVERY_S)
            self._metrics.lag(max(0.0, self._clock() - asked_at - LAG_EVERY_S))
