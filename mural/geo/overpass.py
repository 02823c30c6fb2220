"""Fetch the map of a bbox from an Overpass server: OSMnx asks, osmium reads.

OSMnx writes the query, cuts large areas into pieces and sends one request at a time. Its answers never reach it: a hook
of requests, which OSMnx lets its users set, takes them on the way into files that osmium reads at C++ speed, and raises
before OSMnx would sleep and try again without end. docs/decisions/0003-overpass.md says why.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import osmium
import requests
from urllib3.exceptions import NameResolutionError

from mural.errors import AreaTooLarge, BrokenExtract, MapServerError, MapServerRefused
from mural.geo.antimeridian import halves, join
from mural.geo.bbox import BBox
from mural.geo.deadline import Deadline
from mural.geo.download_turn import DOWNLOADS, WORK, Turn, download_turn
from mural.geo.extract import OSMIUM_ERRORS, read_area
from mural.geo.layers import Area
from mural.geo.overpass_answers import Answers, ServerBusyError, TooMuchAskedError, too_slow, whole_number
from mural.geo.overpass_query import outline, pieces, query_tags
from mural.net.errors import OutgoingError
from mural.net.fetch import Bounds, fetch
from mural.net.targets import NamedBy
from mural.worker.protocol import MapSources

log = logging.getLogger(__name__)

Report = Callable[[str, float], None]
"""Called with a sentence and how much is done, 0 to 1."""

SOURCE: Final = "overpass"
PIECE_M2: Final = 50_000.0 * 50_000.0
"""The largest area asked for in one request, in square metres; OSMnx's own choice."""

CONNECT_TIMEOUT_S: Final = 10.0
STATUS_BYTES: Final = 1 << 16
"""As much as anybody reads of the page on which a server tells of its slots."""

USUAL_BYTES: Final = 10_000_000
"""The size of an answer at which progress stands at one half when the server announces none; most do not."""

DOWNLOAD_SHARE: Final = 0.9
"""The part of the progress that the download takes; reading is the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long to wait, in seconds: ``busy_s`` when first told to, doubled each time, never more than ``longest_s``."""

    busy_s: float = 30.0
    longest_s: float = 300.0
    poll_s: float = 0.5


def fetch_area(
    bbox: BBox,
    sources: MapSources,
    report: Report,
    *,
    known: Callable[[], Area | None] | None = None,
    keep: Callable[[Area], None] | None = None,
    waits: Waits | None = None,
) -> Area:
    """Download every layer of a bbox (degrees, EPSG:4326) and read it; an Area without layers is truly empty.

    Only one process of the installation (of those sharing ``sources.cache_dir``) downloads at a time. ``known`` is
    asked once the turn has come, because another process may have fetched the same meanwhile; ``keep`` is given the new
    Area before the turn passes on. Raises MapServerError, or MapServerRefused or AreaTooLarge when trying again cannot
    help.
    """
    if not sources.overpass_url:
        raise MapServerRefused("No map server is configured.")
    folder = sources.cache_dir / DOWNLOADS
    waits = waits or Waits()
    waiting = "Waiting for another map download to finish"
    with download_turn(folder, lambda: report(waiting, 0.0), poll_s=waits.poll_s) as turn:
        area = known() if known else None
        if area is None:
            with _workspace(folder / WORK) as workspace:
                area = _Download(bbox, sources, report, waits, turn, workspace).run()
            if keep:
                keep(area)
    return area


