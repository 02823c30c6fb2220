"""When canvas_data.json is written; what is drawn is tested with a running server."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.background import ThreadBackground
from services.board.painter import Drawing
from services.board.pictures import JSON_EVERY_S, CanvasPictures
from tests.support.studio import ANN, Studio


class Counting(ThreadBackground):
    """Counts what would run in the background."""

    started = 0

    def start_background_task(self, target: Callable[..., Any], *args: Any, **kwargs: Any) -> threading.Thread:
        self.started += 1
        return threading.Thread(target=target, args=args, kwargs=kwargs)


def test_the_json_is_written_once_a_minute_and_only_where_something_changed(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    background, now_s = Counting(), [0.0]
    monkeypatch.setattr("services.board.pictures.time.monotonic", lambda: now_s[0])
    pictures = CanvasPictures(studio.canvas, background, tmp_path, "sqlite://")

    def written() -> int:
        pictures.write_json_now_and_then()
        return background.started

    assert written() == 1
    now_s[0] += JSON_EVERY_S
    assert written() == 1, "nothing has changed"
    studio.place(ANN, 0, 0, 1)
    assert written() == 2
    studio.place(ANN, 0, 0, 2)
    now_s[0] += JSON_EVERY_S - 1
    assert written() == 2, "a minute is not over"
    now_s[0] += 1
    assert written() == 3


@pytest.mark.parametrize("age_s", [-3600.0, -60.0, 60.0])
def test_a_picture_of_the_present_is_drawn_anew_though_the_clock_was_set_back(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, age_s: float
) -> None:
    pictures = CanvasPictures(studio.canvas, ThreadBackground(), tmp_path, "sqlite://")
    drawn: list[Drawing] = []

    def run(drawing: Drawing) -> None:
        drawn.append(drawing)
        Path(drawing.output).write_bytes(b"picture")

    monkeypatch.setattr(pictures, "_run", run)
    file = pictures.still(1)
    assert pictures.still(1) == file
    assert len(drawn) == 1
    os.utime(file, (time.time() - age_s, time.time() - age_s))
    assert pictures.still(1) == file
    assert len(drawn) == 2
