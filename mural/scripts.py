"""Writing systems: what a line of text needs from type, whatever alphabet it is in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from fontTools.unicodedata import script, script_name

_SPACED: Final = frozenset(
    ("Latn", "Grek", "Cyrl", "Armn", "Geor", "Cher", "Hani", "Hira", "Kana", "Hang", "Bopo", "Zyyy", "Zinh", "Zzzz")
)
"""Scripts whose letters stand apart, so that space may be put between them (ISO 15924)."""

_CASED: Final = frozenset(("Latn", "Grek", "Cyrl", "Armn"))
"""Scripts set in capitals on a poster; Georgian has capitals that few fonts and readers know."""

_UNIFORM: Final = frozenset(("Hani", "Hira", "Kana", "Hang", "Bopo"))
_IGNORABLE: Final = (
    *(0x00AD, 0x034F, 0x061C, 0x17B4, 0x17B5, 0xFEFF),
    *range(0x180B, 0x180F),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xE0000, 0xE1000),
)
"""Code points that shaping hides where a font lacks them: joiners, direction marks, variation selectors, tags."""

_INVISIBLE: Final = frozenset(map(chr, _IGNORABLE))
_GREEK_ACCENTS: Final = frozenset("\u0300\u0301\u0313\u0314\u0342")


def tidy(text: str) -> str:
    """Compose marks with their letters, drop control characters and make every run of white space one space."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if unicodedata.category(c) != "Cc" else " " for c in composed).split())


def clusters(text: str) -> list[str]:
    """Split text into letters with the marks that belong to them."""
    parts: list[str] = []
    for char in text:
        if parts and (unicodedata.category(char).startswith("M") or char == "\u200d" or parts[-1].endswith("\u200d")):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def needs_glyph(char: str) -> bool:
    """Tell whether a character is something to see, so that a font must have it."""
    return not char.isspace() and unicodedata.category(char) != "Cc" and char not in _INVISIBLE


def takes_letter_spacing(text: str) -> bool:
    """Tell whether the letters may be set apart: joined scripts and those that stack or reorder may not."""
    return all(script(char) in _SPACED for char in text)


def is_ideographic(text: str) -> bool:
    """Tell whether the text is Chinese, Japanese or Korean, set in equal squares and broken between any two."""
    return any(script(char) in _UNIFORM for char in text)


def has_script(text: str, *codes: str) -> bool:
    """Tell whether a character belongs to one of the scripts (ISO 15924)."""
    return any(script(char) in codes for char in text)


def script_names(chars: Iterable[str]) -> list[str]:
    """Name the scripts of the characters in plain English, each once, in order."""
    names = (script_name(script(char)).replace("_", " ") for char in chars)
    return list(dict.fromkeys("symbols" if name in ("Common", "Inherited", "Unknown") else name for name in names))


def capitals(text: str) -> str:
    """Set a name in capitals where its script is used so; Greek capitals drop their accents."""
    return "".join(_capital(cluster) for cluster in clusters(tidy(text)))


def _capital(cluster: str) -> str:
    code = script(cluster[0])
    if code not in _CASED:
        return cluster
    upper = cluster.upper()
    if code != "Grek":
        return upper
    bare = "".join(c for c in unicodedata.normalize("NFD", upper) if c not in _GREEK_ACCENTS)
    return unicodedata.normalize("NFC", bare)
