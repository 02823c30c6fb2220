"""Who is acting: an anonymous visitor or the holder of the admin token today, an account later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from mural.errors import NotAllowed, NotFound
from services.accounts.permissions import GRANTS, Grants, Owned, Permission, Reach, Role, Scope, is_private

EVERY_SCOPE: Final = frozenset(Scope)


class CameBy(StrEnum):
    """What said who somebody is."""

    COOKIE = "cookie"
    ADMIN_TOKEN = "admin token"  # noqa: S105  # a word, no secret
    PROGRAM = "program"
    """Nobody came: the program does something by itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who asks for something: who they are, what as, and what for.

    What they make belongs to ``id``; what belongs to one of the ``aliases`` is theirs too, such as what an account's
    person made as a visitor, which so need not be rewritten.
    """

    id: str
    role: Role = Role.VISITOR
    scopes: frozenset[Scope] = EVERY_SCOPE
    aliases: frozenset[str] = frozenset()
    came_by: CameBy = CameBy.COOKIE

    @property
    def ids(self) -> tuple[str, ...]:
        """Whose things are this actor's."""
        return (self.id, *sorted(self.aliases))

    def owns(self, thing: Owned) -> bool:
        """Tell whether a thing is the actor's own."""
        return bool(thing.owner) and (thing.owner == self.id or thing.owner in self.aliases)

    def can(self, permission: Permission, thing: Owned | None = None) -> bool:
        """Look up whether the actor may do something to a thing; without one, whether to anything at all."""
        reach = self._grants().get(permission) if permission.scope in self.scopes else None
        if reach is None:
            return False
        if thing is None or reach is Reach.ANY:
            return True
        return self.owns(thing) or (reach is Reach.SHOWN and not is_private(thing))

    def require_sight(self, permission: Permission, thing: Owned, noun: str, ident: str) -> None:
        """Raise NotFound for what may not be seen, as if it were not there: whoever asks learns nothing of it."""
        if not self.can(permission, thing):
            raise NotFound(noun, ident)

    def require(self, permission: Permission, thing: Owned, noun: str) -> None:
        """Raise NotAllowed for what may be seen, but not be done."""
        if not self.can(permission, thing):
            raise NotAllowed(f"This {noun} belongs to somebody else.")

    def without(self, scope: Scope) -> Actor:
        """Act for less: as the same, but not for one of the scopes."""
        return replace(self, scopes=self.scopes - {scope})

    def _grants(self) -> Grants:
        # Whoever did not come to administer is a visitor among others, whatever else they may.
        return GRANTS[self.role if Scope.ADMIN in self.scopes else Role.VISITOR]


HOUSE: Final = Actor("", role=Role.HOUSE, came_by=CameBy.PROGRAM)
"""The program itself, which sees everything and owns nothing."""
