"""The rooms of clients, without any sockets."""

from __future__ import annotations

import pytest
import socketio

from infra.delivery.fanout import NAMESPACE, Fanout


class Untouchable(dict[str, str]):
    """A room of others, which nobody may look into."""

    def __contains__(self, key: object) -> bool:
        raise AssertionError("somebody looked into a room of others")


@pytest.fixture
def fanout() -> Fanout:
    manager = Fanout()
    socketio.Server(client_manager=manager, async_mode="threading")
    return manager


def come(fanout: Fanout, engine_id: str, *rooms: str) -> str:
    """Connect a client and let it into rooms."""
    connection_id: str = fanout.connect(engine_id, NAMESPACE)
    for room in rooms:
        fanout.enter_room(connection_id, NAMESPACE, room)
    return connection_id


def test_who_goes_is_gone_from_every_room_and_the_others_stay(fanout: Fanout) -> None:
    ann, bob = come(fanout, "a", "wall", "board"), come(fanout, "b", "wall")
    fanout.enter_room(ann, NAMESPACE, "wall")  # once more
    fanout.leave_room(ann, NAMESPACE, "board")
    assert "board" not in fanout.rooms[NAMESPACE]
    fanout.pre_disconnect(ann, NAMESPACE)
    fanout.disconnect(ann, NAMESPACE)
    assert set(fanout.rooms[NAMESPACE]) == {None, bob, "wall"}
    assert dict(fanout.get_participants(NAMESPACE, "wall")) == {bob: "b"}
    assert (fanout.pending_connect, fanout.pending_disconnect) == ({}, {})
    assert not fanout.is_connected(ann, NAMESPACE)
    fanout.disconnect(bob, NAMESPACE)
    assert not fanout.rooms
    fanout.disconnect(bob, NAMESPACE)


def test_who_goes_in_the_middle_of_coming_leaves_nothing(fanout: Fanout) -> None:
    connection_id = fanout.pre_connect("a", NAMESPACE)
    fanout.disconnect(connection_id, NAMESPACE)
    assert (fanout.rooms, fanout.pending_connect) == ({}, {})


def test_nobody_looks_through_all_rooms_for_one_who_goes(fanout: Fanout) -> None:
    ann = come(fanout, "a", "wall")
    fanout.rooms[NAMESPACE]["others"] = Untouchable()
    fanout.disconnect(ann, NAMESPACE)
    assert list(fanout.rooms[NAMESPACE]) == ["others"]
