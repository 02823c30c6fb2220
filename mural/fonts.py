"""The typefaces posters can be set in, and which font file has which character. Loads no drawing library."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mural.errors import InvalidInput, MissingScript, Unavailable
from mural.scripts import clusters, has_script, needs_glyph, script_names, tidy

INDEX_FILE: Final = "fonts.json"
FALLBACK_WEIGHT: Final = 500
"""What the fonts that step in for a missing script are set in: between a family's text and title weights."""


@dataclass(frozen=True, slots=True)
class FontFamily:
    """A typeface on offer, with the weights (100 to 900) of a title and of the lines below it."""

    id: str
    name: str
    description: str
    title_weight: int
    text_weight: int


FAMILIES: Final = {
    family.id: family
    for family in (
        FontFamily("jost", "Jost", "Geometric sans with wide, calm capitals", 500, 400),
        FontFamily("eb-garamond", "EB Garamond", "Classical serif of the printed book", 500, 400),
        FontFamily("playfair-display", "Playfair Display", "Didone with sharp contrast", 600, 400),
        FontFamily("inter", "Inter", "Plain grotesque", 600, 400),
        FontFamily("oswald", "Oswald", "Condensed gothic of headlines", 500, 400),
        FontFamily("bitter", "Bitter", "Sturdy slab serif", 600, 400),
        FontFamily("jetbrains-mono", "JetBrains Mono", "Typewriter rhythm, every letter as wide", 600, 400),
        FontFamily("comfortaa", "Comfortaa", "Round and light-hearted", 600, 400),
    )
}
DEFAULT_FAMILY: Final = "jost"
LATIN_FALLBACK: Final = "noto-sans"
LAST_RESORT: Final = "dejavu"
HAN_FAMILIES: Final = ("noto-sans-sc", "noto-sans-tc", "noto-sans-jp", "noto-sans-kr")

_HAN_BY_COUNTRY: Final = {
    **dict.fromkeys(("japan", "日本", "日本国"), "noto-sans-jp"),
    **dict.fromkeys(("taiwan", "台灣", "臺灣", "hong kong", "香港", "macau", "macao", "澳門"), "noto-sans-tc"),
    **dict.fromkeys(("korea", "south korea", "north korea", "대한민국", "한국"), "noto-sans-kr"),
}


def han_family(country: str) -> str:
    """Name the family with the country's own forms of the Chinese characters; "" where it does not matter."""
    return _HAN_BY_COUNTRY.get(country.strip().casefold(), "")


def require_family(ident: str, *, field: str = "font") -> FontFamily:
    """Return the family; raise InvalidInput listing the known ones when there is none of that id."""
    if ident not in FAMILIES:
        allowed = list(FAMILIES)
        raise InvalidInput(f"There is no typeface “{ident}”.", field=field, value=ident, allowed=allowed)
    return FAMILIES[ident]


@dataclass(frozen=True, slots=True, eq=False)
class FontFile:
    """One font file and the code points it draws, as ranges: ``starts[k]`` to ``ends[k]``, both included."""

    name: str
    family: str
    source: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def covers(self, text: str) -> bool:
        """Tell whether every visible character of the text has a glyph here."""
        return all(self._has(ord(char)) for char in text if needs_glyph(char))

    def _has(self, code: int) -> bool:
        k = bisect_right(self.starts, code) - 1
        return k >= 0 and code <= self.ends[k]


class FontIndex:
    """Every font file of an installation, in the order in which they are asked for a character."""

    def __init__(self, files: Sequence[FontFile]) -> None:
        self.files = tuple(files)
        self._families: dict[str, list[FontFile]] = {}
        for file in files:
            self._families.setdefault(file.family, []).append(file)
        ordered_apart = {*FAMILIES, LATIN_FALLBACK, *HAN_FAMILIES, LAST_RESORT}
        self._script_files = [file for file in files if file.family not in ordered_apart]
        self._rest = self._of(LAST_RESORT)

    @classmethod
    def load(cls, fonts_dir: Path) -> FontIndex:
        """Read the index that the font preparation wrote; raise Unavailable when it never ran."""
        try:
            rows = json.loads((fonts_dir / INDEX_FILE).read_text(encoding="utf-8"))["files"]
        except (OSError, ValueError, KeyError) as error:
            raise Unavailable("The fonts are not prepared: run “make setup”.", folder=str(fonts_dir)) from error
        return cls(
            [
                FontFile(
                    row["name"],
                    row["family"],
                    row["source"],
                    tuple(first for first, _ in row["ranges"]),
                    tuple(last for _, last in row["ranges"]),
                )
                for row in rows
            ]
        )

    def missing(self, text: str) -> list[str]:
        """List the letters, marks included, that no single font file can draw."""
        lasting = [file for file in self.files if file.family not in FAMILIES]
        return [part for part in clusters(tidy(text)) if not any(file.covers(part) for file in lasting)]

    def choose(self, text: str, family: str, han_first: str = "") -> tuple[FontFile, ...]:
        """Pick the files to set a tidy line in, the most wanted first; raise MissingScript when it cannot be set.

        ``han_first`` names the family to take Chinese characters from, where the text itself does not tell.
        """
        check_texts([text], self)
        wanted = clusters(text)
        order = [
            *self._latin_order(wanted, family),
            *self._script_files,
            *self._han_order(text, han_first),
            *self._rest,
        ]
        chosen = {next(file for file in order if file.covers(part)) for part in wanted}
        # A file of basic letters would build Ź from Z and an accent it cannot place: extensions are asked before it.
        families = [file.family for file in order]
        return tuple(sorted(chosen, key=lambda file: (families.index(file.family), -order.index(file))))

    def _latin_order(self, wanted: Iterable[str], family: str) -> list[FontFile]:
        """Put the family first if it has all of the line's letters: a word is not set in two faces.

        Letters whose marks Unicode has no single character for are left to the fallback, which alone places any mark.
        """
        own, fallback = self._of(family), self._of(LATIN_FALLBACK)
        letters = [part for part in wanted if has_script(part, "Latn", "Grek", "Cyrl")]
        whole = all(len(part) == 1 and any(file.covers(part) for file in own) for part in letters)
        return [*own, *fallback] if whole else [*fallback, *own]

    def _han_order(self, text: str, first: str) -> list[FontFile]:
        """Order the Chinese, Japanese and Korean fonts so that one of them sets the whole line if any can."""
        if has_script(text, "Hira", "Kana"):
            first = "noto-sans-jp"
        elif has_script(text, "Hang"):
            first = "noto-sans-kr"
        han = [char for char in text if has_script(char, "Hani")]
        lacking = {
            name: sum(not any(file.covers(char) for file in self._of(name)) for char in han) for name in HAN_FAMILIES
        }
        names = sorted(HAN_FAMILIES, key=lambda name: (lacking[name], name != first))
        return [file for name in names for file in self._of(name)]

    def _of(self, family: str) -> list[FontFile]:
        return self._families.get(family, [])


def check_texts(texts: Iterable[str], index: FontIndex) -> None:
    """Raise MissingScript naming the scripts when some character of the texts has no font."""
    missing = list(dict.fromkeys(part for text in texts for part in index.missing(text)))
    if missing:
        names = script_names(part[0] for part in missing)
        raise MissingScript(
            f"There is no font here for “{''.join(missing)}” ({', '.join(names)}).",
            script=names[0],
            characters=missing,
        )
