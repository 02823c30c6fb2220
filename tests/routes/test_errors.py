"""Every error has the one shape, and nothing that a client sends makes an answer impossible."""

from __future__ import annotations

import json

import pytest

from routes.web.security import MAX_BODY_BYTES
from tests.support.api import HELSINKI, V1, Api, Visitor

POSTERS = f"{V1}/posters"


def send(visitor: Visitor, text: str | bytes, content_type: str = "application/json") -> tuple[int, dict]:
    answer = visitor.post(POSTERS, data=text, content_type=content_type)
    assert answer.mimetype == "application/json"
    return answer.status_code, answer.get_json()


def test_an_address_that_is_not_there_is_a_404_in_json(ann: Visitor) -> None:
    answer = ann.get(f"{V1}/nothing")
    assert answer.status_code == 404
    assert answer.get_json().keys() == {"error", "message"}
    assert answer.get_json()["error"] == "Not Found"


def test_a_wrong_method_is_a_405_that_names_the_right_ones(ann: Visitor) -> None:
    answer = ann.put(POSTERS, json={})
    assert (answer.status_code, answer.get_json()["error"]) == (405, "Method Not Allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_body_that_is_too_large_is_a_413(ann: Visitor) -> None:
    status, body = send(ann, json.dumps(HELSINKI | {"city": "x" * MAX_BODY_BYTES}))
    assert (status, body["error"]) == (413, "Request Entity Too Large")


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", ""])
def test_a_body_of_another_type_is_a_415(ann: Visitor, content_type: str) -> None:
    status, body = send(ann, json.dumps(HELSINKI), content_type)
    assert (status, body["error"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"city": NaN}',
        b'{"distance": Infinity}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"dpi": ' + b"9" * 10_000 + b"}",
        b'{"city": "\x00"}',
    ],
)
def test_a_body_that_is_not_json_is_a_400_that_says_so(ann: Visitor, text: bytes) -> None:
    status, body = send(ann, text)
    assert (status, body["error"]) == (400, "Bad Request")
    assert body["message"].startswith("The body is not valid JSON")


@pytest.mark.parametrize("text", ["[]", "5", '"text"', "[[1]]"])
def test_json_that_is_no_object_is_a_validation_error(ann: Visitor, text: str) -> None:
    status, body = send(ann, text)
    assert (status, body["error"], body["field"]) == (400, "Validation error", "body")


