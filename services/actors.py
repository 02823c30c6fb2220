"""Who is acting: an anonymous visitor today, an account later."""

from __future__ import annotations

from dataclasses import dataclass

from mural.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for a change; ``admin`` may change what belongs to others."""

    user_id: str
    admin: bool = False

    def may_change(self, owner: str) -> bool:
        """Tell whether what belongs to the owner may be changed: it is the actor's own, or the actor is an admin."""
        return self.admin or self.user_id == owner

    def require(self, owner: str, what: str) -> None:
        """Raise NotAllowed unless the thing may be changed."""
        if not self.may_change(owner):
            raise NotAllowed(f"This {what} belongs to somebody else.")
