from __future__ import annotations

import threading

import pytest

from infra.events.events import Event, Name, RecordingPublisher
from services.wall.presence import PresenceService


class Steps:
    """A background whose sleep waits until the test lets it go on."""

    def __init__(self) -> None:
        self.ticks = threading.Semaphore(0)
        self.slept = threading.Semaphore(0)

    def start_background_task(self, target, *args, **kwargs):
        threading.Thread(target=target, args=args, kwargs=kwargs, daemon=True).start()

    def sleep(self, _seconds: float = 0) -> None:
        self.slept.release()
        self.ticks.acquire()

    def tick(self) -> None:
        """Let one second pass, and wait until the next one begins or nothing is left to tell."""
        self.slept.acquire()
        self.ticks.release()


def test_two_sockets_of_one_visitor_are_one_viewer() -> None:
    presence = PresenceService(RecordingPublisher(), Steps())
    presence.join("gallery", "socket 1", "ann")
    presence.join("gallery", "socket 2", "ann")
    presence.join("gallery", "socket 3", "ben")
    assert presence.viewers("gallery") == 2
    presence.leave("gallery", "socket 1")
    assert presence.viewers("gallery") == 2
    presence.leave_all("socket 2")
    assert presence.viewers("gallery") == 1
    assert presence.viewers("canvas") == 0


def test_the_changes_of_one_second_are_told_once() -> None:
    publisher, steps = RecordingPublisher(), Steps()
    presence = PresenceService(publisher, steps)
    for number in range(1000):
        presence.join("gallery", f"socket {number}", f"visitor {number}")
    steps.tick()
    steps.slept.acquire()  # told, and asleep again
    assert [(event.name, event.payload, event.rooms) for event in publisher.events] == [
        (Name.PRESENCE_CHANGED, {"viewers": 1000}, ("gallery",))
    ]


def test_leaving_a_room_one_never_entered_tells_nothing() -> None:
    publisher = RecordingPublisher()
    presence = PresenceService(publisher, Steps())
    presence.leave("gallery", "nobody")
    presence.leave_all("nobody")
    assert publisher.events == []


def test_who_is_there_is_told_again_after_it_could_not_be_told(caplog: pytest.LogCaptureFixture) -> None:
    class Deaf(RecordingPublisher):
        def publish(self, event: Event) -> None:
            super().publish(event)
            if len(self.events) == 1:
                raise ConnectionError("the bus is gone")

    publisher, steps = Deaf(), Steps()
    presence = PresenceService(publisher, steps)
    presence.join("gallery", "socket 1", "ann")
    steps.tick()
    assert steps.slept.acquire(timeout=10), "it goes on telling"
    presence.join("gallery", "socket 2", "ben")
    steps.ticks.release()
    assert steps.slept.acquire(timeout=10)
    assert [event.payload for event in publisher.events] == [{"viewers": 1}, {"viewers": 2}]
    assert "presence:changed could not be announced" in caplog.text
