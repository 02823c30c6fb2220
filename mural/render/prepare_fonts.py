"""Prepare the fonts of an installation: ``python -m mural.render.prepare_fonts NODE_MODULES_DIR FONTS_DIR``.

The npm packages hold variable fonts, split by script. Their files are copied and indexed by the characters they draw; a
weight is cut out of one when it is first needed, which keeps the set-up short although Chinese alone comes in hundreds.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from fontTools.ttLib import TTFont

from mural.fonts import FAMILIES, HAN_FAMILIES, INDEX_FILE, LAST_RESORT, LATIN_FALLBACK, FontIndex
from mural.render.fonts import INSTANCES_DIR, SOURCES_DIR, FontShelf, Typeface

SCOPE: Final = "@fontsource-variable"
FORMAT_VERSION: Final = 2
LICENCES_DIR: Final = "licences"
SCRIPT_FAMILIES: Final = (
    "noto-sans-arabic",
    "noto-sans-hebrew",
    "noto-sans-devanagari",
    "noto-sans-thai",
    "noto-sans-georgian",
    "noto-sans-armenian",
    "noto-sans-bengali",
    "noto-sans-tamil",
    "noto-sans-telugu",
    "noto-sans-kannada",
    "noto-sans-malayalam",
    "noto-sans-gujarati",
    "noto-sans-gurmukhi",
    "noto-sans-oriya",
    "noto-sans-sinhala",
    "noto-sans-khmer",
    "noto-sans-lao",
    "noto-sans-myanmar",
    "noto-sans-ethiopic",
    "noto-sans-thaana",
    "noto-sans-canadian-aboriginal",
    "noto-serif-tibetan",
)
LATIN_SUBSETS: Final = ("latin", "latin-ext", "vietnamese", "cyrillic", "cyrillic-ext", "greek-ext", "math", "symbols")
"""Parts of the script fonts that repeat what the families and Noto Sans have."""

FIRST_SUBSETS: Final = ("latin", "latin-ext", "greek", "cyrillic", "vietnamese")


def prepare(node_modules: Path, fonts_dir: Path) -> bool:
    """Bring ``fonts_dir`` up to the installed packages; return whether there was anything to do."""
    wanted = {family: _version(node_modules, family) for family in all_families()}
    index_path = fonts_dir / INDEX_FILE
    if _prepared(index_path) == wanted:
        return False
    _clear(fonts_dir)
    sources = fonts_dir / SOURCES_DIR
    rows = [_add(path, family, sources) for family in wanted for path in _source_files(node_modules, family)]
    rows.append(_add(_last_resort(), LAST_RESORT, sources))
    for family in wanted:
        _keep_licence(node_modules / SCOPE / family / "LICENSE", family, fonts_dir)
    _keep_licence(_last_resort().with_name("LICENSE_DEJAVU"), LAST_RESORT, fonts_dir)
    index_path.write_text(json.dumps({"format": FORMAT_VERSION, "packages": wanted, "files": rows}), encoding="utf-8")
    _warm(fonts_dir)
    return True


def _clear(fonts_dir: Path) -> None:
    """Take away what an earlier run made, the index first: without it the folder counts as not prepared."""
    (fonts_dir / INDEX_FILE).unlink(missing_ok=True)
    for name in (SOURCES_DIR, INSTANCES_DIR, LICENCES_DIR):
        shutil.rmtree(fonts_dir / name, ignore_errors=True)
        (fonts_dir / name).mkdir(parents=True)


def _keep_licence(licence: Path, family: str, fonts_dir: Path) -> None:
    """Keep a font's licence beside it, as the licence asks."""
    shutil.copyfile(licence, fonts_dir / LICENCES_DIR / f"{family}.txt")


def all_families() -> tuple[str, ...]:
    """List the families that set-up needs, one npm package each, in the order in which they are asked."""
    return (*FAMILIES, LATIN_FALLBACK, *SCRIPT_FAMILIES, *HAN_FAMILIES)


def _version(node_modules: Path, family: str) -> str:
    package = node_modules / SCOPE / family / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"])


def _prepared(index_path: Path) -> dict[str, str] | None:
    """Read which package versions the folder was made from, or None when it has to be made anew."""
    try:
        made: dict[str, Any] = json.loads(index_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return made.get("packages") if made.get("format") == FORMAT_VERSION else None


def _source_files(node_modules: Path, family: str) -> Iterator[Path]:
    """Give a family's upright files that add characters, plain Latin first."""
    found = {
        path.name.removeprefix(f"{family}-").removesuffix("-wght-normal.woff2"): path
        for path in (node_modules / SCOPE / family / "files").glob("*-wght-normal.woff2")
    }
    alone = family in FAMILIES or family == LATIN_FALLBACK
    for subset in sorted(found, key=lambda name: (*FIRST_SUBSETS, name).index(name)):
        if alone or subset not in LATIN_SUBSETS:
            yield found[subset]


def _last_resort() -> Path:
    """Find the font with the rarest marks and symbols: the one matplotlib brings along."""
    import matplotlib as mpl  # noqa: PLC0415  (only this step of the set-up needs it)

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"


def _add(path: Path, family: str, sources: Path) -> dict[str, Any]:
    """Copy one file and describe it for the index."""
    shutil.copyfile(path, sources / path.name)
    with TTFont(path, lazy=True) as font:
        codes = sorted(font.getBestCmap())
    name = path.name.removesuffix(".woff2").removesuffix("-wght-normal").removesuffix(".ttf")
    return {"name": name, "family": family, "source": path.name, "ranges": _ranges(codes)}


def _ranges(codes: list[int]) -> list[list[int]]:
    """Fold sorted code points into [first, last] pairs."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def _warm(fonts_dir: Path) -> None:
    """Cut the weights of the families' Latin, which the first poster will ask for."""
    shelf = FontShelf(FontIndex.load(fonts_dir), fonts_dir)
    for family in FAMILIES.values():
        for weight in (family.title_weight, family.text_weight):
            shelf.open("Aa", Typeface(family.id, weight))


def main(arguments: list[str]) -> None:
    """Run as a step of the set-up."""
    parser = argparse.ArgumentParser(description="Prepare the fonts that posters are lettered in.")
    parser.add_argument("node_modules", type=Path)
    parser.add_argument("fonts_dir", type=Path)
    options = parser.parse_args(arguments)
    try:
        done = prepare(options.node_modules, options.fonts_dir)
    except FileNotFoundError as error:
        parser.error(f"{error.filename} is missing: run “npm ci” first")
    sys.stdout.write(f"Fonts {'prepared' if done else 'up to date'} in {options.fonts_dir}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
