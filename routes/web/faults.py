"""What went wrong, in the visitor's language.

An error's own sentence is English and has everything in it. In another language it is said where the catalogue has
just that sentence, or where the facts tell what a field may hold; else what its kind means is said, and in English
what has no kind of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from mural import errors
from routes.web.languages import SOURCE, current, gettext, noted
from routes.web.words import sentence

SENTENCES: Final[dict[type[errors.MuralError], str]] = {
    errors.InvalidInput: noted("“%(field)s” holds something that is not allowed."),
    errors.NotFound: noted("There is nothing of that name here."),
    errors.NotAllowed: noted("It belongs to somebody else."),
    errors.SpendingCapReached: noted("That would pass your own cap of %(cap)s credits a month."),
    errors.InsufficientCredits: noted("This costs %(needed)s credits, and there are %(credits)s."),
    errors.AlreadySettled: noted("These credits were settled before."),
    errors.IdempotencyConflict: noted("This key was used for something else."),
    errors.InFlight: noted("This is being done at the moment. Try again in %(retry_after)s seconds."),
    errors.TooMany: noted("That was a lot at once. Try again in %(retry_after)s seconds."),
    errors.MapDataError: noted("There is no map of this place here."),
    errors.NoStreets: noted("There are no streets at this place."),
    errors.AreaTooLarge: noted("This is more map than the gallery can draw. A shorter distance will fit."),
    errors.BrokenExtract: noted("A map file cannot be read."),
    errors.MapServerError: noted("The map server has trouble at the moment. Try again later."),
    errors.MapServerRefused: noted("The map server does not serve this gallery."),
    errors.GeocodingError: noted("The place search has trouble at the moment. Try again later."),
    errors.MissingScript: noted("There are no letters here for what is written."),
    errors.RenderTimeout: noted("Drawing took too long. A smaller page or a shorter distance will do."),
    errors.OutOfMemory: noted(
        "Drawing needs more memory than there is. A smaller page or a shorter distance will fit."
    ),
    errors.RenderError: noted("Drawing broke off. Try again."),
    errors.Cancelled: noted("It was stopped."),
    errors.StorageFull: noted("There is no room left for posters."),
    errors.Unavailable: noted("A part of the gallery is closed at the moment. Try again later."),
}
"""By the error's class, or the nearest one above it; the facts of the error fill the sentence."""


def said(error: errors.MuralError) -> str:
    """Say what went wrong."""
    return said_of_kind(error.kind, error.message, error.facts)


def said_of_kind(kind: str, message: str, facts: Mapping[str, Any]) -> str:
    """Say what went wrong when only the name of the error is known, as a job remembers it."""
    if current().code == SOURCE:
        return message
    own = gettext(message)
    if own != message:
        return own
    family = errors.kind_named(kind) or errors.MuralError
    return _of_field(family, facts) or _of_kind(family, facts) or message


def _of_field(family: type[errors.MuralError], facts: Mapping[str, Any]) -> str | None:
    if not issubclass(family, errors.InvalidInput):
        return None
    reason = facts.get("reason", "not_offered" if "allowed" in facts else "")
    return sentence(reason, facts.get("field", ""), facts)


def _of_kind(family: type[errors.MuralError], facts: Mapping[str, Any]) -> str | None:
    words = next((SENTENCES[cls] for cls in family.__mro__ if cls in SENTENCES), None)
    if words is not None:
        with suppress(KeyError):  # a job does not remember the facts
            return gettext(words) % facts
    return None
