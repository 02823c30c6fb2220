"""Maps from an Overpass server: what OSMnx asks, what comes of every kind of answer, and who may ask when."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from mural.errors import AreaTooLarge, MapServerError, MapServerRefused, StorageFull
from mural.geo import overpass, overpass_answers
from mural.geo.bbox import BBox
from mural.geo.download_turn import clear_leftovers, download_turn
from mural.geo.extract import read_area
from mural.geo.layers import Area, Layer
from mural.geo.overpass import Waits, fetch_area
from mural.geo.overpass_query import query_tags
from mural.worker.protocol import MapSources
from tests.support.osm_data import OsmData, as_xml, osm_data
from tests.support.outside import Fault
from tests.support.overpass_server import OverpassServer
from tests.support.waiting import wait_until

SAMPLES = Path(__file__).parents[3] / "data" / "samples"
EXTRACT = SAMPLES / "helsinki.osm.pbf"
CENTRE = BBox.around(60.1715, 24.9443, 150, 200)
MID_OCEAN = BBox.around(0.0, -30.0, 500, 500)
WAITS = Waits(busy_s=0.02, longest_s=5.0, poll_s=0.01)


@pytest.fixture(scope="module")
def helsinki() -> OsmData:
    return osm_data(EXTRACT)


@pytest.fixture
def server(helsinki: OsmData) -> Iterator[OverpassServer]:
    with OverpassServer(helsinki) as server:
        yield server


@pytest.fixture
def sources(server: OverpassServer, tmp_path: Path) -> MapSources:
    return MapSources(
        extracts_dir=tmp_path,
        samples_dir=SAMPLES,
        cache_dir=tmp_path / "cache",
        overpass_url=server.url,
        overpass_timeout_s=20.0,
        user_agent="Mural/1.0 (tests; mural@example.org)",
    )


class Told:
    """Keeps what was reported."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.fractions: list[float] = []

    def __call__(self, message: str, fraction: float) -> None:
        self.messages.append(message)
        self.fractions.append(fraction)


def fetch(sources: MapSources, bbox: BBox = CENTRE, told: Told | None = None) -> Area:
    return fetch_area(bbox, sources, told or Told(), waits=WAITS)


def counts(area: Area) -> dict[Layer, int]:
    lines = {layer: len(lines) for layer, lines in area.lines.items()}
    return lines | {layer: len(polygons) for layer, polygons in area.polygons.items()}


@cache
def straight() -> dict[Layer, int]:
    """Count what the extract itself holds."""
    return counts(read_area(EXTRACT, CENTRE))


def test_gives_the_same_map_as_the_extract(sources: MapSources) -> None:
    area = fetch(sources)
    assert area.bbox == CENTRE
    assert area.source == "overpass"
    assert len(area.lines[Layer.ROAD_DEFAULT]) > 100
    assert counts(area) == pytest.approx(straight(), rel=0.01)


def test_asks_once_for_all_layers_and_says_who_asks(server: OverpassServer, sources: MapSources) -> None:
    fetch(sources)
    [asked] = server.asked
    assert asked.user_agent == asked.referer == sources.user_agent
    query = asked.query["data"]
    assert query.startswith("[out:xml][timeout:18];")
    assert all(f"way['{key}'" in query for key in query_tags())


def test_puts_the_pieces_of_a_large_area_together(
    server: OverpassServer, sources: MapSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overpass, "PIECE_M2", 120.0 * 120.0)
    told = Told()
    assert counts(fetch(sources, told=told)) == pytest.approx(straight(), rel=0.01)
    assert len(server.asked) >= 9
    assert any("part 2 of about " in message for message in told.messages)


def test_believes_an_empty_answer(sources: MapSources) -> None:
    assert counts(fetch(sources, MID_OCEAN)) == {}


@pytest.mark.parametrize("lon", [180.0, -180.0])
def test_a_place_on_the_180th_meridian(sources: MapSources, tmp_path: Path, lon: float) -> None:
    places = {1: 179.98, 2: 180.0, 3: -180.0, 4: -179.98}
    elements = [{"type": "node", "id": node, "lat": -16.8, "lon": place} for node, place in places.items()]
    elements += [{"type": "way", "id": k, "nodes": [k, k + 1], "tags": {"highway": "primary"}} for k in (1, 3)]
    extract = tmp_path / "taveuni.osm"
    extract.write_text(as_xml(elements))
    with OverpassServer(OsmData(extract)) as server:
        bbox = BBox.around(-16.8, lon, 500, 500)
        area = fetch(replace(sources, overpass_url=server.url), bbox)
    assert area.bbox == bbox
    roads = area.lines[Layer.ROAD_PRIMARY]
    assert sorted(roads.xy[:, 0] - lon) == pytest.approx([-0.02, 0.0, 0.0, 0.02])


