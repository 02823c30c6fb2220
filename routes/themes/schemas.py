"""Poster themes."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, create_model

from mural.themes import REQUIRED, FadeChoice, TextureChoice, Theme
from routes.web.schemas import Address, Answer, Line, Name, Request, ThemeId
from routes.web.words import COLOUR


class ThemeBase(Request):
    """A theme of one's own: every colour is #rrggbb; what is left out is derived from what is there."""


_Colour = Annotated[str, StringConstraints(pattern=COLOUR)]
_KINDS: Final[dict[str, Any]] = {
    "name": Name,
    "description": Line,
    "font": Name,
    "fades": FadeChoice,
    "texture": TextureChoice,
}
_ABOUT: Final = {
    "fades": "Where the map fades, at both if absent; where it does not at the foot, it is cut above the lettering.",
    "texture": "What the poster looks printed on; files of vectors (SVG, PDF) are without.",
}


def _theme_field(key: str) -> Any:
    kind = _KINDS.get(key, _Colour)
    return (kind, ...) if key in REQUIRED else (kind | None, Field(default=None, description=_ABOUT.get(key)))


ThemeIn = create_model(
    "ThemeIn",
    __base__=ThemeBase,
    __doc__=ThemeBase.__doc__,
    **{field.name: _theme_field(field.name) for field in fields(Theme) if field.name != "id"},
)
"""The keys of a theme, as mural.themes has them."""


class ThemeGround(Answer):
    """The two colours that a poster is known by."""

    bg: str
    text: str


class ThemeSummary(Answer):
    """A theme in a list."""

    id: str
    name: str
    description: str
    preview_url: str
    own: bool
    colors: ThemeGround


class ThemesOut(Answer):
    """The themes that come with the installation, and one's own."""

    themes: list[ThemeSummary]
    total: int


class ThemeOut(Answer):
    """A theme with all of its colours; `faults` says what in it is hard to read or to tell apart."""

    id: str
    name: str
    description: str
    preview_url: str
    own: bool
    font: str
    fades: FadeChoice
    texture: TextureChoice
    colors: dict[str, str]
    faults: list[str]


class CheckedThemeOut(Answer):
    """What a theme comes to: every colour, and what is hard to read or to tell apart."""

    colors: dict[str, str]
    faults: list[str]


class ThemeAddress(Address):
    """The theme that a new one begins with."""

    start: ThemeId | None = None
