"""The live preview at 800 px: another theme and a moved map, in a warm process and through the whole server."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import requests

from bench.effort import by_effort
from bench.installation import installation
from bench.prints import design_of, request_for
from bench.report import print_table
from bench.scenes import Scene, porto
from mural.geo.bbox import METRES_PER_DEGREE
from mural.themes import load_themes
from mural.worker.render import Renderer
from tests.support.real_parts import PREPARED_DIR, ROOT

WIDTH_PX: Final = 800
HEIGHT_PX: Final = 1067
SHOWN_SHARE: Final = 0.5
"""How much of the map that is at hand the page shows, so that it can be moved within it."""

STEP_SHARE: Final = 0.03
"""How far the map is moved each time, of the distance from its centre to its edge."""
REPEAT: Final = by_effort(quick=5, full=8)
ALSO_ALONE: Final = by_effort(quick=False, full=True)
"""Whether to draw without the server, too, to tell what it adds: next to nothing."""


def run() -> None:
    """Print the table."""
    whole = porto()
    scene = whole.part(SHOWN_SHARE)
    themes = sorted(load_themes(ROOT / "themes")[0])[: REPEAT + 1]  # the first one warms up
    floor = scene.floor(WIDTH_PX, HEIGHT_PX, repeat=by_effort(quick=2, full=3))
    found = (_in_a_process(whole, scene, themes) if ALSO_ALONE else {}) | _through_the_server(whole, scene, themes)
    rows = [(name, f"{seconds * 1000:.0f}", *_ratio(seconds, floor)) for name, seconds in found.items()]
    title = f"live preview of {scene.city} {scene.distance_m / 1000:g} km, {WIDTH_PX} px, best of {REPEAT}"
    print_table(title, ("what", "ms", "yardstick's draw", "ratio"), rows)


def _in_a_process(whole: Scene, scene: Scene, themes: list[str]) -> dict[str, float]:
    renderer = Renderer()
    renderer.warm_up(PREPARED_DIR / "fonts")
    with tempfile.TemporaryDirectory() as folder:
        whole.lend_to(Path(folder))

        def draw(scene: Scene, theme: str) -> None:
            with tempfile.TemporaryDirectory() as output:
                request = request_for(design_of(scene, theme), Path(folder), Path(output), preview=True)
                renderer.render(request, lambda _progress: None)

        draw(whole, themes[0])
        draw(scene, themes[0])
        return {
            "another theme, drawing alone": _best(lambda number: draw(scene, themes[number])),
            "moved map, drawing alone": _best(lambda number: draw(_moved(scene, number), themes[0])),
        }


def _through_the_server(whole: Scene, scene: Scene, themes: list[str]) -> dict[str, float]:
    server, session = installation(), requests.Session()

    def look(scene: Scene, theme: str) -> None:
        query: dict[str, Any] = scene.body(theme=theme, width=WIDTH_PX)
        session.get(f"{server.api}/preview.png", params=query, timeout=60).raise_for_status()

    look(whole, themes[0])
    look(scene, themes[0])
    return {
        "another theme, through the server": _best(lambda number: look(scene, themes[number])),
        "moved map, through the server": _best(lambda number: look(_moved(scene, number), themes[0])),
    }


def _moved(scene: Scene, number: int) -> Scene:
    moved_m = (number + 1) * STEP_SHARE * scene.distance_m
    return replace(scene, latitude=scene.latitude + moved_m / METRES_PER_DEGREE)


def _best(draw: Callable[[int], None]) -> float:
    """Give the seconds of the fastest of some drawings, each of them a different one."""
    seconds = []
    for number in range(1, REPEAT + 1):
        started = time.perf_counter()
        draw(number)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _ratio(seconds: float, floor: dict[str, float] | None) -> tuple[str, str]:
    return (f"{floor['draw'] * 1000:.0f}", f"{seconds / floor['draw']:.2f}") if floor else ("-", "-")
