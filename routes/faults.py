"""What went wrong, in the visitor's language.

An error's own sentence is English and has everything in it. In another language it is said where the catalogue has
just that sentence; else what its kind means is said, and in English what has no kind of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from mural import errors
from routes.languages import SOURCE, current, gettext, noted

SENTENCES: Final[dict[str, str]] = {
    "InvalidInput": noted("“%(field)s” holds something that is not allowed."),
    "NotFound": noted("There is nothing of that name here."),
    "NotAllowed": noted("It belongs to somebody else."),
    "TooMany": noted("That was a lot at once. Try again in %(retry_after)s seconds."),
    "MapDataError": noted("There is no map of this place here."),
    "NoStreets": noted("There are no streets at this place."),
    "AreaTooLarge": noted("This is more map than the gallery can draw. A shorter distance will fit."),
    "BrokenExtract": noted("A map file cannot be read."),
    "MapServerError": noted("The map server has trouble at the moment. Try again later."),
    "MapServerRefused": noted("The map server does not serve this gallery."),
    "GeocodingError": noted("The place search has trouble at the moment. Try again later."),
    "MissingScript": noted("There are no letters here for what is written."),
    "RenderTimeout": noted("Drawing took too long. A smaller page or a shorter distance will do."),
    "OutOfMemory": noted("Drawing needs more memory than there is. A smaller page or a shorter distance will fit."),
    "RenderError": noted("Drawing broke off. Try again."),
    "Cancelled": noted("It was stopped."),
    "StorageFull": noted("There is no room left for posters."),
    "Unavailable": noted("A part of the gallery is closed at the moment. Try again later."),
}
"""By the name of the error's class, or of the nearest one above it; the facts of the error fill the sentence."""


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
    family = getattr(errors, kind, errors.MuralError).__mro__
    sentence = next((SENTENCES[cls.__name__] for cls in family if cls.__name__ in SENTENCES), None)
    if sentence is not None:
        with suppress(KeyError):  # a job does not remember the facts
            return gettext(sentence) % facts
    return message