def test_every_fault_is_named_and_the_first_stands_above(ann: Visitor) -> None:
    status, body = send(ann, json.dumps({"city": "", "country": "Finland", "dpi": 5, "colour": "red"}))
    assert (status, body["error"]) == (400, "Validation error")
    named = [fault["field"] for fault in body["errors"]]
    assert sorted(named) == ["city", "colour", "dpi", "theme"]
    assert (body["field"], body["value"], body["message"]) == tuple(
        body["errors"][0][key] for key in ("field", "value", "message")
    )


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"city": ""}, "city", "“city” needs at least 1 character."),
        ({"city": "x" * 101}, "city", "“city” may have 100 characters at most."),
        ({"city": 5}, "city", "“city” must be text."),
        ({"city": "a\x00b"}, "city", "“city” must hold something to read and no control characters."),
        ({"city": "\ud800"}, "city", "“city” must be valid Unicode text."),
        ({"city": "\u200b\u202e"}, "city", "“city” must hold something to read."),
        ({"texts": {"title": "a\nb"}}, "texts.title", "“texts.title” may hold no control characters."),
        ({"distance": 499}, "distance", "“distance” must be 500 or more."),
        ({"distance": 50_001}, "distance", "“distance” must be 50000 or less."),
        ({"distance": "far"}, "distance", "“distance” must be a number."),
        ({"distance": 1e400}, "distance", None),
        ({"dpi": 72.5}, "dpi", "“dpi” must be a whole number."),
        ({"dpi": 10**30}, "dpi", "“dpi” must be 600 or less."),
        ({"format": "gif"}, "format", "“format” must be png, svg, pdf, jpeg, or webp."),
        ({"orientation": "up"}, "orientation", "“orientation” must be portrait or landscape."),
        ({"crop_marks": "perhaps"}, "crop_marks", "“crop_marks” must be true or false."),
        ({"layers": {"clouds": True}}, "layers.clouds", None),
        ({"layers": []}, "layers", "“layers” must be an object with names and values."),
        ({"size": {"width": 0, "height": 5}}, "size.width", "“size.width” must be more than 0."),
        ({"size": {"width": 5}}, "size.height", "“size.height” is required."),
        ({"size": ""}, "size", "“size” needs at least 1 character."),
        ({"size": 7}, "size", "“size” must be an object with names and values."),
        ({"size": "a99"}, "size", "There is no paper size “a99”."),
        ({"markers": {}}, "markers", "“markers” must be a list."),
        ({"markers": [{"latitude": 1}]}, "markers.0.longitude", "“markers.0.longitude” is required."),
        ({"tracks": [{"points": [[1, 2]]}]}, "tracks.0.points", "“tracks.0.points” needs at least 2 items."),
        ({"tracks": [{"points": [[1, 2], [1]]}]}, "tracks.0.points.1.1", None),
        ({"latitude": 86}, "latitude", "“latitude” must be 85 or less."),
        ({"longitude": None}, "body", None),
        ({"bleed_mm": 3}, "bleed_mm", "“bleed_mm” is for the format pdf only."),
        ({"more": 1}, "more", "“more” is not known here."),
        ({"\ud800": 1}, "body", "“body” must be valid Unicode text."),
    ],
)
def test_a_fault_is_told_in_words_that_say_what_is_allowed(
    ann: Visitor, change: dict, field: str, message: str | None
) -> None:
    status, body = send(ann, json.dumps(HELSINKI | change).replace("Infinity", "1e400"))
    assert (status, body["error"], body["field"]) == (400, "Validation error", field)
    assert message is None or body["message"] == message
    assert body["errors"][0]["field"] == field
    assert not any(word in body["message"] for word in ("Input", "pydantic", "constr", "[key]", "[name]"))


def test_what_was_sent_is_repeated_only_so_far(ann: Visitor) -> None:
    points = [["north", "east"]] * 40_000
    status, body = send(ann, json.dumps(HELSINKI | {"tracks": [{"points": points}], "city": {"x": points}}))
    assert status == 400
    assert len(json.dumps(body)) < 10_000


@pytest.mark.parametrize("path", ["gallery?limit=1&limit=2", "posters?theme=noir&theme=noir", "geocode/suggest?q=a&q="])
def test_a_parameter_that_is_given_twice_is_refused_by_its_name(ann: Visitor, path: str) -> None:
    answer = ann.get(f"{V1}/{path}")
    field = path.partition("?")[2].partition("=")[0]
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)
    assert answer.get_json()["message"] == f"“{field}” is given more than once."


def test_a_mistake_of_ours_is_a_500_without_its_details(fresh_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr(type(fresh_api.services.health), "stats", lambda _self: broken())
    answer = fresh_api.visitor().get(f"{V1}/stats")
    assert (answer.status_code, answer.get_json()["error"]) == (500, "Internal Server Error")
    assert "secret" not in answer.text


@pytest.mark.parametrize("ident", ["%00", "%ff", "a" * 3000, "%F0%9F%97%BA", "..%2f..", "-", "preview-"])
@pytest.mark.parametrize(
    "path",
    [
        "jobs/{}",
        "posters/{}",
        "posters/{}/download",
        "posters/{}/thumbnail",
        "posters/batch/{}",
        "posters/batch/{}/download",
        "themes/{}",
        "themes/{}/preview.png",
    ],
)
def test_an_id_that_is_none_is_a_404(ann: Visitor, path: str, ident: str) -> None:
    answer = ann.get(f"{V1}/{path.format(ident)}")
    assert answer.status_code == 404
    assert answer.get_json()["error"].casefold().endswith("not found")
