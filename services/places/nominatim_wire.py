"""How a place server is asked over the wire: by plain GET through the one door to other hosts.

No redirect is followed, wherever it points; an answer has MAX_BYTES at most and must not be packed; and the time is for
all of it, not for each byte.
"""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

from infra.outgoing import Answer, Bounds, NamedBy, OutgoingError, TooLarge, TooSlow, Unreadable, get

log = logging.getLogger(__name__)

MAX_BYTES: Final = 1_000_000
"""Ten places with their addresses take some 10 KB."""


class GeocoderMoved(GeocoderServiceError):  # type: ignore[misc]  # geopy ships no types
    """The server points elsewhere."""


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]
    """What geopy asks through."""

    def __init__(self, *, proxies: Mapping[str, str] | None, ssl_context: ssl.SSLContext) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._ssl_context = ssl_context

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        """Ask and read the answer's JSON; raises a GeocoderServiceError or AdapterHTTPError."""
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError(f"not JSON: {error}") from error

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        """Ask; raises a GeocoderServiceError or AdapterHTTPError."""
        bounds = Bounds(timeout_s=timeout, max_bytes=MAX_BYTES)
        try:
            answer = get(url, NamedBy.SETTINGS, bounds, headers=headers, context=self._ssl_context)
        except TooSlow as error:
            raise GeocoderTimedOut("timed out") from error
        except (TooLarge, Unreadable) as error:
            raise GeocoderParseError(str(error)) from error
        except OutgoingError as error:
            log.warning("The place server cannot be reached: %s", error)
            raise GeocoderUnavailable("unreachable") from error
        if not HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(answer)
        return answer.body.decode("utf-8", "replace")


def _refusal(answer: Answer) -> Exception:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if "location" in headers and answer.status < HTTPStatus.BAD_REQUEST:
        log.warning("The place server has moved to %.200r; set that as NOMINATIM_URL", headers["location"])
        moved: Exception = GeocoderMoved("moved")
        return moved
    refused: Exception = AdapterHTTPError("refused", status_code=answer.status, headers=headers, text="")
    return refused
