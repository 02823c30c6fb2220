"""Whatever a stranger writes into an address, a form or a header: no answer is a fault of ours, nobody is led away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote, urlsplit

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.api import Api, Visitor

PAGES: Final = frozenset({"pages", "site", "assets"})
"""The blueprints whose answers people read."""

NUMBERS: Final = ("9" * 25, "9" * 5000, "-" + "9" * 25, "9223372036854775808", "nan", "inf", "-Infinity", "-0", "1e400")
WORDS: Final = ("", "%20", "A" * 5000, "%00", "a%00b", "%FF%FE", "%ED%A0%80", "%D9%A3", "%F0%9F%97%BA", "%E2%80%AEmap")
TRICKS: Final = (
    "//[",
    "%0D%0ASet-Cookie:%20planted=1",
    "javascript:alert(1)",
    "..%2F..%2F..%2Fetc%2Fpasswd",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "{%22a%22:[",
    "[1e400]",
    "1,2,pin",
    "9999-99-99",
    "infx5mm",
    "%25s%25n",
)
NASTY: Final = (*NUMBERS, *WORDS, *TRICKS)
"""As they stand in an address."""

FORM: Final = "application/x-www-form-urlencoded"

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "/": ("before", "kiosk"),
    "/gallery": ("page", "per_page", "sort", "order", "theme", "city", "first_day", "last_day", "down"),
    "/themes/new": ("start",),
    "/create": (
        *("like", "job", "city", "country", "latitude", "longitude", "theme", "distance", "size", "width", "height"),
        *("unit", "orientation", "format", "dpi", "rotation", "title", "subtitle", "coordinates", "font", "line"),
        *("marker", "hide", "add", "bleed", "unlisted", "full", "place", "candidate", "tracks", "layers", "show"),
    ),
    "/appearance": ("appearance", "back"),
    "/language": ("language", "back"),
}
"""What pages and forms read."""

ELSEWHERE: Final = (
    *("https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"),
    *("/\n/evil.example", "\t//evil.example", "/%09/evil.example", "///evil.example", "https:evil.example"),
    *(
        "https:///evil.example",
        "javascript:alert(1)",
        "//[",
        "//[::1",
        "//evil\u2100.example",
        "http://[evil]/",
        "\x01//evil.example",
    ),
    *("/.//evil.example", "//evil.example:99999999/", "/about\r\nLocation: https://evil.example", "\ud800"),
)
"""Ways to write an address elsewhere, some of which no parser can read."""

HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "HTTP_ACCEPT_LANGUAGE": ("de;q=1e400", "de;q=nan", "*;q=", ",,;;", "x" * 5000, "\xff\xfe", "de-" * 900),
    "HTTP_RANGE": ("bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 25, "bytes=5-1", "bytes=\u0663-", "items=0-1", "="),
    "HTTP_IF_MODIFIED_SINCE": ("Mon, 01 Jan 99999999999 00:00:00 GMT", "Fri, 31 Feb 2026 99:99:99 +9999999999", "\xff"),
    "HTTP_IF_UNMODIFIED_SINCE": ("Mon, 01 Jan 99999999999 00:00:00 GMT", "0", "Mon, 01 Jan 0001 00:00:00 +2359"),
    "HTTP_IF_RANGE": ("Mon, 01 Jan 99999999999 00:00:00 GMT", "W/", '"'),
    "HTTP_IF_NONE_MATCH": ('"', "W/", ",", "*" * 5000, "\xff\xfe"),
    "HTTP_IF_MATCH": ('"', "W/", ",", "\xff"),
    "HTTP_HOST": (
        "[",
        "//[",
        "a b",
        "\xff",
        "x" * 5000,
        "localhost:99999999999",
        "a@b:c",
        "[::1",
        "%00",
        "",
        "a/b",
        "a\\b",
    ),
    "HTTP_AUTHORIZATION": ("Bearer \xff", "Bearer", "Basic =", "Digest a=" + '"' * 99, "\xff"),
    "HTTP_ORIGIN": ("null", "//[", "\xff"),
    "HTTP_REFERER": ("//[", "\xff"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=1e400", "gzip;q=nan", ";;,", "\xff"),
    "HTTP_CACHE_CONTROL": ("max-age=" + "9" * 5000, "=", "\xff"),
    "HTTP_COOKIE": (
        *(
            "mural_visitor=\xff\xfe; language=\xff; appearance=\xff",
            "mural_visitor=" + "A" * 4000,
            "mural_visitor=a.b.c.d",
        ),
        *(
            "language=../../etc/passwd; appearance=%00",
            "=; ;;=",
            "mural_visitor=Im5hbiI.99999999999999.x",
            'language="',
        ),
    ),
    "CONTENT_LENGTH": ("9" * 25, "-1", "x", "\u0663"),
    "CONTENT_TYPE": ("multipart/form-data", "multipart/form-data; boundary=" + "x" * 500, "\xff", "a/b; charset=nan"),
}
"""Headers as a server hands them on, each with values that it lets through."""


@pytest.fixture(scope="module")
def poster_id(api: Api) -> str:
    ident: str = api.made(api.visitor())["id"]
    return ident


def rules(api: Api, method: str) -> list[Rule]:
    return sorted(
        (rule for rule in api.app.url_map.iter_rules() if method in (rule.methods or ())), key=lambda rule: rule.rule
    )


def page_rules(api: Api, method: str) -> list[Rule]:
    return [rule for rule in rules(api, method) if rule.endpoint.partition(".")[0] in PAGES]


def filled(rule: Rule, value: str) -> str:
    """Put a value, quoted already, at every place of an address that takes one."""
    return re.sub(r"<[^>]*>", lambda _place: value, rule.rule)


def is_well(answer: TestResponse) -> bool:
    closed = answer.request.path == "/api/v1/ready" and answer.status_code == 503  # no render process runs here
    return (answer.status_code < 500 or closed) and "planted" not in str(answer.headers.getlist("Set-Cookie"))


def stays_here(location: str) -> bool:
    """Read an address as browsers do: they drop tabs and line ends, and take a backslash for a slash."""
    read = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33)))).replace("\\", "/")
    return bool(re.match(r"/(?!/)", read)) or urlsplit(read).netloc == "localhost"


def thrice(name: str, value: str) -> str:
    """Give a field twice, and once more as a list is written elsewhere."""
    return f"{name}={value}&{name}={value}&{name}[]={value}"


def test_no_name_in_an_address_is_a_fault_of_ours(api: Api, ann: Visitor) -> None:
    asked = [filled(rule, value) for rule in rules(api, "GET") for value in NASTY if rule.arguments]
    assert len(asked) > 100
    assert [path for path in asked if not is_well(ann.get(path))] == []


@pytest.mark.parametrize("path", [path for path in FIELDS if path not in {"/appearance", "/language"}])
def test_no_parameter_of_a_page_is_a_fault_of_ours(ann: Visitor, path: str) -> None:
    asked = [thrice(name, value) for name in FIELDS[path] for value in NASTY]
    assert [query for query in asked if not is_well(ann.get(path, query_string=query))] == []


def test_no_page_minds_what_it_does_not_ask_for(api: Api, ann: Visitor, poster_id: str) -> None:
    everything = {name for names in FIELDS.values() for name in names}
    for rule in page_rules(api, "GET"):
        for value in NASTY:
            query = "&".join(f"{name}={value}" for name in sorted(everything))
            assert is_well(ann.get(filled(rule, poster_id), query_string=query)), (rule, value)


def test_no_field_of_a_form_is_a_fault_of_ours(api: Api, ann: Visitor, poster_id: str) -> None:
    well = {"full": "1", "place": "Helsinki, Finland", "theme": "noir", "layers": "roads"}
    for rule in page_rules(api, "POST"):
        for name in FIELDS.get(rule.rule, ("x",)):
            for value in NASTY:
                body = "&".join(f"{key}={quote(other)}" for key, other in well.items() if key != name)
                form = f"{thrice(name, value)}&{body}"
                answer = ann.post(filled(rule, poster_id), data=form, content_type=FORM)
                assert is_well(answer), (rule, form)


@pytest.mark.parametrize("path", ["/appearance", "/language"])
@pytest.mark.parametrize("back", ELSEWHERE)
def test_nobody_is_led_elsewhere(ann: Visitor, path: str, back: str) -> None:
    form = {"appearance": "dark", "language": "de", "back": back}
    body = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in form.items())
    answer = ann.post(path, data=body, content_type=FORM)
    assert answer.status_code == 303
    assert stays_here(answer.headers["Location"]), unquote(answer.headers["Location"])


@pytest.mark.parametrize("header", HEADERS)
def test_no_header_is_a_fault_of_ours(api: Api, ann: Visitor, poster_id: str, header: str) -> None:
    paths = [filled(rule, poster_id) for rule in rules(api, "GET") if "canvas/timelapse" not in rule.rule]
    paths += [
        "/static/css/wall/wall.css",
        f"/api/v1/posters/{poster_id}/thumbnail",
        "/api/v1/canvas/history?at=2100-01-01",
    ]
    asked = [(path, value) for value in HEADERS[header] for path in paths]
    assert [wrong for wrong in asked if not is_well(ann.get(wrong[0], environ_overrides={header: wrong[1]}))] == []


JSON: Final = (
    *("9" * 25, "9" * 5000, "-" + "9" * 25, "9223372036854775808", "1e400", "-0", "-0.0", "1e-400", "NaN"),
    *('"\\ud800"', '"\\u0000"', '"' + "A" * 5000 + '"', '""', '"\u202e"', '"9999-99-99"', "null", "true"),
    *("[]", "{}", '{"x": 1}', "[" * 500 + "]" * 500, "[1, [2, [3]]]"),
)
"""Values in the body of a call."""


def calls(api: Api) -> Iterator[tuple[str, str, dict[str, object]]]:
    with api.app.app_context():
        for path, item in api.app.spec["paths"].items():
            for method, operation in item.items():
                yield method, path, operation


def test_no_parameter_of_the_interface_is_a_fault_of_ours(api: Api, ann: Visitor, poster_id: str) -> None:
    asked = []
    for method, path, operation in calls(api):
        needed = {
            one["name"]: str(one["schema"].get("examples", ["x"])[0])
            for one in operation["parameters"]
            if one["in"] == "query" and one.get("required")
        }
        for parameter in operation["parameters"]:
            if method == "get" and parameter["in"] == "query" and "timelapse" not in path:
                others = "".join(
                    f"&{name}={quote(value)}" for name, value in needed.items() if name != parameter["name"]
                )
                where = re.sub(r"\{[^}]*\}", poster_id, path)
                asked += [f"{where}?{parameter['name']}={value}{others}" for value in NASTY]
    assert len(asked) > 500
    assert [path for path in asked if not is_well(ann.get(path))] == []


def bodies(example: dict[str, object]) -> Iterator[str]:
    """Put each value in the place of each field."""
    for name in example:
        others = json.dumps({key: value for key, value in example.items() if key != name})[1:-1]
        for value in JSON:
            yield "{" + json.dumps(name) + ": " + value + (f", {others}" if others else "") + "}"


def test_no_body_of_a_call_is_a_fault_of_ours(api: Api, ann: Visitor, poster_id: str) -> None:
    asked = 0
    for method, path, operation in calls(api):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            continue
        schema = api.app.spec["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        example = {name: field["default"] for name, field in schema["properties"].items() if "default" in field}
        example |= content["example"]
        for body in bodies(example):
            where = re.sub(r"\{[^}]*\}", poster_id, path)
            answer = ann.open(where, method=method.upper(), data=body, content_type="application/json")
            assert is_well(answer), (method, path, body[:300], answer.text)
            asked += 1
    assert asked > 500
