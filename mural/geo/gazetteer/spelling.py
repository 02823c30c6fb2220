"""Guesses at what was meant by a name that nothing begins with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

SHORTEST_GUESS: Final = 4
LONGEST_GUESS: Final = 24
"""Names outside these lengths are not guessed at: too little to go by, or too many ways to be wrong."""

_SHORTEST_MISBEGUN: Final = 6
"""Behind another first letter, which is seldom mistaken, too many names go on like a shorter name than this."""

_ALPHABETS: Final = ("abcdefghijklmnopqrstuvwxyz ", "абвгдежзиклмнопрстуфхцчшщыьэюя ", "αβγδεζηθικλμνξοπρστυφχψω ")


def guessable(name: str) -> bool:
    """Tell whether a normalised name is long enough, and not too long, to guess at what was meant."""
    return SHORTEST_GUESS <= len(name) <= LONGEST_GUESS


def one_slip_away(name: str) -> Iterator[str]:
    """Yield what a normalised name may have been before one letter was swapped, added, mistaken or left out.

    Letters are added and replaced for Latin, Cyrillic and Greek names; elsewhere only taken away and swapped. For the
    last letter there is no guess: whatever begins with the others is meant then.
    """
    if not guessable(name):
        return
    alphabet = next((letters for letters in _ALPHABETS if name[0] in letters), "")
    splits = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    yield from (head + tail[1] + tail[0] + tail[2:] for head, tail in splits if len(tail) > 1)
    if len(name) > SHORTEST_GUESS:
        yield from (head + tail[1:] for head, tail in splits if len(tail) > 1)
    for head, tail in splits:
        for letter in alphabet:
            yield head + letter + tail
            if len(tail) > 1 and (head or len(name) >= _SHORTEST_MISBEGUN):
                yield head + letter + tail[1:]
