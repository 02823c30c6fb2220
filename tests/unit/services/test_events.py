from __future__ import annotations

import re

import pytest

from services.events import Command, Event, Name, SocketPublisher, job_room, names_of
from tests.support.real_parts import ROOT

CATALOGUE = names_of(Name) | names_of(Command)


@pytest.mark.parametrize("file", ["static/js/lib/events.js", "docs/events.md"])
def test_the_browser_and_the_documents_know_the_same_names(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert set(re.findall(r"[\"'`]([a-z]+:[a-z_]+)[\"'`]", text)) == CATALOGUE


class Emitter:
    def __init__(self) -> None:
        self.sent: list[tuple] = []

    def emit(self, event, *args, **kwargs) -> None:
        self.sent.append((event, args, kwargs))


def test_an_event_goes_to_its_rooms_and_to_everyone_only_when_meant() -> None:
    emitter = Emitter()
    publisher = SocketPublisher(emitter)
    publisher.publish(Event(Name.GENERATION_PROGRESS, {"progress": 5}, (job_room("j1"), "session:ann")))
    publisher.publish(Event(Name.SYSTEM_MAINTENANCE, {"message": "Back soon."}, ("",)))
    assert emitter.sent == [
        ("generation:progress", ({"progress": 5},), {"to": ["job:j1", "session:ann"]}),
        ("system:maintenance", ({"message": "Back soon."},), {"to": None}),
    ]
