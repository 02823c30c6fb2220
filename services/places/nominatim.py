"""Ask a Nominatim server where a place is, within its usage policy.

At most one request at a time and one a second for the whole installation, with a User-Agent that names it and whom to
write to (https://operations.osmfoundation.org/policies/nominatim/). Caching is the caller's part.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from geopy import exc
from geopy.geocoders import Nominatim

from mural.errors import GeocodingError, TooMany
from mural.geo.gazetteer.names import tidy
from services.places.nominatim_wire import BoundedAdapter, GeocoderMoved

log = logging.getLogger(__name__)

MIN_INTERVAL_S: Final = 1.0
TIMEOUT_S: Final = 8.0
MOST_WAITING: Final = 8
"""Callers that may stand in line; with one request a second, whoever comes later had better come back."""

_RESULTS_ASKED: Final = 10
_LONGEST_SHOWN: Final = 300
"""Characters of a place's name that are shown; whoever answers may send any text."""

_PAUSE_AFTER_FAILURE_S: Final = 5.0
_PAUSE_AFTER_REFUSAL_S: Final = 60.0
_LONGEST_PAUSE_S: Final = 3600.0

_SETTLEMENT_TYPES: Final = ("city", "town", "village", "hamlet", "municipality")
"""Nominatim's address types that a poster of a town means; the county of the same name may lie elsewhere."""

_UNREADABLE: Final = "The place server's answer cannot be understood."


@dataclass(frozen=True, slots=True, kw_only=True)
class NominatimSettings:
    """Which server to ask, and how to introduce oneself."""

    url: str
    user_agent: str
    min_interval_s: float = MIN_INTERVAL_S
    timeout_s: float = TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPlace:
    """One of the server's answers: degrees north and east (EPSG:4326); ``importance`` is 0 to 1."""

    display_name: str
    latitude: float
    longitude: float
    is_settlement: bool
    importance: float


class NominatimServer:
    """A Nominatim server and the line of those who wait for it. Safe to share between (green) threads."""

    def __init__(self, settings: NominatimSettings) -> None:
        address = urlsplit(settings.url)
        self._interval_s = settings.min_interval_s
        self._waiting = threading.BoundedSemaphore(MOST_WAITING)
        self._turn = threading.Lock()
        self._next_request_at = 0.0
        self._quiet_until = 0.0
        self._geocoder = Nominatim(
            scheme=address.scheme,
            domain=f"{address.netloc}{address.path}",
            # Headers are ASCII; a contact in another script must not keep every request from being sent.
            user_agent=settings.user_agent.encode("ascii", "replace").decode(),
            timeout=settings.timeout_s,
            adapter_factory=BoundedAdapter,
        )

    def search(self, query: str) -> list[FoundPlace]:
        """Find places by free text, settlements first, else in the server's order.

        Raises GeocodingError when the server fails or refuses, TooMany when the line is too long.
        """
        if not self._waiting.acquire(blocking=False):
            raise TooMany("Too many places are being looked up just now.", retry_after_s=MOST_WAITING)
        try:
            with self._turn:
                self._await_turn()
                with self._failures_as_ours():
                    answers = self._geocoder.geocode(
                        query, exactly_one=False, limit=_RESULTS_ASKED, addressdetails=True, language="en"
                    )
                    places = [_read(answer.raw) for answer in (answers or ())[:_RESULTS_ASKED]]
        finally:
            self._waiting.release()
        return sorted(places, key=lambda place: not place.is_settlement)

    def _await_turn(self) -> None:
        now_s = time.monotonic()
        if now_s < self._quiet_until:
            wait_s = math.ceil(self._quiet_until - now_s)
            raise GeocodingError("The place server had trouble a moment ago. Try again soon.", retry_after=wait_s)
        time.sleep(max(0.0, self._next_request_at - now_s))
        self._next_request_at = time.monotonic() + self._interval_s

    @contextmanager
    def _failures_as_ours(self) -> Iterator[None]:
        try:
            yield
        except exc.GeocoderRateLimited as error:
            pause_s = min(max(error.retry_after or _PAUSE_AFTER_REFUSAL_S, _PAUSE_AFTER_REFUSAL_S), _LONGEST_PAUSE_S)
            raise self._failed("The place server asks for fewer requests.", pause_s) from error
        except (exc.GeocoderInsufficientPrivileges, exc.GeocoderAuthenticationFailure) as error:
            raise self._failed("The place server refuses this installation.", _PAUSE_AFTER_REFUSAL_S) from error
        except GeocoderMoved as error:
            raise self._failed(
                "The place server has moved; its address has to be set anew.", _PAUSE_AFTER_REFUSAL_S
            ) from error
        except exc.GeocoderTimedOut as error:
            raise self._failed("The place server did not answer in time.") from error
        except exc.GeocoderParseError as error:
            raise self._failed(_UNREADABLE) from error
        except exc.GeopyError as error:
            raise self._failed("The place server cannot be reached or is in trouble.") from error
        except (
            ArithmeticError,
            AttributeError,
            KeyError,
            TypeError,
            ValueError,
        ) as error:  # JSON of another shape than Nominatim's
            raise self._failed(_UNREADABLE) from error

    def _failed(self, sentence: str, pause_s: float = _PAUSE_AFTER_FAILURE_S) -> GeocodingError:
        self._quiet_until = time.monotonic() + pause_s
        log.warning("%s It is left alone for %d s.", sentence, pause_s)
        return GeocodingError(sentence, retry_after=math.ceil(pause_s))


def _read(answer: dict[str, Any]) -> FoundPlace:
    latitude, longitude = float(answer["lat"]), float(answer["lon"])
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"off the globe: {latitude}, {longitude}")
    importance = float(answer.get("importance") or 0.0)
    if not math.isfinite(importance):
        raise ValueError(f"no importance: {importance}")
    kind = answer.get("addresstype") or answer.get("type")  # servers before 4.3 know the second only
    return FoundPlace(
        display_name=tidy(str(answer["display_name"])[:_LONGEST_SHOWN]),
        latitude=latitude,
        longitude=longitude,
        is_settlement=kind in _SETTLEMENT_TYPES,
        importance=importance,
    )
