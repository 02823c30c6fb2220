"""Who is acting: an anonymous visitor today, an account later."""

from __future__ import annotations

from dataclasses import dataclass

from mural.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for a change; ``admin`` may change what belongs to others."""

    user_id: str
    admin: bool = False

    def require(self, owner: str, what: str) -> None:
        """Raise NotAllowed unless the thing is the actor's own or the actor is an admin."""
        if not self.admin and self.user_id != owner:
            raise NotAllowed(f"This {what} belongs to somebody else.")
