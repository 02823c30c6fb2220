"""Who may do what: one table of roles and permissions. What does not stand in it is refused.

Reading it: a role has a line for each thing that it may do, and the line says to which things it may do it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum, auto
from types import MappingProxyType
from typing import Final, Protocol


class Role(StrEnum):
    """What somebody is to the installation."""

    VISITOR = "visitor"
    ADMIN = "admin"
    HOUSE = "house"
    """The program itself."""


class Scope(StrEnum):
    """A part of what somebody may do, for which alone they may come."""

    READ = "read"
    POSTERS = "posters"
    BOARD = "board"
    ADMIN = "admin"
    """What a role may do beyond what everybody may."""


class Permission(Enum):
    """Something to do, and the scope that it belongs to."""

    def __init__(self, words: str, scope: Scope) -> None:
        self.words = words
        self.scope = scope

    SITE_SEE = "site:see", Scope.READ
    HEALTH_SEE = "health:see", Scope.READ
    METRICS_SEE = "metrics:see", Scope.READ
    SOCKET_OPEN = "socket:open", Scope.READ

    WALL_SEE = "wall:see", Scope.READ
    PLACE_FIND = "place:find", Scope.READ

    POSTER_SEE = "poster:see", Scope.READ
    POSTER_LIST = "poster:list", Scope.READ
    POSTER_SEE_ADDED = "poster:see_added", Scope.READ
    """Tracks, markers and words: what only its maker is told of a poster or a job."""
    POSTER_DESIGN = "poster:design", Scope.POSTERS
    POSTER_MAKE = "poster:make", Scope.POSTERS
    POSTER_EXPORT = "poster:export", Scope.POSTERS
    POSTER_SHOW = "poster:show", Scope.POSTERS
    """Say who finds it."""
    POSTER_TAKE_DOWN = "poster:take_down", Scope.POSTERS
    POSTER_RESTORE = "poster:restore", Scope.POSTERS

    JOB_SEE = "job:see", Scope.READ
    JOB_EDIT = "job:edit", Scope.POSTERS
    """Begin a design with what the job is to make."""
    JOB_CANCEL = "job:cancel", Scope.POSTERS
    JOB_CANCEL_AWAITED = "job:cancel_awaited", Scope.POSTERS
    """Stop a job although somebody else waits for the same poster."""
    JOB_RETRY = "job:retry", Scope.POSTERS
    BATCH_SEE = "batch:see", Scope.READ

    THEME_SEE = "theme:see", Scope.READ
    THEME_MAKE = "theme:make", Scope.POSTERS
    THEME_CHANGE = "theme:change", Scope.POSTERS
    THEME_DELETE = "theme:delete", Scope.POSTERS

    BOARD_SEE = "board:see", Scope.READ
    BOARD_PAINT = "board:paint", Scope.BOARD


class Reach(Enum):
    """To which things somebody may do something."""

    OWN = auto()
    """Their own."""
    SHOWN = auto()
    """Their own, and those of others that are not private."""
    ANY = auto()


Grants = Mapping[Permission, Reach]

VISITOR: Final[Grants] = MappingProxyType(
    {
        # The site
        Permission.SITE_SEE: Reach.ANY,
        Permission.HEALTH_SEE: Reach.ANY,
        Permission.METRICS_SEE: Reach.ANY,
        Permission.SOCKET_OPEN: Reach.ANY,
        Permission.WALL_SEE: Reach.ANY,
        Permission.PLACE_FIND: Reach.ANY,
        Permission.POSTER_SEE: Reach.SHOWN,
        Permission.POSTER_LIST: Reach.OWN,
        Permission.POSTER_SEE_ADDED: Reach.OWN,
        Permission.POSTER_DESIGN: Reach.ANY,
        Permission.POSTER_MAKE: Reach.ANY,
        Permission.POSTER_EXPORT: Reach.SHOWN,
        Permission.POSTER_SHOW: Reach.OWN,
        Permission.POSTER_TAKE_DOWN: Reach.OWN,
        Permission.POSTER_RESTORE: Reach.OWN,
        Permission.JOB_SEE: Reach.SHOWN,
        Permission.JOB_EDIT: Reach.OWN,
        Permission.JOB_CANCEL: Reach.OWN,
        Permission.JOB_RETRY: Reach.OWN,
        Permission.BATCH_SEE: Reach.ANY,
        Permission.THEME_SEE: Reach.ANY,
        Permission.THEME_MAKE: Reach.ANY,
        Permission.THEME_CHANGE: Reach.OWN,
        Permission.THEME_DELETE: Reach.OWN,
        Permission.BOARD_SEE: Reach.ANY,
        Permission.BOARD_PAINT: Reach.ANY,
    }
)

ADMIN: Final[Grants] = MappingProxyType(
    {
        **VISITOR,
        Permission.POSTER_SEE: Reach.ANY,
        Permission.POSTER_TAKE_DOWN: Reach.ANY,
        Permission.POSTER_RESTORE: Reach.ANY,
        Permission.JOB_SEE: Reach.ANY,
        Permission.JOB_EDIT: Reach.ANY,
        Permission.JOB_CANCEL: Reach.ANY,
        Permission.JOB_CANCEL_AWAITED: Reach.ANY,
        Permission.JOB_RETRY: Reach.ANY,
        Permission.THEME_CHANGE: Reach.ANY,
        Permission.THEME_DELETE: Reach.ANY,
    }
)

GRANTS: Final[Mapping[Role, Grants]] = MappingProxyType(
    {
        Role.VISITOR: VISITOR,
        Role.ADMIN: ADMIN,
        Role.HOUSE: ADMIN,  # of what only an owner may it may nothing, for it owns nothing
    }
)


class Owned(Protocol):
    """A thing that is somebody's. One that is not its owner's alone says so in a ``visibility``."""

    @property
    def owner(self) -> str:
        """The id of whose it is."""


def is_private(thing: Owned) -> bool:
    """Tell whether a thing is its owner's alone, as is one that does not say who sees it."""
    return getattr(thing, "visibility", "private") == "private"
