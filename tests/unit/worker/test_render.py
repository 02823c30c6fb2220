from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mural.errors import MapDataError
from mural.jobs.progress import Step, percentage
from mural.poster import Format, Page, Place
from mural.worker import render as module
from mural.worker.protocol import Progress, RenderRequest
from mural.worker.render import Renderer
from tests.render_requests import INK, make_request
from tests.support.real_parts import PREPARED_DIR, missing

SMALL = Page(dpi=72)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Make requests whose posters can be lettered."""
    fonts_dir = PREPARED_DIR / "fonts"
    if not (fonts_dir / "fonts.json").exists():
        missing("the folder of prepared fonts")

    def make(**options: Any) -> RenderRequest:
        return replace(make_request("job", tmp_path, **{"page": SMALL} | options), fonts_dir=fonts_dir)

    return make


def ignore(progress: Progress) -> None:
    pass


def names(request: RenderRequest) -> list[str]:
    return sorted(path.name for path in request.output_dir.iterdir())


def test_a_poster_comes_with_its_small_images_and_nothing_else(renderer: Renderer, ask: Any) -> None:
    request = ask()
    result = renderer.render(request, ignore)
    assert names(request) == ["poster.png", "preview.jpg", "thumbnail.jpg"]
    assert (result.poster, result.thumbnail, result.preview) == ("poster.png", "thumbnail.jpg", "preview.jpg")
    for name, width_px in (("poster.png", 864), ("preview.jpg", 800), ("thumbnail.jpg", 400)):
        with Image.open(request.output_dir / name) as image:
            assert image.width == width_px
            assert len(image.convert("L").getcolors() or []) > 10, f"{name} shows nothing"
    assert (result.width_px, result.height_px, result.dpi) == (864, 1152, 72)
    assert result.file_size == (request.output_dir / "poster.png").stat().st_size
    assert "helsinki" in result.source.lower()


def test_a_preview_is_one_png_whatever_the_format(renderer: Renderer, ask: Any) -> None:
    request = ask(preview=True, format=Format.PDF, page=Page())
    result = renderer.render(request, ignore)
    assert names(request) == ["poster.png"]
    assert (result.width_px, result.height_px, result.dpi) == (800, 1067, 67)
    assert result.thumbnail is None


@pytest.mark.parametrize("fmt", list(Format))
def test_every_format_is_written(renderer: Renderer, ask: Any, fmt: Format) -> None:
    request = ask(format=fmt)
    result = renderer.render(request, ignore)
    assert result.poster == f"poster.{fmt}"
    assert names(request) == sorted([result.poster, "preview.jpg", "thumbnail.jpg"])
    assert (result.width_px, result.height_px) == (864, 1152)


def test_progress_only_grows_and_names_its_steps(renderer: Renderer, ask: Any) -> None:
    heard: list[Progress] = []
    result = renderer.render(ask(), heard.append)
    shares = [percentage(progress.step, progress.fraction) for progress in heard]
    assert shares == sorted(shares)
    assert {Step.MAP_DATA, Step.LAYERS, Step.DRAWING, Step.LETTERING, Step.THUMBNAILS} <= {p.step for p in heard}
    assert set(result.seconds) <= {step.value for step in Step}
    assert all(seconds >= 0 for seconds in result.seconds.values())


def test_the_same_request_gives_the_same_bytes(renderer: Renderer, ask: Any) -> None:
    request = ask()
    renderer.render(request, ignore)
    first = (request.output_dir / "poster.png").read_bytes()
    Renderer().render(request, ignore)
    assert (request.output_dir / "poster.png").read_bytes() == first


def test_another_theme_changes_the_picture(renderer: Renderer, ask: Any) -> None:
    request = ask()
    renderer.render(request, ignore)
    light = (request.output_dir / "poster.png").read_bytes()
    renderer.render(replace(request, design=replace(request.design, theme=replace(INK, bg="#000000"))), ignore)
    assert (request.output_dir / "poster.png").read_bytes() != light


def test_a_place_without_a_map_leaves_nothing_behind(renderer: Renderer, ask: Any) -> None:
    request = ask()
    ocean = Place(city="Nowhere", country="Ocean", latitude=0.0, longitude=-30.0)
    with pytest.raises(MapDataError):
        renderer.render(replace(request, design=replace(request.design, place=ocean)), ignore)
    assert names(request) == []


def test_a_full_disk_leaves_nothing_behind(renderer: Renderer, ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "as the disk says")

    monkeypatch.setattr(module, "export_poster", write)
    request = ask()
    with pytest.raises(OSError, match="as the disk says"):
        renderer.render(request, ignore)
    assert names(request) == []


def test_warming_up_without_fonts_is_said_and_no_reason_to_stop(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Renderer().warm_up(tmp_path)
    assert "cannot be lettered" in caplog.text
