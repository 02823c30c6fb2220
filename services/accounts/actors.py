"""Who is acting: an anonymous visitor today, an account later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mural.errors import NotAllowed, NotFound


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for a change; ``admin`` may change what belongs to others."""

    user_id: str
    admin: bool = False

    def may_change(self, owner: str) -> bool:
        """Tell whether what belongs to the owner may be changed: it is the actor's own, or the actor is an admin."""
        return self.admin or self.user_id == owner

    def may_see(self, owner: str, visibility: str) -> bool:
        """Tell whether something is not its owner's alone, or the actor is who may change it."""
        return visibility != "private" or self.may_change(owner)

    def require_sight(self, owner: str, visibility: str, what: str, ident: str) -> None:
        """Raise NotFound for what is its owner's alone, as if it were not there: whoever asks learns nothing of it."""
        if not self.may_see(owner, visibility):
            raise NotFound(what, ident)

    def require(self, owner: str, what: str) -> None:
        """Raise NotAllowed unless the thing may be changed."""
        if not self.may_change(owner):
            raise NotAllowed(f"This {what} belongs to somebody else.")


HOUSE: Final = Actor("", admin=True)
"""The program itself, which sees everything and owns nothing."""
