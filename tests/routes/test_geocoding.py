"""Places by name and names by place, over the real index of places."""

from __future__ import annotations

import pytest

from mural.errors import GeocodingError
from routes.places.schemas import GeocodeBatchOut, LocationOut, SuggestionsOut
from tests.support.api import V1, Api, Visitor

GEOCODE = f"{V1}/geocode"


def test_a_city_is_found_and_known_the_second_time(ann: Visitor) -> None:
    first, second = (ann.get(f"{GEOCODE}?city=Turku&country=Finland").get_json() for _ in range(2))
    LocationOut.model_validate(first)
    assert (first["city"], first["country"], round(first["latitude"]), first["cached"]) == (
        "Turku",
        "Finland",
        60,
        False,
    )
    assert second == first | {"cached": True}


def test_a_city_that_nobody_knows_is_a_404(ann: Visitor) -> None:
    answer = ann.get(f"{GEOCODE}?city=Xyzzyqwv&country=Finland")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "Location not found")


def test_an_ambiguous_city_comes_with_its_candidates(ann: Visitor) -> None:
    body = ann.get(f"{GEOCODE}?city=Springfield&country=United States").get_json()
    LocationOut.model_validate(body)
    assert len(body["candidates"]) > 1


@pytest.mark.parametrize(
    ("q", "name"), [("helsin", "Helsinki"), ("東京", "Tokyo"), ("Москв", "Moscow"), ("القاهر", "Cairo")]
)
def test_places_are_suggested_in_any_script(ann: Visitor, q: str, name: str) -> None:
    body = ann.get(f"{GEOCODE}/suggest", query_string={"q": q, "limit": 5}).get_json()
    SuggestionsOut.model_validate(body)
    assert name in {place["name"] for place in body["suggestions"]}
    assert len(body["suggestions"]) <= 5


def test_a_point_has_a_name(ann: Visitor) -> None:
    body = ann.get(f"{GEOCODE}/reverse?lat=60.17&lon=24.94").get_json()
    LocationOut.model_validate(body)
    assert body["country"] == "Finland"


def test_of_several_cities_each_succeeds_or_fails_by_itself(ann: Visitor) -> None:
    wanted = [{"city": "Helsinki", "country": "Finland"}, {"city": "Xyzzyqwv", "country": "Finland"}]
    answer = ann.post(f"{GEOCODE}/batch", json={"locations": wanted})
    body = answer.get_json()
    GeocodeBatchOut.model_validate(body)
    assert (answer.status_code, body["total"], body["successful"], body["failed"]) == (200, 2, 1, 1)
    assert [result["success"] for result in body["results"]] == [True, False]
    assert body["results"][1]["error"] == "Not found"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("?city=Helsinki", "country"),
        ("?country=Finland", "city"),
        ("?city=!!!&country=Finland", "city"),
        ("?city=Helsinki&country=Finland&zip=1", "zip"),
        ("/suggest", "q"),
        ("/suggest?q=a&limit=21", "limit"),
        ("/suggest?q=%0A", "q"),
        ("/reverse?lat=91&lon=0", "lat"),
        ("/reverse?lat=0&lon=nan", "lon"),
        ("/reverse?lat=0", "lon"),
    ],
)
def test_a_question_with_a_fault_is_refused_by_its_field(ann: Visitor, path: str, field: str) -> None:
    answer = ann.get(GEOCODE + path)
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)


@pytest.mark.parametrize("locations", [[], [{"city": "Oslo", "country": "Norway"}] * 51, "Oslo", None])
def test_a_batch_has_one_to_fifty_places(ann: Visitor, locations: object) -> None:
    answer = ann.post(f"{GEOCODE}/batch", json={"locations": locations})
    assert (answer.status_code, answer.get_json()["field"]) == (400, "locations")
    assert ann.get(f"{GEOCODE}/batch").status_code == 405


def test_when_to_ask_again_is_told_in_the_header_too(fresh_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise GeocodingError("The place server did not answer in time.", retry_after=5)

    monkeypatch.setattr(type(fresh_api.services.geocoding), "geocode", silent)
    answer = fresh_api.visitor().get(f"{GEOCODE}?city=Helsinki&country=Finland")
    assert (answer.status_code, answer.headers["Retry-After"], answer.get_json()["retry_after"]) == (503, "5", 5)