@contextmanager
def _workspace(folder: Path) -> Iterator[Path]:
    """Provide an empty folder, also where a killed process left one; whoever has the turn is alone in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(slots=True)
class _Download:
    """One area on its way from the server into a folder of its own."""

    bbox: BBox
    sources: MapSources
    report: Report
    waits: Waits
    turn: Turn
    folder: Path
    answers: Answers = field(init=False)
    piece_m2: float = field(init=False)
    pieces: int = field(init=False)
    fraction: float = 0.0

    def __post_init__(self) -> None:
        sources = self.sources
        self.answers = Answers(
            self.folder, sources.overpass_timeout_s, sources.overpass_max_mb * 1_000_000, self._received
        )
        self.piece_m2 = PIECE_M2
        self.pieces = pieces(self.bbox, self.piece_m2)

    def run(self) -> Area:
        """Download, put the pieces together and read them."""
        self._wait(self.turn.quiet_s())
        self._ask_patiently()
        self.report("Reading the map data", DOWNLOAD_SHARE)
        try:
            path = _merged(self.answers.files, self.folder)
            area = join(self.bbox, [(read_area(path, half), east) for half, east in halves(self.bbox)])
        except (BrokenExtract, *OSMIUM_ERRORS) as error:  # reading it, and putting pieces together
            raise MapServerError("The map server's answer is damaged.") from error
        return replace(area, source=SOURCE)

    def _ask_patiently(self) -> None:
        failures = 0
        while True:
            answered = len(self.answers.files)
            self.report("Asking the map server", self.fraction)
            try:
                self._ask()
            except (ServerBusyError, TooMuchAskedError) as trouble:
                failures = 1 if len(self.answers.files) > answered else failures + 1
                self._after(trouble, failures)
            else:
                return

    def _after(self, trouble: ServerBusyError | TooMuchAskedError, failures: int) -> None:
        """Prepare the next attempt, or give up."""
        last = failures >= self.sources.overpass_attempts
        if isinstance(trouble, TooMuchAskedError):
            if last:
                log.warning("The map server gave up: %.500s", trouble)
                raise AreaTooLarge(
                    "The map server ran out of memory or time over this area; a smaller one may work."
                ) from trouble
            self.piece_m2 /= 4
            self.pieces = len(self.answers.files) + pieces(self.bbox, self.piece_m2)
            return
        slot_s = self._slot_wait_s() if trouble.limited else 0.0
        patience_s = min(self.waits.busy_s * 2 ** (failures - 1), self.waits.longest_s)
        wait_s = max(patience_s, trouble.retry_after_s, slot_s)
        self.turn.keep_quiet(wait_s)
        if last:
            raise MapServerError(
                f"The map server was busy all {failures} times it was asked.", retry_after=math.ceil(wait_s)
            ) from trouble
        self._wait(wait_s)

    def _wait(self, seconds: float) -> None:
        if seconds > self.waits.longest_s:
            raise MapServerError(
                f"The map server is overloaded and wants to be left alone for {math.ceil(seconds / 60)} min.",
                retry_after=math.ceil(seconds),
            )
        until = time.monotonic() + seconds
        while (left_s := until - time.monotonic()) > 0:
            self.report(f"The map server is busy, trying again in {math.ceil(left_s)} s", self.fraction)
            time.sleep(min(1.0, left_s))

    def _ask(self) -> None:
        """Let OSMnx ask for every piece that has not been answered yet."""
        # Costs a second and 100 MB that only a process which really downloads should spend.
        import osmnx  # noqa: PLC0415

        timeout_s = self.sources.overpass_timeout_s
        # A head may trickle in as slowly as its body; requests only limits the pauses between two bytes.
        with (
            Deadline(2 * timeout_s, lambda: too_slow(timeout_s)) as deadline,
            _osmnx_settings(self._settings(deadline)),
        ):
            try:
                for half, _ in halves(self.bbox):
                    with suppress(osmnx._errors.CacheOnlyInterruptError):  # noqa: SLF001  (has no public name)
                        osmnx.features_from_polygon(outline(half), query_tags())
            except requests.Timeout as error:
                raise too_slow(timeout_s) from error
            except requests.exceptions.SSLError as error:
                raise self._unreachable(error, MapServerRefused("The map server has no valid certificate.")) from error
            except requests.ConnectionError as error:
                raise self._unreachable(error, MapServerError(_reason(error))) from error
            except requests.RequestException as error:
                raise MapServerRefused("The configured address of the map server is not one.") from error

    def _unreachable(self, error: Exception, told: MapServerError) -> MapServerError:
        """Name the host in the log alone: it may be inside a network that is nobody else's business."""
        log.warning("%s %s: %.300s", told.message, urlsplit(self.sources.overpass_url).hostname, error)
        return told

    def _settings(self, deadline: Deadline) -> dict[str, Any]:
        def catch(response: requests.Response, *_: Any, **__: Any) -> None:
            self.answers.catch(response)
            deadline.begin()

        # The server gives up a little before we do, and so has the time to say why.
        server_timeout_s = max(1, int(self.sources.overpass_timeout_s * 0.9))
        return {
            "overpass_url": self.sources.overpass_url,
            "overpass_settings": f"[out:xml][timeout:{server_timeout_s}]{{maxsize}}",
            "overpass_rate_limit": False,  # its reading of /status recurses without end; 429 is waited out here
            "max_query_area_size": self.piece_m2,
            "requests_timeout": (CONNECT_TIMEOUT_S, self.sources.overpass_timeout_s),
            # Not following redirects: only the configured host is ever asked.
            "requests_kwargs": {"hooks": {"response": catch}, "allow_redirects": False},
            "http_user_agent": self._agent(),
            "http_referer": self._agent(),
            "doh_url_template": None,  # no public resolver learns what we look for
            "use_cache": True,  # within this download: pieces answered before a wait are not asked for again
            "cache_folder": self.folder / "answered",
            "cache_only_mode": True,
        }

    def _agent(self) -> str:
        # Headers are ASCII; a contact in another script must not keep every request from being sent.
        return self.sources.user_agent.encode("ascii", "replace").decode()

    def _slot_wait_s(self) -> float:
        """Ask the server when it has a slot for us; 0 when it does not say."""
        url = self.sources.overpass_url.rstrip("/") + "/status"
        bounds = Bounds(timeout_s=CONNECT_TIMEOUT_S, max_bytes=STATUS_BYTES)
        try:
            answer = fetch(url, NamedBy.SETTINGS, bounds, headers={"User-Agent": self._agent()})
        except OutgoingError:
            return 0.0
        said = answer.body.decode(errors="replace")
        slots = [whole_number(seconds) for seconds in re.findall(r"in (\d+) seconds", said)]
        return float(min((seconds for seconds in slots if seconds is not None), default=0))

    def _received(self, received: int, announced: int | None) -> None:
        done = len(self.answers.files)
        part = min(1.0, received / announced) if announced else received / (received + USUAL_BYTES)
        total = max(self.pieces, done + 1)
        self.fraction = max(self.fraction, DOWNLOAD_SHARE * (done + part) / total)
        of = f" of {announced / 1e6:.1f}" if announced else ""
        piece = f", part {done + 1} of about {total}" if total > 1 else ""
        self.report(f"Downloading map data: {received / 1e6:.1f}{of} MB{piece}", self.fraction)


