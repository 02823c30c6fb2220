"""The poster services with the outside under the test's hand: the time, the render process and the geocoder."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Config
from infra.background import ThreadBackground
from infra.events.events import Event
from infra.processes.cancellation import CancelToken
from mural.errors import Cancelled, MuralError, NotFound
from mural.fonts import INDEX_FILE
from mural.jobs.progress import Step
from mural.themes import REQUIRED, WORDS
from mural.worker.protocol import MapSources, Progress, RenderRequest, RenderResult
from services.accounts.actors import HOUSE, Actor
from services.posters.requests import PosterRequest
from services.posters.views import JobView
from services.themes.shipped import ThemeService
from services.wiring import Outside, PosterServices, build_poster_services
from tests.support.tables import lay_tables

PATIENCE_S = 20.0
"""How long a test waits for something that is bound to happen before it gives up."""


class HandClock:
    """A clock that goes on only when told to, but for a microsecond each time it is looked at."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 19, 15, 30, 52, tzinfo=UTC)
        self._set_by_s = 0.0

    def __call__(self) -> datetime:
        """Tell the time."""
        self.now += timedelta(microseconds=1)
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def set_by(self, seconds: float) -> None:
        """Put it on or back, though no time passes."""
        self.advance(seconds)
        self._set_by_s += seconds

    def stopwatch(self) -> float:
        """Tell how much time has passed, which nobody can set."""
        return self.now.timestamp() - self._set_by_s


class FakeRenderer:
    """Stands in for the render processes: writes small files, and waits, reports or fails as the test says."""

    def __init__(self) -> None:
        self.requests: list[RenderRequest] = []
        self.troubles: list[Exception] = []
        self.reports: list[Progress] = [Progress(Step.DRAWING, 0.5)]
        self.held = False
        self.gate = threading.Semaphore(0)
        self.on_hold: Callable[[], None] = lambda: None
        self.on_render: Callable[[RenderRequest], None] = lambda _request: None

    def render(
        self, request: RenderRequest, on_progress: Callable[[Progress], None], cancelled: CancelToken
    ) -> RenderResult:
        """Draw, as far as anybody can tell."""
        self.requests.append(request)
        for report in self.reports:
            on_progress(report)
        if self.held:
            self.on_hold()
            with cancelled.watched(self.gate.release):
                self.gate.acquire()
        if cancelled.cancelled:
            raise Cancelled("stopped")
        self.on_render(request)
        if self.troubles:
            raise self.troubles.pop(0)
        return self._draw(request)

    def _draw(self, request: RenderRequest) -> RenderResult:
        page = request.design.page
        poster = "poster.png" if request.preview else f"poster.{request.design.format}"
        (request.output_dir / poster).write_bytes(b"poster of " + request.job_id.encode())
        if not request.preview:
            (request.output_dir / "thumbnail.jpg").write_bytes(b"thumbnail")
            (request.output_dir / "preview.jpg").write_bytes(b"preview")
        return RenderResult(
            poster=poster,
            thumbnail=None if request.preview else "thumbnail.jpg",
            preview=None if request.preview else "preview.jpg",
            width_px=page.width_px,
            height_px=page.height_px,
            dpi=page.dpi,
            file_size=(request.output_dir / poster).stat().st_size,
            source="sample",
        )


@dataclass(frozen=True)
class Spot:
    """Where the fake geocoder finds a place."""

    latitude: float
    longitude: float
    display_name: str = ""
    candidates: tuple[Spot, ...] = ()


class FakeGeocoder:
    """Knows Helsinki, and two Springfields."""

    def geocode(self, city: str, country: str) -> Spot:
        """Find a place."""
        if city == "Springfield":
            both = (Spot(39.8, -89.65, "Springfield, Illinois"), Spot(42.1, -72.59, "Springfield, Massachusetts"))
            return Spot(39.8, -89.65, candidates=both)
        if city != "Helsinki":
            raise NotFound("Location", f"{city}, {country}")
        return Spot(60.1715, 24.9443)


