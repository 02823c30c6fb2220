"""When canvas_data.json is written; what is drawn is tested with a running server."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.background import ThreadBackground
from services.canvas.pictures import JSON_EVERY_S, CanvasPictures
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
    monkeypatch.setattr("services.canvas.pictures.time.monotonic", lambda: now_s[0])
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
