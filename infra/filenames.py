"""File names for downloads, made of plain letters and digits whatever the text was."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from typing import Final

WORD_MAX: Final = 40

_SPELLED: Final = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ŋ": "ng"}
)
"""Letters that do not fall apart into a plain letter and a mark."""


def slug(text: str) -> str:
    """Reduce text to words of a-z and 0-9 joined by underscores.

    Latin letters lose their marks, Greek and Cyrillic ones are spelled by their names' sounds; "" when nothing is left.
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_SPELLED))
    latin = "".join(_latin(letter) for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "_", latin)[:WORD_MAX].strip("_")


def download_name(city: str, theme: str, made_at: datetime, suffix: str) -> str:
    """Name a poster's file, such as new_york_noir_20260119_153052.png."""
    words = (slug(city) or "poster", slug(theme), made_at.astimezone(UTC).strftime("%Y%m%d_%H%M%S"))
    return "_".join(word for word in words if word) + f".{suffix}"


def search_key(text: str) -> str:
    """Reduce a name to what it is searched by: no case, no marks, no doubled spaces; any script."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


_SOUNDS: Final = """
αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs τt υy φf χch ψps ωo
аa бb вv гg дd еe жzh зz иi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya
іi єye ґg ђdj јj љlj њnj ћc џdz
"""
_SOUND_OF: Final = {pair[0]: pair[1:] for pair in _SOUNDS.split()}


def _latin(letter: str) -> str:
    return _SOUND_OF.get(letter, letter)