class Listener:
    """Hears every event, and can wait for one."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._heard = threading.Condition()

    def publish(self, event: Event) -> None:
        """Keep one event."""
        with self._heard:
            self.events.append(event)
            self._heard.notify_all()

    def named(self, name: str) -> list[Event]:
        """List the events of one name."""
        return [event for event in self.events if event.name == name]

    def wait_for(self, name: str, count: int = 1) -> list[Event]:
        """Wait until so many events of a name were heard."""
        with self._heard:
            assert self._heard.wait_for(lambda: len(self.named(name)) >= count, PATIENCE_S), f"no {name}: {self.events}"
        return self.named(name)


@dataclass
class Studio:
    """The services of a test, and what it holds of their outside."""

    folder: Path
    services: PosterServices
    outside: Outside
    config: Config
    listener: Listener
    renderer: FakeRenderer
    clock: HandClock
    request_count: int = field(default=0)

    def wish(self, **changes: object) -> PosterRequest:
        """Ask for the usual poster, with changes."""
        usual: dict[str, object] = {"city": "Helsinki", "country": "Finland", "theme": "noir", "distance_m": 500.0}
        return PosterRequest(**(usual | changes))

    def other_wish(self, **changes: object) -> PosterRequest:
        """Ask for a poster that nobody has asked for before."""
        self.request_count += 1
        return self.wish(distance_m=1000.0 + self.request_count, **changes)

    def submit(self, owner: str = "ann", **changes: object) -> str:
        """Submit such a poster and give its job's id."""
        return self.services.posters.submit(self.other_wish(**changes), Actor(owner)).job.job_id

    def wait_until(self, job_id: str, *states: str) -> JobView:
        """Wait until a job is in one of the states."""
        turn = threading.Event()
        for _ in range(round(PATIENCE_S / 0.01)):
            view = self.services.jobs.get(job_id, HOUSE)
            if view.state in states:
                return view
            turn.wait(0.01)
        raise AssertionError(f"job stayed {view.state}: {view}")

    def made(self, owner: str = "ann", **changes: object) -> JobView:
        """Have a new poster made and wait for it."""
        job_id = self.submit(owner, **changes)
        self.wait_until(job_id, "completed", "failed")
        self.listener.wait_for("generation:completed")
        return self.services.jobs.get(job_id, HOUSE)

    def restarted(self) -> Studio:
        """Build the services anew over the same data, as after a stop."""
        return make_studio(self.folder, self.config, clock=self.clock)

    @contextmanager
    def running(self) -> Iterator[Studio]:
        """Run jobs for as long as the block lasts."""
        self.services.jobs.start()
        try:
            yield self
        finally:
            self.renderer.held = False
            self.services.jobs.stop(0)
            self.services.database.close()


def make_studio(folder: Path, config: Config, clock: HandClock | None = None) -> Studio:
    """Build the services over a folder; nothing runs until ``services.posters.jobs.start()``."""
    write_fonts(config.fonts_dir)
    lay_tables(config.database_url)
    listener, renderer, clock = Listener(), FakeRenderer(), clock or HandClock()
    outside = Outside(
        publisher=listener,
        background=ThreadBackground(),
        renderer=renderer,
        geocoder=FakeGeocoder(),
        themes=ThemeService(write_themes(folder / "themes")),
        sources=MapSources(extracts_dir=folder, samples_dir=folder, cache_dir=folder),
        clock=clock,
        stopwatch=clock.stopwatch,
        jitter=lambda: 0.0,
    )
    return Studio(folder, build_poster_services(config, outside), outside, config, listener, renderer, clock)


def make_config(folder: Path, database_url: str = "", **settings: str) -> Config:
    """Make settings for a data folder."""
    return Config.from_env({"DATA_DIR": str(folder / "data"), "DATABASE_URL": database_url} | settings)


def write_themes(folder: Path) -> Path:
    """Write two themes and a broken one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, colour in (("noir", "#101010"), ("paper", "#f0f0e8")):
        data = {key: name.title() if key in WORDS else colour for key in REQUIRED}
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    (folder / "torn.json").write_text('{"name": "Torn', encoding="utf-8")
    return folder


def write_fonts(folder: Path) -> None:
    """Write the index of a font that has Latin letters only."""
    folder.mkdir(parents=True, exist_ok=True)
    font = {"name": "plain.ttf", "family": "noto-sans", "source": "plain.ttf", "ranges": [[32, 591]]}
    (folder / INDEX_FILE).write_text(json.dumps({"files": [font]}), encoding="utf-8")


class Passing(MuralError):
    """Trouble that may pass."""

    transient = True
