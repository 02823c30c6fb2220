"""Second thoughts: a poster that was taken down can be hung back for a short while.

It leaves the wall and every list at once; its files wait beside the others. Nothing depends on the browser that asked:
after the time, or a restart, the poster is gone.
"""

from __future__ import annotations

import threading
from typing import Final

from infra.background import Background
from mural.errors import NotFound
from services.accounts.actors import Actor
from services.accounts.permissions import Permission
from services.posters.publishing import Publishing, TakenDown

UNDO_S: Final = 30.0


class UndoDelete:
    """Takes posters down for good, but not at once."""

    def __init__(self, publishing: Publishing, background: Background) -> None:
        self._publishing = publishing
        self._background = background
        self._changing = threading.Lock()
        self._set_aside: dict[str, TakenDown] = {}

    def take_down(self, poster_id: str) -> None:
        """Take a poster down; raise NotFound or Unavailable."""
        taken = self._publishing.set_aside(poster_id)
        if taken is not None:
            with self._changing:
                self._set_aside[poster_id] = taken
            self._background.start_background_task(self._forget, poster_id, taken)

    def hang_back(self, poster_id: str, actor: Actor) -> None:
        """Hang a poster back that was taken down a moment ago; raise NotFound or NotAllowed."""
        # Its time must not end, and nobody else hang it, in the middle; when it cannot be hung it stays where it is.
        with self._changing:
            taken = self._set_aside.get(poster_id)
            if taken is None:
                raise NotFound("Poster", poster_id)
            actor.require_sight(Permission.POSTER_SEE, taken.facts, "Poster", poster_id)
            actor.require(Permission.POSTER_RESTORE, taken.facts, "poster")
            self._publishing.hang_back(taken)
            del self._set_aside[poster_id]

    def _forget(self, poster_id: str, taken: TakenDown) -> None:
        self._background.sleep(UNDO_S)
        with self._changing:
            # One that was hung back and taken down again since has a time of its own.
            is_over = self._set_aside.get(poster_id) is taken
            if is_over:
                del self._set_aside[poster_id]
        if is_over:
            self._publishing.forget(poster_id)
