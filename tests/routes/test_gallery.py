"""The wall that everybody sees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from routes.wall.schemas import GalleryOut
from tests.support.api import V1, Api, Visitor, running_api

GALLERY = f"{V1}/gallery"
HUNG = ("noir", "ocean", "noir", "forest", "ocean")


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory, gazetteer: Path) -> Iterator[Api]:
    """A wall with five posters, hung in the order of HUNG by two people, and one that is unlisted."""
    with running_api(tmp_path_factory.mktemp("wall"), gazetteer) as running:
        for number, theme in enumerate(HUNG):
            running.made(running.visitor(), theme=theme, rotation=number, city="Oslo" if number == 3 else "Helsinki")
        running.made(running.visitor(), theme="sunset", visibility="unlisted")
        yield running


@pytest.fixture
def viewer(wall: Api) -> Visitor:
    return wall.visitor()


def page(viewer: Visitor, query: str = "") -> dict:
    answer = viewer.get(f"{GALLERY}?{query}")
    assert answer.status_code == 200, answer.text
    body: dict = answer.get_json()
    GalleryOut.model_validate(body)
    return body


def themes(body: dict) -> list[str]:
    return [poster["theme"] for poster in body["posters"]]


def test_everybody_sees_the_public_posters_newest_first(viewer: Visitor) -> None:
    body = page(viewer)
    assert themes(body) == list(HUNG[::-1])
    assert (body["seq"], body["next_before"]) == (5, None)
    assert len(body["epoch"]) == 32


def test_it_is_paged_without_gaps_and_doubles(viewer: Visitor) -> None:
    seen, before = [], ""
    while before is not None:
        body = page(viewer, f"limit=2{before}")
        seen += [poster["id"] for poster in body["posters"]]
        before = body["next_before"] and f"&before={body['next_before']}"
    assert len(seen) == len(set(seen)) == 5


def test_since_gives_what_came_later(viewer: Visitor) -> None:
    assert themes(page(viewer, "since=3")) == ["ocean", "forest"]
    assert themes(page(viewer, "since=5")) == []
    assert page(viewer, "since=99")["seq"] == 5


def test_it_is_narrowed_by_theme_and_city(viewer: Visitor) -> None:
    assert themes(page(viewer, "theme=noir")) == ["noir", "noir"]
    assert themes(page(viewer, "city=OSLO")) == ["forest"]
    assert themes(page(viewer, "theme=noir&city=oslo")) == []
    assert themes(page(viewer, "theme=no_such")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=ten", "limit"),
        ("before=-1", "before"),
        ("since=" + "9" * 30, "since"),
        ("city=%00", "city"),
        ("order=asc", "order"),
    ],
)
def test_a_part_that_cannot_be_had_says_why(viewer: Visitor, query: str, field: str) -> None:
    answer = viewer.get(f"{GALLERY}?{query}")
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)
    assert viewer.post(GALLERY, json={}).status_code == 405
