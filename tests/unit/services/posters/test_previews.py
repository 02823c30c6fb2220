from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from mural.errors import Cancelled
from mural.poster import PosterDesign
from mural.worker.protocol import RenderRequest, RenderResult
from services.accounts.actors import Actor
from services.posters.previews import MAKING, PreviewService
from tests.render_requests import make_request, make_result
from tests.support.posters import PATIENCE_S
from tests.support.waiting import wait_until


class Painter:
    """Stands in for the render process; while held, each picture waits to be released or cancelled."""

    def __init__(self) -> None:
        self.held = False
        self.begun: list[str] = []
        self.gate = threading.Semaphore(0)
        self.at_work = threading.Semaphore(0)

    def __call__(self, request: RenderRequest, cancelled: CancelToken) -> RenderResult:
        """Draw."""
        self.begun.append(request.job_id)
        self.at_work.release()
        if self.held:
            with cancelled.watched(self.gate.release):
                assert self.gate.acquire(timeout=PATIENCE_S)
        if cancelled.cancelled:
            raise Cancelled("The picture was cancelled.")
        (request.output_dir / "poster.png").write_bytes(b"picture")
        return make_result(file_size=7)


class Viewer(threading.Thread):
    """Asks for a preview, and may leave before it comes."""

    def __init__(self, previews: PreviewService, design: PosterDesign, name: str = "ann") -> None:
        super().__init__(daemon=True)
        self.gone = False
        self.outcome: Path | Cancelled | None = None
        self._look: Callable[[], Path] = lambda: previews.live(design, 400, Actor(name), lambda: self.gone)
        self.start()

    def run(self) -> None:
        """Look."""
        try:
            self.outcome = self._look()
        except Cancelled as error:
            self.outcome = error

    def got(self) -> Path | Cancelled | None:
        """Wait for what came of it."""
        self.join(PATIENCE_S)
        return self.outcome


@pytest.fixture
def painter() -> Painter:
    return Painter()


@pytest.fixture
def previews(painter: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PreviewService:
    monkeypatch.setattr("services.posters.previews.PATIENCE_S", 0.01)

    def request_for(*, job_id: str, output_dir: Path, **wish: Any) -> RenderRequest:
        return replace(make_request(job_id, output_dir), output_dir=output_dir, **wish)

    return PreviewService(painter, request_for, tmp_path / "previews", ThreadBackground())


@pytest.fixture
def designs(tmp_path: Path) -> list[PosterDesign]:
    usual = make_request("none", tmp_path).design
    return [replace(usual, distance_m=1000.0 + number) for number in range(4)]


def test_a_picture_that_nobody_waits_for_is_given_up(
    previews: PreviewService, painter: Painter, designs: list[PosterDesign], tmp_path: Path
) -> None:
    painter.held = True
    ann = Viewer(previews, designs[0])
    assert painter.at_work.acquire(timeout=PATIENCE_S)
    ann.gone = True
    assert isinstance(ann.got(), Cancelled)
    assert list((tmp_path / "previews").iterdir()) == []
    painter.held = False
    assert Viewer(previews, designs[0]).got() == previews.live(designs[0], 400, Actor("ann"), lambda: False)


def test_a_picture_that_somebody_waits_for_is_drawn_however_long_it_takes(
    previews: PreviewService, painter: Painter, designs: list[PosterDesign]
) -> None:
    looks = threading.Semaphore(0)

    def is_gone() -> bool:
        looks.release()
        return False

    painter.held = True
    ann = threading.Thread(target=previews.live, args=(designs[0], 400, Actor("ann"), is_gone))
    ann.start()
    for _ in range(3):
        assert looks.acquire(timeout=PATIENCE_S)
    painter.gate.release()
    ann.join(PATIENCE_S)
    painter.held = False
    assert previews.live(designs[0], 400, Actor("ann"), is_gone).read_bytes() == b"picture"
    assert len(painter.begun) == 1


def test_who_leaves_while_waiting_for_a_turn_gives_it_up(
    previews: PreviewService, painter: Painter, designs: list[PosterDesign]
) -> None:
    painter.held = True
    ann = Viewer(previews, designs[0], "ann")
    assert painter.at_work.acquire(timeout=PATIENCE_S)
    ben = Viewer(previews, designs[1], "ben")
    ben.gone = True
    painter.gate.release()
    assert isinstance(ben.got(), Cancelled)
    assert isinstance(ann.got(), Path)
    assert len(painter.begun) == 1


def test_of_the_previews_that_a_viewer_waits_for_only_the_latest_is_drawn(
    previews: PreviewService, painter: Painter, designs: list[PosterDesign]
) -> None:
    painter.held = True
    first = Viewer(previews, designs[0])
    assert painter.at_work.acquire(timeout=PATIENCE_S)
    waiting = []
    for design in designs[1:]:
        before = previews._latest["ann"]
        waiting.append(Viewer(previews, design))
        wait_until(lambda before=before: previews._latest["ann"] is not before)
    painter.held = False
    painter.gate.release()
    outcomes = [viewer.got() for viewer in (first, *waiting)]
    assert [type(outcome) is Cancelled for outcome in outcomes] == [False, True, True, False]
    assert len(painter.begun) == 2


def test_a_page_full_of_themes_keeps_nobody_waiting_who_works_on_a_poster(
    previews: PreviewService, painter: Painter, designs: list[PosterDesign]
) -> None:
    painter.held = True
    themes = [replace(designs[0].theme, id=f"theme_{number}") for number in range(8)]
    samples = [threading.Thread(target=previews.theme_sample, args=(theme,), daemon=True) for theme in themes]
    for sample in samples:
        sample.start()
    assert painter.at_work.acquire(timeout=PATIENCE_S)
    ann = Viewer(previews, designs[1])
    wait_until(lambda: "ann" in previews._latest)
    painter.gate.release(len(samples) + 1)
    picture = ann.got()
    for sample in samples:
        sample.join(PATIENCE_S)
    assert isinstance(picture, Path)
    assert len(painter.begun) == len(samples) + 1
    assert painter.begun.index(f"live-{picture.stem[:12]}") <= 3, "one or two samples, not all"


def test_what_a_server_that_was_killed_left_half_drawn_is_cleared_away(
    previews: PreviewService, designs: list[PosterDesign], tmp_path: Path
) -> None:
    left = tmp_path / "previews" / f"{MAKING}killed"
    left.mkdir(parents=True)
    (left / "poster.png").write_bytes(b"half")
    made = previews.live(designs[0], 400, Actor("ann"), lambda: False)
    assert list((tmp_path / "previews").iterdir()) == [made]


@pytest.mark.parametrize("back_s", [5, 3600, 400 * 86_400])
def test_a_preview_drawn_after_the_clock_was_set_back_is_there_and_stays(
    previews: PreviewService,
    designs: list[PosterDesign],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    back_s: float,
) -> None:
    monkeypatch.setattr("services.posters.previews.KEPT", 3)
    folder = tmp_path / "previews"
    folder.mkdir()
    for number in range(3):
        earlier = folder / f"{number}.png"
        earlier.write_bytes(b"picture")
        os.utime(earlier, (time.time() + back_s + number, time.time() + back_s + number))
    for design in designs:
        assert previews.live(design, 400, Actor("ann"), lambda: False).read_bytes() == b"picture"
        assert len(list(folder.glob("*.png"))) == 3
