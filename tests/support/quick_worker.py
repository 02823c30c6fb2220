"""A render process that makes a small picture at once, unless the file "hold" in the data folder tells it to wait.

What it begins and what it has drawn it writes down, one job id a line, in the files "begun" and "drawn".
"""

from __future__ import annotations

import time
from pathlib import Path

from PIL import Image

from mural.jobs.progress import Step
from mural.worker.main import Render, Report, main
from mural.worker.protocol import Progress, RenderRequest, RenderResult


def load(fonts_dir: Path) -> Render:
    """Draw for the installation whose fonts these are."""
    data_dir = fonts_dir.parent

    def note(what: str, request: RenderRequest) -> None:
        with (data_dir / what).open("a", encoding="ascii") as notes:
            notes.write(f"{request.job_id}\n")

    def draw(request: RenderRequest, report: Report) -> RenderResult:
        note("begun", request)
        for step in (Step.MAP_DATA, Step.LAYERS, Step.LETTERING):
            report(Progress(step, 1.0))
        while (data_dir / "hold").exists():
            report(Progress(Step.DRAWING, 0.5))
            time.sleep(0.02)
        note("drawn", request)
        return _picture(request)

    return draw


def _picture(request: RenderRequest) -> RenderResult:
    image = Image.new("RGB", (30, 40), request.design.theme.bg)
    for name in ("poster.png", "thumbnail.jpg", "preview.jpg"):
        image.save(request.output_dir / name)
    return RenderResult(
        poster="poster.png",
        thumbnail="thumbnail.jpg",
        preview="preview.jpg",
        width_px=image.width,
        height_px=image.height,
        dpi=72,
        file_size=(request.output_dir / "poster.png").stat().st_size,
        source="nowhere",
    )


if __name__ == "__main__":
    main(load=load)