def _merged(files: list[Path], folder: Path) -> Path:
    """Put sorted answers together into one sorted file, each element once; return its path."""
    merged = files[0]
    for number, piece in enumerate(files[1:]):
        together = folder / f"merged-{number}.osm.pbf"
        merger = osmium.MergeInputReader()
        merger.add_file(str(piece))
        reader, writer = osmium.io.Reader(str(merged)), osmium.io.Writer(str(together))
        try:
            merger.apply_to_reader(reader, writer)
        finally:
            reader.close()
            writer.close()
        merged.unlink()  # areas of several pieces are large, and disks are not
        piece.unlink()
        merged = together
    return merged


def _reason(error: requests.ConnectionError) -> str:
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(reason, NameResolutionError):
        return "The map server cannot be found; this machine may have no network."
    return "The map server cannot be reached."


@contextmanager
def _osmnx_settings(values: dict[str, Any]) -> Iterator[None]:
    """Set OSMnx's global settings, and put back what it and we have changed in the process."""
    from osmnx import settings  # noqa: PLC0415  (see _ask)

    before = {name: getattr(settings, name) for name in values}
    resolver = socket.getaddrinfo  # OSMnx replaces it so that a name keeps its address
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        socket.getaddrinfo = resolver
        for name, value in before.items():
            setattr(settings, name, value)
