"""Facts in words."""

from __future__ import annotations

from typing import get_args

import pytest
from flask import Flask

from mural.fonts import FAMILIES
from mural.jobs.progress import Step
from mural.paper import SIZES
from mural.poster import LayerChoice
from mural.themes import CHOICES
from routes.web import wording


@pytest.mark.parametrize(("metres", "words"), [(500, "500 m"), (4000, "4 km"), (12_500, "12.5 km"), (999.6, "1 km")])
def test_distances_are_said_as_people_say_them(metres: float, words: str) -> None:
    assert wording.distance_words(metres) == words


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [(60.1715, 24.9443, "60.172° N 24.944° E"), (-33.8688, -70.5, "33.869° S 70.500° W")],
)
def test_coordinates_name_the_half_of_the_earth(latitude: float, longitude: float, words: str) -> None:
    assert wording.coordinate_words({"latitude": latitude, "longitude": longitude}) == words


def test_a_size_is_told_in_centimetres() -> None:
    poster = {"page": {"width_mm": 304.8, "height_mm": 400.0}, "dimensions": {"dpi": 300}}
    assert wording.size_words(poster) == "30.5 × 40 cm at 300 DPI"


def test_a_day_is_written_out() -> None:
    assert wording.date_words("2026-01-19T15:30:52.000Z") == "19 January 2026"


@pytest.mark.parametrize(
    ("code", "words"), [("de", "19. Januar 2026"), ("es", "19 de enero de 2026"), ("ar", "19 يناير 2026")]
)
def test_a_day_is_written_as_the_language_does(code: str, words: str) -> None:
    with Flask("abroad").test_request_context(headers={"Accept-Language": code}):
        assert wording.date_words("2026-01-19T15:30:52.000Z") == words


def test_map_files_that_are_not_there_do_not_work() -> None:
    stats = dict.fromkeys(
        ("total_posters", "active_jobs", "average_generation_time", "storage_used", "themes_count"), 0
    )
    assert ("Map files", "OK") in wording.status_facts({"map_data": "ok"}, stats)
    assert ("Map files", "none yet") in wording.status_facts({"map_data": "ok"}, stats, nothing_to_draw=True)


def test_the_parts_of_the_installation_are_called_as_hosts_call_them() -> None:
    stats = dict.fromkeys(
        ("total_posters", "active_jobs", "average_generation_time", "storage_used", "themes_count"), 0
    )
    parts = {
        "database": "ok",
        "cache": "memory in place of redis",
        "render_pool": "degraded",
        "storage": "The disk is full.",
        "map_data": "degraded: a.osm.pbf left out",
    }
    assert wording.status_facts(parts, stats)[:5] == [
        ("Database", "OK"),
        ("Cache", "works in memory; Redis cannot be reached"),
        ("Render processes", "some do not work"),
        ("Storage", "The disk is full."),
        ("Map files", "some are left out"),
    ]


def test_every_step_and_every_layer_has_words() -> None:
    assert set(wording.STEP_WORDS) == set(Step)
    assert set(wording.LAYER_WORDS) == set(get_args(LayerChoice))


def test_every_choice_of_a_theme_has_words() -> None:
    offered = {key: tuple(dict(options)) for key, _, options in wording.theme_choices()}
    assert offered == {"font": tuple(FAMILIES), **CHOICES}


def test_what_is_no_step_is_waiting() -> None:
    assert wording.step_words("drawing") == "Drawing"
    assert wording.step_words("waiting") == wording.WAITING_WORDS


def test_the_steps_end_one_after_the_other() -> None:
    ends = [step["until"] for step in wording.steps()]
    assert ends == sorted(ends)


def test_every_size_can_be_chosen_under_its_own_words() -> None:
    sizes = [size for _group, group in wording.size_groups() for size in group]
    assert {size["id"] for size in sizes} == set(SIZES)
    assert len({size["words"] for size in sizes}) == len(sizes)


@pytest.mark.parametrize(
    ("job", "words"),
    [({}, ""), ({"queue_position": 1}, "It is the next one."), ({"queue_position": 3}, "2 before it.")],
)
def test_the_queue_is_counted_from_those_before(job: dict[str, int], words: str) -> None:
    assert wording.queue_words(job) == words


@pytest.mark.parametrize(
    ("code", "distance", "place"),
    [
        ("de", "12,5 km", "60,172° N 24,944° O"),
        ("es", "12,5 km", "60,172° N 24,944° E"),
        ("ar", "12.5 كم", "\u206660.172°\u2069 شمالًا \u206624.944°\u2069 شرقًا"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(code: str, distance: str, place: str) -> None:
    with Flask("abroad").test_request_context(headers={"Accept-Language": code}):
        assert wording.distance_words(12_500).replace("\N{NO-BREAK SPACE}", " ") == distance
        assert wording.coordinate_words({"latitude": 60.1715, "longitude": 24.9443}) == place


@pytest.mark.parametrize(("size", "words"), [(635_000, "635 kB"), (1_340_000, "1.3 MB"), (2_000_000_000, "2 GB")])
def test_files_are_as_large_as_people_say(size: int, words: str) -> None:
    assert wording.file_size_words(size) == words
