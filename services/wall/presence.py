"""How many visitors look at each public room, told to the room at most once a second."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from typing import Final

from infra.background import Background
from infra.events.announcing import Announcer
from infra.events.events import Event, Name, Publisher

INTERVAL_S: Final = 1.0


class PresenceService:
    """Counts visitors, not sockets: two tabs of one browser are one viewer."""

    def __init__(self, publisher: Publisher, background: Background) -> None:
        self._publisher = Announcer(publisher)
        self._background = background
        self._lock = threading.Lock()
        self._rooms: dict[str, dict[str, str]] = defaultdict(dict)
        self._visitors: dict[str, Counter[str]] = defaultdict(Counter)
        self._changed: set[str] = set()
        self._telling = False

    def viewers(self, room: str) -> int:
        """Count the visitors in a room."""
        return len(self._visitors[room]) if room in self._visitors else 0

    def join(self, room: str, connection_id: str, user_id: str) -> None:
        """Note that a socket entered a room."""
        with self._lock:
            if connection_id in self._rooms[room]:
                return
            self._rooms[room][connection_id] = user_id
            self._visitors[room][user_id] += 1
        self._tell(room)

    def leave(self, room: str, connection_id: str) -> None:
        """Note that a socket left a room."""
        with self._lock:
            left = self._rooms[room].pop(connection_id, None) if room in self._rooms else None
            if left is None:
                return
            self._visitors[room][left] -= 1
            if not self._visitors[room][left]:
                del self._visitors[room][left]
        self._tell(room)

    def leave_all(self, connection_id: str) -> None:
        """Note that a socket is gone."""
        for room in list(self._rooms):
            self.leave(room, connection_id)

    def _tell(self, room: str) -> None:
        with self._lock:
            self._changed.add(room)
            if self._telling:
                return
            self._telling = True
        self._background.start_background_task(self._tell_changes)

    def _tell_changes(self) -> None:
        """Tell all changes of the last second together, until a second passes without one."""
        while True:
            self._background.sleep(INTERVAL_S)
            with self._lock:
                rooms, self._changed = self._changed, set()
                if not rooms:
                    self._telling = False
                    return
            for room in rooms:
                self._publisher.publish(Event(Name.PRESENCE_CHANGED, {"viewers": self.viewers(room)}, (room,)))