def test_progress_names_the_bytes_and_never_falls(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.GATEWAY_TIMEOUT)
    told = Told()
    fetch(sources, told=told)
    assert told.fractions == sorted(told.fractions)
    assert 0 <= told.fractions[0] <= told.fractions[-1] <= 1
    assert any(message.startswith("Downloading map data: 0.") and message.endswith(" MB") for message in told.messages)


def test_an_answer_of_unknown_length(server: OverpassServer, sources: MapSources) -> None:
    server.chunked = True
    server.faults.extend([Fault.TRUNCATED, Fault.NONE])
    with pytest.raises(MapServerError, match="broke off"):
        fetch(sources)
    told = Told()
    assert counts(fetch(sources, told=told)) == pytest.approx(straight(), rel=0.01)
    downloading = [message for message in told.messages if message.startswith("Downloading")]
    assert downloading
    assert not any(" of " in message for message in downloading)
    assert told.fractions == sorted(told.fractions)


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.GATEWAY_TIMEOUT, Fault.DUPLICATE])
def test_waits_out_a_busy_server(server: OverpassServer, sources: MapSources, fault: Fault) -> None:
    server.faults.extend([fault, fault])
    told = Told()
    assert counts(fetch(sources, told=told)) == pytest.approx(straight(), rel=0.01)
    assert len(server.asked) == 3
    assert "The map server is busy, trying again in 1 s" in told.messages


def test_waits_half_a_minute_in_earnest() -> None:
    assert Waits().busy_s >= 30


def test_gives_up_after_the_configured_attempts(server: OverpassServer, sources: MapSources) -> None:
    server.faults.extend([Fault.TOO_MANY] * 5)
    with pytest.raises(MapServerError, match="busy all 2 times") as caught:
        fetch(replace(sources, overpass_attempts=2))
    assert caught.value.transient
    assert len(server.asked) == 2


def test_pieces_already_answered_are_not_asked_for_again(
    server: OverpassServer, sources: MapSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overpass, "PIECE_M2", 250.0 * 250.0)
    server.faults.extend([Fault.NONE, Fault.TOO_MANY, Fault.TOO_MANY, Fault.NONE, Fault.TOO_MANY])
    area = fetch(sources)  # three refusals in all, but never three on end
    assert counts(area) == pytest.approx(straight(), rel=0.01)
    queries = [asked.query["data"] for asked in server.asked]
    assert len(queries) == len(set(queries)) + 3


def test_waits_for_the_slot_the_server_names(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.TOO_MANY)
    server.slot_wait_s = 1
    begun = time.monotonic()
    fetch(sources)
    assert time.monotonic() - begun >= 1


def test_waits_as_long_as_a_refusal_says(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.UNAVAILABLE)
    server.retry_after_s = 1
    begun = time.monotonic()
    fetch(sources)
    assert time.monotonic() - begun >= 1


def test_does_not_wait_longer_than_anybody_would(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.TOO_MANY)
    server.slot_wait_s = 900
    for _ in range(2):  # the second is not even sent
        with pytest.raises(MapServerError, match="left alone for 15 min") as caught:
            fetch(sources)
        assert caught.value.facts["retry_after"] == 900
    assert len(server.asked) == 1


def test_the_next_process_keeps_the_quiet_the_last_was_asked_for(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.TOO_MANY)
    with pytest.raises(MapServerError):
        fetch_area(CENTRE, replace(sources, overpass_attempts=1), Told(), waits=Waits(busy_s=1.0))
    told = Told()
    fetch(sources, told=told)
    assert told.messages[0] == "The map server is busy, trying again in 1 s"


