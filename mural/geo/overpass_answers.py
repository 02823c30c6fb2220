"""Take what an Overpass server answers: map data goes to a file, all else becomes an error that says what happened.

An Overpass server reports trouble in five ways: a status code, a page of HTML with status 200, a remark after the data,
data that simply stop, and silence. Only an answer that is none of these may be believed when it is empty.
"""

from __future__ import annotations

import io
import logging
import re
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError

from mural.errors import AreaTooLarge, MapServerError, MapServerRefused, StorageFull

log = logging.getLogger(__name__)

CHUNK_BYTES: Final = 1 << 18
EDGE_BYTES: Final = 4096
"""How much of an answer's beginning and end is looked at; remarks stand at the end, pages of HTML are short."""

SPARE_BYTES: Final = 100_000_000
"""Room on the disk that a download leaves to everybody else."""

ENCODINGS: Final = frozenset(("", "identity", "gzip", "deflate"))
"""How an answer may be packed: once, in a way that every server knows."""

BUSY_STATUSES: Final = frozenset((429, 502, 503, 504))
BUSY_PAGE: Final = re.compile(rb"Dispatcher_Client|duplicate_query|rate_limited|too busy")
LONGEST_NUMBER: Final = 15
"""Digits; more of them are more than any count of bytes or seconds, and would not fit into a float."""

REMARK: Final = re.compile(rb"<remark>\s*(.*?)\s*</remark>", re.DOTALL)
TOO_MUCH: Final = re.compile(r"out of memory|timed out", re.IGNORECASE)

REFUSALS: Final = {
    400: "The map server does not understand the question it was asked.",
    401: "The map server wants a password.",
    403: "The map server does not serve this installation.",
    404: "There is no map server at the configured address.",
    406: "The map server does not accept how this installation introduces itself; set a contact address.",
}

NOTHING_FOR_OSMNX: Final = b'{"elements": []}'


class ServerBusyError(Exception):
    """The server wants to be asked again later, after ``retry_after_s`` if it said so."""

    def __init__(self, message: str, *, retry_after_s: float = 0.0, limited: bool = False) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        self.limited = limited


class TooMuchAskedError(Exception):
    """The server ran out of memory or time over the question; a smaller one may do."""


@dataclass(slots=True)
class Answers:
    """The answers to one download, each in a file of its own; a requests hook that OSMnx's requests pass through.

    ``received`` is told the bytes that have come over the wire of the present answer, and how many were announced. All
    answers together may have ``max_bytes`` once they are unpacked: a few kilobytes can unpack to any size.
    """

    folder: Path
    timeout_s: float
    max_bytes: int
    received: Callable[[int, int | None], None]
    files: list[Path] = field(default_factory=list)
    kept_bytes: int = 0

    def catch(self, response: requests.Response, *_: Any, **__: Any) -> None:
        """Keep the map data of a response, and leave OSMnx an empty answer to note as received."""
        path = self.folder / f"answer-{len(self.files)}.osm"
        with closing(response.raw) as raw:
            check_status(response)
            _check_packing(response)
            try:
                self._save(raw, whole_number(response.headers.get("Content-Length")), path)
            except ReadTimeoutError as error:
                raise too_slow(self.timeout_s) from error
            except HTTPError as error:
                raise MapServerError("The map server's answer broke off on the way.") from error
        check_body(path)
        self.files.append(path)
        response.raw = io.BytesIO(NOTHING_FOR_OSMNX)

    def _save(self, raw: Any, expected: int | None, path: Path) -> None:
        deadline = time.monotonic() + self.timeout_s
        self._check_room(expected or 0)
        with path.open("wb") as file:
            # read1 returns what has come, however little, so that a trickle cannot outlast the deadline.
            while chunk := raw.read1(CHUNK_BYTES, decode_content=True):
                self._check_room(len(chunk))
                file.write(chunk)
                self.kept_bytes += len(chunk)
                self.received(raw.tell(), expected)
                if time.monotonic() > deadline:
                    raise too_slow(self.timeout_s)

    def _check_room(self, more_bytes: int) -> None:
        if self.kept_bytes + more_bytes > self.max_bytes:
            raise AreaTooLarge(
                f"The map of this area has more than {self.max_bytes / 1e6:g} MB, which is too much to download; "
                "a smaller one may work."
            )
        if shutil.disk_usage(self.folder).free < more_bytes + SPARE_BYTES:
            raise StorageFull("There is hardly any room left on the disk, so no map can be downloaded.")


def whole_number(text: str | None) -> int | None:
    """Read a number that a server has sent; None where it is none, or too long to be meant."""
    return int(text) if text and text.isdecimal() and len(text) <= LONGEST_NUMBER else None


def too_slow(timeout_s: float) -> MapServerError:
    """Make the error of a server that takes longer than it may."""
    return MapServerError(f"The map server did not answer within {timeout_s:g} s.")


def check_status(response: requests.Response) -> None:
    """Raise what a status other than 200 means."""
    status = response.status_code
    if status == requests.codes.ok:
        return
    if status in BUSY_STATUSES:
        retry_after_s = float(whole_number(response.headers.get("Retry-After")) or 0)
        limited = status == requests.codes.too_many_requests
        raise ServerBusyError("The map server is busy.", retry_after_s=retry_after_s, limited=limited)
    if response.is_redirect:
        # To the log alone: where it points is the host's business, and may be inside the host's network.
        log.warning("The map server has moved to %.200r; set that as OVERPASS_URL", response.headers.get("Location"))
        raise MapServerRefused("The map server has moved; its address has to be set anew.", http_status=status)
    if requests.codes.bad_request <= status < requests.codes.internal_server_error:
        message = REFUSALS.get(status, f"The map server refuses to answer (status {status}).")
        raise MapServerRefused(message, http_status=status)
    raise MapServerError(f"The map server failed (status {status}).", http_status=status)


def _check_packing(response: requests.Response) -> None:
    packing = response.headers.get("Content-Encoding", "").strip().lower()
    if packing not in ENCODINGS:
        log.warning("The map server packs its answers as %.200r", packing)
        raise MapServerError("The map server's answer is packed in a way that was not asked for.")


def check_body(path: Path) -> None:
    """Raise what an answer is, unless it is a whole one with map data or with truly nothing there."""
    with path.open("rb") as file:
        head = file.read(EDGE_BYTES)
        file.seek(max(0, path.stat().st_size - EDGE_BYTES))
        tail = file.read()
    if b"<osm" not in head:
        if BUSY_PAGE.search(head):
            raise ServerBusyError("The map server is busy.")
        raise MapServerError("What answered at the map server's address is not a map server.")
    if not tail.rstrip().endswith(b"</osm>"):
        raise MapServerError("The map server's answer ends half-way.")
    found = REMARK.search(tail)
    remark = found[1].decode(errors="replace") if found else ""
    if TOO_MUCH.search(remark):
        raise TooMuchAskedError(remark)
    if "error" in remark:
        log.warning("The map server failed while it was answering: %.500s", remark)
        raise MapServerError("The map server failed while it was answering.")
