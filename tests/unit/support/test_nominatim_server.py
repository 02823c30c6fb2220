"""The stand-in for Nominatim: real clients are content with it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from geopy.adapters import URLLibAdapter
from geopy.exc import GeocoderParseError, GeocoderRateLimited, GeocoderServiceError, GeocoderTimedOut
from geopy.geocoders import Nominatim

from tests.support.nominatim_server import NominatimServer, Places
from tests.support.outside import Fault


@pytest.fixture(scope="module")
def places() -> Places:
    return Places()


@pytest.fixture
def nominatim(places: Places) -> Iterator[NominatimServer]:
    with NominatimServer(places) as server:
        yield server


def client(server: NominatimServer, timeout_s: float = 20.0) -> Nominatim:
    domain = server.root.removeprefix("http://")
    return Nominatim(
        user_agent="Mural (tests)",
        domain=domain,
        scheme="http",
        timeout=timeout_s,
        adapter_factory=URLLibAdapter,  # the other one tries again by itself
    )


def candidates(server: NominatimServer, query: str, **more: Any) -> list[dict[str, Any]]:
    found = client(server).geocode(query, exactly_one=False, addressdetails=True, **more)
    return [place.raw for place in found or ()]


@pytest.mark.parametrize("query", ["Helsinki", "helsingfors, Finland", "Хельсинки", "ヘルシンキ"])
def test_finds_a_city_by_any_of_its_names(nominatim: NominatimServer, query: str) -> None:
    [helsinki] = candidates(nominatim, query)
    assert (helsinki["addresstype"], helsinki["display_name"]) == ("city", "Helsinki, Finland")
    assert (float(helsinki["lat"]), float(helsinki["lon"])) == pytest.approx((60.17, 24.94), abs=0.01)
    assert helsinki["address"]["country_code"] == "fi"
    assert nominatim.asked[0].user_agent == "Mural (tests)"


def test_namesakes_are_told_apart(nominatim: NominatimServer) -> None:
    assert len({place["display_name"] for place in candidates(nominatim, "Springfield")}) > 3
    [one] = candidates(nominatim, "Springfield, Illinois, United States")
    assert one["address"]["state"] == "Illinois"
    assert len(candidates(nominatim, "Springfield", limit=2)) == 2


def test_the_county_comes_before_its_city(nominatim: NominatimServer) -> None:
    assert [place["addresstype"] for place in candidates(nominatim, "Honolulu")] == ["county", "city"]


def test_what_is_not_there(nominatim: NominatimServer) -> None:
    assert candidates(nominatim, "Brigadoon") == []


def test_reverse(nominatim: NominatimServer) -> None:
    place = client(nominatim).reverse((60.1715, 24.9443))
    assert place.raw["address"]["city"] == "Helsinki"
    assert client(nominatim).reverse((0.0, -30.0)) is None


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.TOO_MANY, GeocoderRateLimited),
        (Fault.INTERNAL, GeocoderServiceError),
        (Fault.GARBAGE, GeocoderParseError),
        (Fault.CUT_SHORT, GeocoderParseError),
        (Fault.HANG, GeocoderTimedOut),
    ],
)
def test_faults_reach_the_client(nominatim: NominatimServer, fault: Fault, error: type[Exception]) -> None:
    nominatim.faults.append(fault)
    with pytest.raises(error):
        client(nominatim, 0.3 if fault is Fault.HANG else 20.0).geocode("Helsinki")


def test_an_empty_answer_and_then_a_right_one(nominatim: NominatimServer) -> None:
    nominatim.faults.append(Fault.EMPTY)
    assert candidates(nominatim, "Helsinki") == []
    assert len(candidates(nominatim, "Helsinki")) == 1


def test_faults_can_be_told_from_another_process(nominatim: NominatimServer) -> None:
    requests.post(f"{nominatim.root}/faults", data="429 503", timeout=20)
    search = f"{nominatim.root}/search?q=Helsinki"
    nominatim.retry_after_s = 7
    answers = [requests.get(search, headers={"User-Agent": "Mural"}, timeout=20) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"


def test_a_library_s_own_name_is_not_accepted(nominatim: NominatimServer) -> None:
    assert requests.get(f"{nominatim.root}/search?q=Helsinki", timeout=20).status_code == 406
