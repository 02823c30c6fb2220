"""What can go wrong in a way that somebody should be told about.

MuralError
├── InvalidInput            a field holds something that is not allowed (field, value)
├── NotFound                no such thing (kind, id)
├── NotAllowed              it is not yours to change
│   └── SpendingCapReached  one's own ceiling for a month would be passed (cap, spent, needed)
├── InsufficientCredits     it costs more than there is (credits, needed)
├── Conflict                the thing is not in a state for that
│   ├── AlreadySettled      a reservation was settled, refunded or has lapsed (id, state)
│   ├── IdempotencyConflict the same key came with something else that was asked for
│   └── InFlight            the same is being done at the moment (retry_after)
├── TooMany                 a limit was reached (retry_after_s)
├── MapDataError
│   ├── NoStreets           nothing to draw there
│   ├── AreaTooLarge        more map than the map server can give
│   ├── BrokenExtract       a map file cannot be read (file)
│   └── MapServerError      the map server failed or did not answer            [transient]
│       └── MapServerRefused  it will not serve us, and asking again cannot help
├── GeocodingError          the place service did not answer                   [transient]
├── RenderError             drawing failed
│   ├── MissingScript       no font for a script in the texts (script)
│   ├── RenderTimeout       it took longer than this installation allows
│   ├── OutOfMemory         it needed more memory than a render process may use
│   └── RenderCrashed       the render process died                            [transient]
├── Cancelled               somebody asked for it to stop
├── StorageFull             no room left for posters
├── NotBuilt                this installation lacks what that needs
└── Unavailable             a part of the installation is down                 [transient]

`message` is a sentence for people; `facts` are what a program needs to react, and what the answer's body carries.
`transient` says that trying the same again can help.
"""

from __future__ import annotations

from typing import Any, ClassVar


class MuralError(Exception):
    """Anything in the tree above."""

    title: ClassVar[str] = "Error"
    transient: ClassVar[bool] = False

    def __init__(self, message: str, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    @property
    def kind(self) -> str:
        """Name the error for programs, job rows and the render process's answers."""
        return type(self).__name__


class InvalidInput(MuralError):
    title = "Validation error"

    def __init__(self, message: str, *, field: str, value: Any = None, **facts: Any) -> None:
        super().__init__(message, field=field, value=value, **facts)

    @property
    def field(self) -> str:
        """Name the field that holds what is not allowed."""
        return str(self.facts["field"])


class NotFound(MuralError):
    title = "Not found"

    def __init__(self, noun: str, ident: str, **facts: Any) -> None:
        super().__init__(f"There is no {noun.lower()} “{ident}”.", id=ident, **facts)
        self.noun = noun


class NotAllowed(MuralError):
    title = "Not allowed"


class SpendingCapReached(NotAllowed):
    title = "Spending cap reached"


class InsufficientCredits(MuralError):
    title = "Insufficient credits"

    def __init__(self, there_are: int, needed: int) -> None:
        message = f"This costs {needed} credits, and there are {there_are}."
        super().__init__(message, credits=there_are, needed=needed)


class Conflict(MuralError):
    title = "Conflict"


class AlreadySettled(Conflict):
    title = "Already settled"


class IdempotencyConflict(Conflict):
    title = "Idempotency conflict"


class InFlight(Conflict):
    title = "In flight"

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message, retry_after=retry_after_s)


class TooMany(MuralError):
    title = "Too many requests"

    def __init__(self, message: str, *, retry_after_s: int, **facts: Any) -> None:
        super().__init__(message, retry_after=retry_after_s, **facts)

    @property
    def retry_after_s(self) -> int:
        """Tell after how many seconds it may be tried again."""
        return int(self.facts["retry_after"])


class MapDataError(MuralError):
    title = "No map data"


class NoStreets(MapDataError):
    pass


class AreaTooLarge(MapDataError):
    pass


class BrokenExtract(MapDataError):
    pass


class MapServerError(MapDataError):
    title = "Map server trouble"
    transient = True


class MapServerRefused(MapServerError):
    transient = False


class GeocodingError(MuralError):
    title = "Place search trouble"
    transient = True


class RenderError(MuralError):
    title = "Rendering failed"


class MissingScript(RenderError):
    pass


class RenderTimeout(RenderError):
    pass


class OutOfMemory(RenderError):
    pass


class RenderCrashed(RenderError):
    transient = True


class Cancelled(MuralError):
    title = "Cancelled"


class StorageFull(MuralError):
    title = "Storage full"


class NotBuilt(MuralError):
    title = "Not available here"


class Unavailable(MuralError):
    title = "Unavailable"
    transient = True


def kind_named(name: str) -> type[MuralError] | None:
    """Find a class of the tree by its name, as job rows and the render process keep it; None for any other word."""
    found = globals().get(name)
    return found if isinstance(found, type) and issubclass(found, MuralError) else None
