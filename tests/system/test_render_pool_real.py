"""Real render processes that draw the real sample, as the server has them."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import WorkerCommand, worker_environment
from mural.errors import MissingScript, OutOfMemory
from mural.poster import Format, Page, Texts
from mural.worker.protocol import Progress, RenderRequest
from services.drawing.pool import RenderPool
from tests.render_requests import make_request
from tests.support.real_parts import PREPARED_DIR, missing

pytestmark = pytest.mark.system


def make_pool(folder: Path, memory_mb: int) -> RenderPool:
    if not (PREPARED_DIR / "fonts" / "fonts.json").exists():
        missing("the folder of prepared fonts")
    command = WorkerCommand(env=worker_environment(os.environ, folder), fonts_dir=PREPARED_DIR / "fonts")
    return RenderPool(workers=1, background=ThreadBackground(), command=command, timeout_s=120, memory_mb=memory_mb)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RenderPool]:
    pool = make_pool(tmp_path_factory.mktemp("cache"), memory_mb=1500)
    pool.start()
    yield pool
    pool.stop()


def lettered(request: RenderRequest) -> RenderRequest:
    return replace(request, fonts_dir=PREPARED_DIR / "fonts")


def test_a_poster_is_drawn(pool: RenderPool, tmp_path: Path) -> None:
    request = lettered(make_request("job", tmp_path, page=Page()))
    heard: list[Progress] = []
    result = pool.render(request, heard.append, CancelToken())
    with Image.open(request.output_dir / result.poster) as image:
        assert image.size == (3600, 4800)
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert len(heard) > 5


def test_a_live_preview_is_drawn_beside_it(pool: RenderPool, tmp_path: Path) -> None:
    request = lettered(make_request("preview-1", tmp_path, preview=True))
    result = pool.render(request, lambda _: None, CancelToken(), lane="interactive")
    with Image.open(request.output_dir / result.poster) as image:
        assert image.width == 800


def test_errors_of_the_drawing_keep_their_kind(pool: RenderPool, tmp_path: Path) -> None:
    request = lettered(make_request("job", tmp_path, texts=Texts(title="𓀀𓀁")))
    with pytest.raises(MissingScript) as caught:
        pool.render(request, lambda _: None, CancelToken())
    assert caught.value.message


def test_a_poster_beyond_the_memory_cap_fails_and_the_next_one_is_drawn(tmp_path: Path) -> None:
    pool = make_pool(tmp_path / "cache", memory_mb=256)
    pool.start()
    try:
        huge = lettered(make_request("huge", tmp_path, page=Page(width_mm=841, height_mm=1189), format=Format.WEBP))
        with pytest.raises(OutOfMemory):
            pool.render(huge, lambda _: None, CancelToken())
        assert pool.render(lettered(make_request("small", tmp_path)), lambda _: None, CancelToken()).poster
    finally:
        pool.stop()


def test_a_process_says_at_once_what_is_wrong_with_its_arguments(tmp_path: Path) -> None:
    command = WorkerCommand(
        env=worker_environment(os.environ, tmp_path),
        fonts_dir=tmp_path,
        argv=(sys.executable, "-m", "mural.worker", "--no-such-option"),
    )
    pool = RenderPool(workers=1, previews=0, background=ThreadBackground(), command=command, timeout_s=9, memory_mb=512)
    pool.start()
    try:
        while pool.status()["status"] == "starting":
            time.sleep(0.01)
        assert "exit status 2" in pool.status()["lanes"]["jobs"]["trouble"]
    finally:
        pool.stop()
