"""A Mural with posters in it to be photographed, and the moments that pass too quickly stopped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext

from bench.scenes import SAMPLE, Scene
from tests.support.real_parts import SHARED_DATA
from tests.support.server import Server

HALF_WAY: Final = 30
"""Per cent at which the poster that is watched stands still."""

EXTRAS: Final = (
    (
        "manhattan-midtown",
        "New York",
        "United States",
        40.7484,
        -73.9857,
        1000,
        {"theme": "blueprint", "size": "18x24in"},
    ),
    ("porto-centre", "Porto", "Portugal", 41.1405, -8.6073, 1200, {"theme": "terracotta", "size": "square"}),
    ("monaco-riviera", "Monaco", "Monaco", 43.7413, 7.417, 1500, {"theme": "ocean", "orientation": "landscape"}),
    ("cairo-nasr-city", "القاهرة", "مصر", 30.0633, 31.34, 1000, {"theme": "saffron", "size": "a3"}),
    ("volgograd", "Волгоград", "Россия", 48.7195, 44.5112, 800, {"theme": "polar_night", "size": "a4"}),
    ("rio-ilha-governador", "Rio de Janeiro", "Brazil", -22.806, -43.2, 3000, {"theme": "flamingo", "size": "a2"}),
    (
        "london-centre",
        "London",
        "United Kingdom",
        51.5164,
        -0.1026,
        560,
        {"theme": "kraft", "size": "30x40cm", "orientation": "landscape"},
    ),
    ("le-havre", "Le Havre", "France", 49.5015, 0.1162, 1300, {"theme": "linocut", "size": "tabloid"}),
    ("chisinau", "Chișinău", "Moldova", 47.0245, 28.8322, 5400, {"theme": "night_train", "size": "a3"}),
)
"""Posters of extracts that lie beside the checkout on some machines: file, place, distance, wishes."""

ALWAYS: Final[tuple[dict[str, Any], ...]] = (
    {"theme": "noir"},
    {"theme": "autumn", "size": "square"},
    {"theme": "japanese_ink", "orientation": "landscape", "size": "8x10in", "rotation": 90},
    {"theme": "sea_glass", "city": "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch", "country": "Wales"},
    {"theme": "warm_beige", "size": "8x10in"},
    {"theme": "neon_cyberpunk", "size": "a4", "city": "San Fernando del Valle de Catamarca", "country": "Argentina"},
    {"theme": "old_atlas", "size": "a3", "rotation": 30},
    {"theme": "pastel_dream", "size": "letter"},
)
"""Posters that every machine can make."""


@dataclass(slots=True)
class Gallery:
    """A Mural with posters in it, and two visitors: who made them, and who has just come."""

    server: Server
    owner: BrowserContext
    stranger: BrowserContext
    posters: list[str] = field(default_factory=list)
    failed: str = ""
    stopped: str = ""
    watched: str = ""
    queued: str = ""

    def ask(self, body: dict[str, Any]) -> str:
        """Ask for a poster as its owner does."""
        answer = self.owner.request.post(f"{self.server.api}/posters", data=body)
        if not answer.ok:
            raise RuntimeError(answer.text())
        return str(answer.json()["job_id"])

    def hang(self, body: dict[str, Any]) -> None:
        """Have a poster made."""
        job = self.server.wait_for(self.ask(body), "completed")
        self.posters.append(job["result"]["poster_id"])


@contextmanager
def served(data_dir: Path) -> Iterator[Server]:
    """Run a Mural for the time of the pictures."""
    server = Server(data_dir, SESSION_QUEUE="100", RATE_LIMIT_PREVIEWS="10000 per minute")
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def opened(browser: Browser, folder: Path) -> Iterator[Gallery]:
    """Open a gallery and hang its posters."""
    scenes = [
        (Scene(SHARED_DATA / f"{name}.osm.pbf", city, country, latitude, longitude, distance), wishes)
        for name, city, country, latitude, longitude, distance, wishes in EXTRAS
        if (SHARED_DATA / f"{name}.osm.pbf").exists()
    ]
    for scene, _wishes in scenes:
        scene.lend_to(folder / "full")
    with served(folder / "full") as server:
        gallery = Gallery(server, browser.new_context(), browser.new_context())
        for context in (gallery.owner, gallery.stranger):
            context.request.get(server.base_url)
        for body in [SAMPLE.body(**wishes) for wishes in ALWAYS] + [scene.body(**wishes) for scene, wishes in scenes]:
            gallery.hang(body | {"dpi": 150})
        failed = gallery.ask(SAMPLE.body(city="Null Island", country="Nowhere", latitude=0, longitude=0))
        gallery.failed = str(server.wait_for(failed, "failed")["job_id"])
        with server.drawing_stopped():
            gallery.stopped = gallery.ask(SAMPLE.body(theme="plum_wine", city="Turku"))
            gallery.owner.request.post(f"{server.api}/jobs/{gallery.stopped}/cancel")
        yield gallery


@contextmanager
def standing_still(gallery: Gallery) -> Iterator[None]:
    """Stop the render process in the middle of a poster, with others waiting behind it."""
    gallery.watched = gallery.ask(SAMPLE.body(theme="sunset", size="a0", dpi=300))
    for theme in ("gilt", "denim"):
        gallery.queued = gallery.ask(SAMPLE.body(theme=theme, city="Reykjavík", country="Iceland"))
    while gallery.server.job(gallery.watched)["progress"] < HALF_WAY:
        time.sleep(0.01)
    with gallery.server.drawing_stopped():
        yield
    gallery.owner.request.post(f"{gallery.server.api}/jobs/{gallery.watched}/cancel")
