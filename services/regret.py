"""Second thoughts: a poster that was taken down can be hung back for a short while.

It leaves the wall and every list at once; its files wait beside the others. Nothing depends on the browser that asked:
after the time, or a restart, the poster is gone.
"""

from __future__ import annotations

import threading
from typing import Final

from mural.errors import NotFound
from services.actors import Actor
from services.background import Background
from services.files import PosterFiles
from services.making.publishing import Publishing
from services.poster_store import PosterFacts

REGRET_S: Final = 30.0


class Regret:
    """Takes posters down for good, but not at once."""

    def __init__(self, publishing: Publishing, files: PosterFiles, background: Background) -> None:
        self._publishing = publishing
        self._files = files
        self._background = background
        self._changing = threading.Lock()
        self._aside: dict[str, PosterFacts] = {}

    def take_down(self, poster_id: str) -> None:
        """Take a poster down; raise NotFound."""
        facts = self._publishing.set_aside(poster_id)
        if facts is not None:
            with self._changing:
                self._aside[poster_id] = facts
            self._background.start_background_task(self._forget, poster_id)

    def hang_back(self, poster_id: str, actor: Actor) -> None:
        """Hang a poster back that was taken down a moment ago; raise NotFound or NotAllowed."""
        # Its time must not end, and nobody else hang it, in the middle; when it cannot be hung it stays where it is.
        with self._changing:
            facts = self._aside.get(poster_id)
            if facts is None:
                raise NotFound("Poster", poster_id)
            actor.require_sight(facts.owner, facts.visibility, "Poster", poster_id)
            actor.require(facts.owner, "poster")
            self._publishing.hang_back(facts)
            del self._aside[poster_id]

    def _forget(self, poster_id: str) -> None:
        self._background.sleep(REGRET_S)
        with self._changing:
            wanted = self._aside.pop(poster_id, None) is not None
        if wanted:
            self._files.forget(poster_id)
