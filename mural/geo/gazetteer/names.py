"""Place names as people type them, brought to one form that can be compared."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_NAME: Final = 200
"""Characters of a name that are looked at; the longest in the gazetteer has 79."""

_SPELT_OUT: Final = dict.fromkeys("'’‘ʼʻ`´ʹʾʿ", "") | dict(
    zip("øłđðþæœıħŧŋ", ("o", "l", "d", "d", "th", "ae", "oe", "i", "h", "t", "n"), strict=True)
)
"""Letters that decomposition leaves whole, and the apostrophes that names are written with or without."""

_APOSTROPHES: Final = str.maketrans("", "", "'`")
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")
_COMMAS: Final = re.compile("[,，、،;؛]")
_JOINERS: Final = "\u200c\u200d"


def normalise(text: str) -> str:
    """Fold case, width, accents, punctuation and invisible characters of a name away.

    Letters of every script stay, in NFKD; "São  Tomé" and "sao-tome" become equal. The result holds letters, digits,
    vowel signs and single spaces only, so it is safe in any query, and is empty when there was nothing to read.
    """
    text = text[:LONGEST_NAME]
    if text.isascii():
        return _NOT_A_LETTER.sub(" ", text.casefold().translate(_APOSTROPHES)).strip()
    # Compatibility forms first: some full-width and styled letters have no case of their own.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(folded.translate(_LETTERS).split())


def split_at_commas(text: str) -> tuple[str, list[str]]:
    """Split "Pisa, Tuscany, Italy" into the normalised name and the normalised qualifiers after it."""
    name, *qualifiers = (normalise(part) for part in _COMMAS.split(text[:LONGEST_NAME]))
    return name, [qualifier for qualifier in qualifiers if qualifier]


def tidy(text: str) -> str:
    """Take control, direction and unpaired surrogate characters out of a name that will be shown again.

    The joiners that Persian and Indian scripts spell with stay.
    """
    kept = (c if c in _JOINERS or unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join("".join(kept).split())


class _Letters(dict[int, str]):
    """What each character of a folded name becomes, worked out when it is first met (str.translate asks here)."""

    def __missing__(self, codepoint: int) -> str:
        """Keep what spells a name, drop what only decorates it, part words at anything else."""
        character = chr(codepoint)
        category = unicodedata.category(character)
        if character in _SPELT_OUT:
            self[codepoint] = _SPELT_OUT[character]
        elif unicodedata.combining(character) or category in {"Cf", "Cs"}:
            self[codepoint] = ""
        else:
            self[codepoint] = character if category[0] in "LNM" else " "
        return self[codepoint]


_LETTERS: Final = _Letters()
