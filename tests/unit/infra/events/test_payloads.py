"""Payloads are closed: a field more or less is refused where an event is made."""

from __future__ import annotations

from typing import Any

import pytest

from infra.events.events import Event, Name, names_of
from infra.events.payloads import CARRIED, HEARD, NotAsDeclared, fields_of

MAKING = {"jobs": [{"id": "a", "city": "Oslo", "theme": "noir", "progress": 3}]}
PROGRESS = {"request_id": "j", "progress": 3, "status": "pending", "message": "", "timestamp": "now"}


def test_every_event_has_a_type() -> None:
    assert set(CARRIED) == set(HEARD) == names_of(Name)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (Name.GENERATION_PROGRESS, PROGRESS),
        (Name.GENERATION_PROGRESS, PROGRESS | {"queue_position": 2}),
        (Name.GALLERY_MAKING, MAKING),
        (Name.GALLERY_MAKING, {"jobs": []}),
        (Name.CANVAS_PIXELS, b"frame"),
    ],
)
def test_what_is_declared_may_leave(name: str, payload: Any) -> None:
    assert Event(name, payload, ("room",)).payload is payload


@pytest.mark.parametrize(
    ("name", "payload", "wrong"),
    [
        (Name.GENERATION_PROGRESS, PROGRESS | {"owner": "ann"}, "owner"),
        (Name.GENERATION_PROGRESS, {"request_id": "j"}, "message, progress, status, timestamp"),
        (Name.GALLERY_MAKING, {"jobs": [MAKING["jobs"][0] | {"latitude": 60}]}, "jobs, has .*latitude"),
        (Name.GALLERY_POSTER_ADDED, {"seq": 1, "poster": {"id": "a"}}, "poster, has .*city"),
        (Name.CANVAS_PIXELS, {"cells": []}, "carries bytes"),
        (Name.GALLERY_MAKING, b"frame", "carries Making"),
        ("gallery:unheard_of", {}, "no event"),
    ],
)
def test_what_nobody_declared_is_refused(name: str, payload: Any, wrong: str) -> None:
    with pytest.raises(NotAsDeclared, match=wrong):
        Event(name, payload, ("room",))


def test_no_event_carries_an_address() -> None:
    carried = {field for kind in CARRIED.values() for field in _all_fields(kind)}
    assert not {field for field in carried if field.endswith("url")}


def _all_fields(kind: Any) -> set[str]:
    fields = fields_of(kind)
    return set(fields).union(*(_all_fields(one.kind) for one in fields.values()))


def test_every_field_that_clients_get_is_explained() -> None:
    assert [field for kind in HEARD.values() for field, one in fields_of(kind).items() if not one.about] == []