def test_asks_for_less_where_the_server_runs_out_of_memory(
    server: OverpassServer, sources: MapSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overpass, "PIECE_M2", 600.0 * 600.0)  # a quarter of this is less than the whole
    server.memory_limit_degrees = (CENTRE.top - CENTRE.bottom) * 0.9
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)
    assert len(server.asked) > 2


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.INTERNAL, "failed .status 500"),
        (Fault.HANG, "did not answer within 1.5 s"),
        (Fault.DRIP, "did not answer within 1.5 s"),
        (Fault.HANG_UP, "cannot be reached"),
        (Fault.DRIPPING_HEAD, "did not answer within 1.5 s"),
        (Fault.HEADERS, "cannot be reached"),
        (Fault.NESTED, "packed in a way that was not asked for"),
        (Fault.WRONG_LENGTH, "broke off|ends half-way|is damaged"),
        (Fault.GARBAGE, "is not a map server"),
        (Fault.TRUNCATED, "broke off"),
        (Fault.CUT_SHORT, "ends half-way"),
        (Fault.MANGLED, "is damaged"),
    ],
)
def test_passing_trouble(server: OverpassServer, sources: MapSources, fault: Fault, words: str) -> None:
    server.faults.append(fault)
    patience_s = 1.5 if fault in (Fault.HANG, Fault.DRIP, Fault.DRIPPING_HEAD) else 20.0
    with pytest.raises(MapServerError, match=words) as caught:
        fetch(replace(sources, overpass_timeout_s=patience_s))
    assert caught.value.transient
    assert len(server.asked) == 1
    assert not (sources.cache_dir / "overpass" / "work").exists()
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)


@pytest.mark.parametrize("fault", [Fault.BOMB, Fault.UNPACKED])
def test_an_answer_without_end_is_cut_off_where_the_setting_says(
    server: OverpassServer, sources: MapSources, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    largest = 0
    check = overpass_answers.Answers._check_room

    def watched(answers: overpass_answers.Answers, more_bytes: int) -> None:
        nonlocal largest
        largest = max(largest, *(file.stat().st_size for file in answers.folder.glob("answer-*")), 0)
        check(answers, more_bytes)

    monkeypatch.setattr(overpass_answers.Answers, "_check_room", watched)
    server.faults.append(fault)
    with pytest.raises(AreaTooLarge, match="more than 3 MB") as caught:
        fetch(replace(sources, overpass_max_mb=3))
    assert not caught.value.transient
    assert largest <= 3_000_000
    assert not (sources.cache_dir / "overpass" / "work").exists()
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)


def test_all_pieces_of_an_area_count_together(
    server: OverpassServer, sources: MapSources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overpass, "PIECE_M2", 300.0 * 300.0)
    with pytest.raises(AreaTooLarge, match="more than 1 MB"):
        fetch(replace(sources, overpass_max_mb=1), BBox.around(60.1715, 24.9443, 450, 450))
    assert len(server.asked) > 1


def test_a_download_leaves_room_on_the_disk(sources: MapSources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overpass_answers, "SPARE_BYTES", 10**18)
    with pytest.raises(StorageFull, match="hardly any room"):
        fetch(sources)
    assert not (sources.cache_dir / "overpass" / "work").exists()


def test_a_length_that_no_disk_could_hold_is_not_believed(server: OverpassServer, sources: MapSources) -> None:
    server.faults.append(Fault.HUGE_LENGTH)
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)


@pytest.mark.parametrize("number", ["9" * 400, "9" * 5000, "-1", "soon"])
def test_a_wait_that_is_no_number_of_seconds_is_not_believed(
    server: OverpassServer, sources: MapSources, number: str
) -> None:
    server.retry_after_s = number  # type: ignore[assignment]
    server.slot_wait_s = number  # type: ignore[assignment]
    server.faults.append(Fault.TOO_MANY)
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)


def test_leftovers_are_cleared_but_never_under_somebody_who_downloads(sources: MapSources) -> None:
    folder = sources.cache_dir / "overpass"
    clear_leftovers(folder)  # where nothing was ever downloaded
    with download_turn(folder, lambda: None):
        (folder / "work").mkdir()
        clear_leftovers(folder)
        assert (folder / "work").exists()
    clear_leftovers(folder)
    assert not (folder / "work").exists()


def test_a_server_always_out_of_memory(
    server: OverpassServer, sources: MapSources, caplog: pytest.LogCaptureFixture
) -> None:
    server.faults.extend([Fault.OUT_OF_MEMORY] * 9)
    with pytest.raises(AreaTooLarge, match="memory or time") as caught:
        fetch(sources)
    assert not caught.value.transient
    assert "3010 MB" in caplog.text
    assert "3010 MB" not in f"{caught.value.message} {caught.value.facts}", "a remark may hold anything"
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("fault", "words"),
    [(Fault.NOT_ACCEPTABLE, "introduces itself"), (Fault.ELSEWHERE, "has moved; its address has to be")],
)
def test_lasting_trouble(server: OverpassServer, sources: MapSources, fault: Fault, words: str) -> None:
    server.faults.append(fault)
    with pytest.raises(MapServerRefused, match=words) as caught:
        fetch(sources)
    assert not caught.value.transient
    assert caught.value.facts["http_status"] == int(fault)


