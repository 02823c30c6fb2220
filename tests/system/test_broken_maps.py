"""Damaged map files among the extracts, by the hundred: every poster of another place is made all the same.

Three hundred by default; MURAL_BROKEN_MAPS=30000 makes it a night.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from infra.background import ThreadBackground
from infra.processes.cancellation import CancelToken
from infra.processes.render_process import WorkerCommand, worker_environment
from mural.errors import MuralError
from mural.geo.areas import AreaCache
from mural.geo.catalogue import Catalogue
from mural.geo.catalogue_index import INDEXES, load_index
from mural.geo.map_reader import MapReader
from mural.geo.reading_marks import ReadingMarks
from mural.poster import Place
from mural.worker.protocol import RenderRequest
from services.drawing.pool import RenderPool
from tests.render_requests import make_request
from tests.support.broken_maps import TOWN, Breaker, deadly, header, in_no_known_script, streets
from tests.support.real_parts import PREPARED_DIR, missing
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system

FILES = int(os.environ.get("MURAL_BROKEN_MAPS", "300"))
GROUP = 30
"""So many arrive between two posters."""
IN_TOWN = Place(city="Town", country="Nowhere", latitude=51.0015, longitude=7.0045)


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[RenderPool]:
    if not (PREPARED_DIR / "fonts" / "fonts.json").exists():
        missing("the folder of prepared fonts")
    command = WorkerCommand(env=worker_environment(os.environ, tmp_path), fonts_dir=PREPARED_DIR / "fonts")
    pool = RenderPool(
        workers=1, previews=0, background=ThreadBackground(), command=command, timeout_s=300, memory_mb=1500
    )
    pool.start()
    yield pool
    pool.stop()


Start = Callable[[Path], Server]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers on the data folder beside the test's own files; they end with the test, however that ends."""
    with ExitStack() as servers:

        def start(folder: Path) -> Server:
            server = Server(folder / "data")
            servers.callback(server.stop)
            return server

        yield start


def asked(folder: Path, number: int) -> RenderRequest:
    """Ask for a small picture of Helsinki that nobody has asked for before."""
    request = make_request(f"job-{number}", folder, preview=True, rotation_deg=float(number % 360))
    (folder / "extracts").mkdir(exist_ok=True)
    return replace(request, fonts_dir=PREPARED_DIR / "fonts", sources=replace(request.sources, mode="auto"))


def town(request: RenderRequest) -> RenderRequest:
    """Ask for the place of the damaged maps instead."""
    return replace(request, design=replace(request.design, place=IN_TOWN, distance_m=150.0, rotation_deg=0.0))


def test_no_poster_of_another_place_is_harmed(pool: RenderPool, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    breaker = Breaker(tmp_path)
    harmed: list[str] = []
    there: Counter[str] = Counter()
    jobs = range(0, FILES, GROUP)
    for first in jobs:
        request = asked(tmp_path, first)
        for number in range(first, min(first + GROUP, FILES)):
            breaker.write(number, request.sources.extracts_dir)
        for wanted in (request, town(request)):
            try:
                source = pool.render(wanted, lambda _: None, CancelToken()).source
            except MuralError as error:
                source = error.kind
            if wanted is request and source != "helsinki.osm.pbf":
                harmed.append(f"{first}: {source}")
            there[source.partition(".")[0] if "." not in source else "a map"] += wanted is not request
    outcomes = read_all(tmp_path)
    with capsys.disabled():
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        lost = f"render processes lost: {pool.status()['crashes']}"
        print(f"\n{FILES} damaged map files ({told}):", end=" ")  # noqa: T201
        print(f"{len(harmed)} of {len(jobs)} jobs elsewhere harmed; their own place: {dict(there)}; {lost}")  # noqa: T201
    assert harmed == []
    assert pool.status()["crashes"] == 0
    assert outcomes["left out: deadly"] > 0, "some of them kill what reads them"
    assert outcomes["read"] > 0, "some of them can be read all the same"


def read_all(folder: Path) -> Counter[str]:
    """Read every file whole that was not found to be broken yet, and count what became of all of them."""
    cache = folder / "cache"
    index, reader = cache / INDEXES["extract"], MapReader(ReadingMarks(cache / "marks"))
    catalogue = Catalogue(folder / "extracts", "extract", index, AreaCache(cache / "areas", 100), reader)
    try:
        for extract in catalogue.extracts():
            catalogue.read(extract, TOWN)
    finally:
        reader.rest()
    known = load_index(index)
    assert len(known) == FILES
    return Counter(f"left out: {about.fault}" if about.fault else "read" for about in known.values())


def test_files_that_stop_a_reader_are_named_and_the_rest_is_made(tmp_path: Path, start: Start) -> None:
    extracts = tmp_path / "data" / "extracts"
    extracts.mkdir(parents=True)
    (extracts / "a-unicode.osm.pbf").write_bytes(in_no_known_script())
    (extracts / "b-deadly.osm.pbf").write_bytes(deadly(None))
    (extracts / "c-deadly.osm.pbf").write_bytes(deadly())
    (extracts / "d-sound.osm.pbf").write_bytes(header() + streets())
    (extracts / "x<b>\n\udcff.osm.pbf").write_bytes(b"no map")
    server = start(tmp_path)
    helsinki = server.submit()["job_id"]
    there = server.submit(city="Town", latitude=51.0015, longitude=7.0045, distance=500)["job_id"]
    jobs = [server.wait_for(job_id, "completed", "failed") for job_id in (helsinki, there)]
    health = requests.get(f"{server.api}/health", timeout=10)
    page = requests.get(f"{server.base_url}/status", timeout=10).text

    assert [job["status"] for job in jobs] == ["completed", "completed"]
    assert health.status_code == requests.codes.ok
    word = health.json()["services"]["map_data"]
    assert word.startswith("degraded: a-unicode.osm.pbf, b-deadly.osm.pbf, c-deadly.osm.pbf")
    for name in ("a-unicode.osm.pbf", "b-deadly.osm.pbf", "c-deadly.osm.pbf", "x&lt;b&gt;\N{REPLACEMENT CHARACTER}"):
        assert name in page
    assert "d-sound" not in word + page
    log = server.log()
    assert log.count("b-deadly.osm.pbf cannot be read: the process that reads it dies of it (SIGSEGV)") == 1
    assert "lost job" not in log
    assert "Traceback" not in log


def test_a_file_that_is_replaced_by_a_sound_one_is_used(tmp_path: Path, start: Start) -> None:
    extracts = tmp_path / "data" / "extracts"
    extracts.mkdir(parents=True)
    (extracts / "town.osm.pbf").write_bytes(deadly())
    server = start(tmp_path)
    place = {"city": "Town", "latitude": 51.0015, "longitude": 7.0045, "distance": 500}
    failed = server.wait_for(server.submit(**place)["job_id"], "completed", "failed")
    assert (failed["status"], failed["error"]) == ("failed", "MapDataError")
    (extracts / "town.osm.pbf").write_bytes(header() + streets())
    assert server.wait_for(server.submit(**place)["job_id"], "completed", "failed")["status"] == "completed"
    wait_until(lambda: requests.get(f"{server.api}/health", timeout=10).json()["services"]["map_data"] == "ok")
