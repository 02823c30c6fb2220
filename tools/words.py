"""Keep the catalogues of the pages' words abreast of the sources: `python -m tools.words`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from mural.canvas.palette import PALETTES
from routes.web.languages import PAINTS

ROOT: Final = Path(__file__).parent.parent
FOLDER: Final = ROOT / "translations"
SOURCES: Final = {
    "routes": [("**.py", "python")],
    "templates": [("**.html", "jinja2")],
    "static/js": [("**.js", "javascript")],
}
KEYWORDS: Final = {"_": None, "gettext": None, "noted": None, "ngettext": (1, 2)}


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Read every catalogue, each brought up to what the sources say now."""
    template = words_of_the_sources()
    for file in sorted(FOLDER.glob("*.po")):
        with file.open("rb") as stream:
            catalog = read_po(stream, locale=file.stem)
        catalog.update(template, no_fuzzy_matching=True)
        yield file, catalog


def words_of_the_sources() -> Catalog:
    """Collect every sentence that templates, scripts and routes say, and the names of the built-in paints."""
    template = Catalog(project="mural", charset="utf-8")
    for folder, methods in SOURCES.items():
        for name, line, message, _comments, context in extract_from_dir(ROOT / folder, methods, keywords=KEYWORDS):
            template.add(message, locations=[(f"{folder}/{name}", line)], context=context)
    for palette in PALETTES.values():
        for paint in palette.colours:
            template.add(paint.name, locations=[(PAINTS, 1)])
    return template


def main() -> None:
    """Write the catalogues anew; sentences without a translation are left empty."""
    for file, catalog in catalogues():
        catalog.obsolete.clear()
        catalog.fuzzy = False
        catalog.header_comment = "# Words of the pages; python -m tools.words keeps them abreast of the sources."
        with file.open("wb") as stream:
            write_po(stream, catalog, width=120, sort_by_file=True, include_lineno=False)


if __name__ == "__main__":
    main()