def test_where_a_redirect_points_is_followed_by_nobody_and_told_to_the_log_alone(
    server: OverpassServer, sources: MapSources, helsinki: OsmData, caplog: pytest.LogCaptureFixture
) -> None:
    with OverpassServer(helsinki) as inside:
        server.elsewhere = f"{inside.url}/interpreter"
        server.faults.append(Fault.ELSEWHERE)
        with pytest.raises(MapServerRefused) as caught:
            fetch(sources)
        assert inside.asked == []
    assert "127.0.0.1" not in f"{caught.value.message} {caught.value.facts}"
    assert inside.url in caplog.text


def test_an_agent_without_a_name_is_told_so(sources: MapSources) -> None:
    with pytest.raises(MapServerRefused, match="introduces itself"):
        fetch(replace(sources, user_agent="python-requests/2.34"))


def test_a_contact_in_any_script_will_do(server: OverpassServer, sources: MapSources) -> None:
    fetch(replace(sources, user_agent="Mural (мурал@example.org)"))
    assert server.asked[0].user_agent == "Mural (?????@example.org)"


def test_a_server_that_is_not_there(sources: MapSources, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/api"
        with pytest.raises(MapServerError, match=r"^The map server cannot be reached\.$") as caught:
            fetch(replace(sources, overpass_url=address))
    assert caught.value.transient
    assert "127.0.0.1" in caplog.text


def test_a_name_that_does_not_resolve(sources: MapSources, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object) -> str:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "gethostbyname", unknown)
    monkeypatch.setattr("osmnx._http._original_getaddrinfo", unknown)
    with pytest.raises(MapServerError, match="map server cannot be found") as caught:
        fetch(replace(sources, overpass_url="http://maps.invalid/api"))
    assert caught.value.transient


@pytest.mark.parametrize("address", ["", "overpass", "http://"])
def test_an_address_that_is_none(sources: MapSources, address: str) -> None:
    with pytest.raises(MapServerRefused):
        fetch(replace(sources, overpass_url=address))


def test_leaves_the_process_as_it_was(server: OverpassServer, sources: MapSources) -> None:
    from osmnx import settings  # noqa: PLC0415  (as late as the product does)

    before = (socket.getaddrinfo, settings.overpass_url, settings.cache_only_mode, settings.requests_kwargs)
    server.faults.append(Fault.INTERNAL)
    with pytest.raises(MapServerError):
        fetch(sources)
    assert (
        socket.getaddrinfo,
        settings.overpass_url,
        settings.cache_only_mode,
        settings.requests_kwargs,
    ) == before


def test_only_one_download_at_a_time(server: OverpassServer, sources: MapSources) -> None:
    server.delay_s = 0.1
    told = [Told(), Told(), Told()]
    threads = [threading.Thread(target=fetch, args=(sources, CENTRE, each)) for each in told]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 3
    assert server.most_at_once == 1
    assert any("Waiting for another map download to finish" in each.messages for each in told)


def test_equal_downloads_are_made_once(server: OverpassServer, sources: MapSources) -> None:
    server.delay_s = 0.1
    kept: list[Area] = []
    got: list[Area] = []

    def known() -> Area | None:
        return kept[0] if kept else None

    def one() -> None:
        got.append(fetch_area(CENTRE, sources, Told(), known=known, keep=kept.append, waits=WAITS))

    threads = [threading.Thread(target=one) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 1
    assert got == kept * 3


def test_a_killed_process_leaves_the_way_clear(server: OverpassServer, sources: MapSources) -> None:
    work = sources.cache_dir / "overpass" / "work"
    server.faults.append(Fault.HANG)
    script = (
        "import sys; from pathlib import Path; from mural.geo.bbox import BBox; from mural.geo.overpass import *\n"
        "cache = Path(sys.argv[1])\n"
        "sources = MapSources(extracts_dir=cache, samples_dir=cache, cache_dir=cache, overpass_url=sys.argv[2],"
        " user_agent='Mural')\n"
        "fetch_area(BBox(24.94, 60.17, 24.95, 60.18), sources, print)"
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", script, str(sources.cache_dir), server.url]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL) as process:
        wait_until(lambda: server.asked or process.poll() is not None)
        assert process.poll() is None
        assert work.is_dir()
        process.kill()
    assert counts(fetch(sources)) == pytest.approx(straight(), rel=0.01)
    assert not work.exists()
