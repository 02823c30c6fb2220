from __future__ import annotations

from mural.themes import load_themes
from tests.support.real_parts import ROOT
from tools.theme_sheets import DOCS_DIR, SHEETS, page


def test_the_page_about_themes_is_the_one_that_make_themes_writes() -> None:
    themes, _ = load_themes(ROOT / "themes")
    assert (DOCS_DIR / "themes.md").read_text(encoding="utf-8") == page(list(themes.values()))


def test_every_sheet_is_there_and_together_they_stay_small() -> None:
    sizes = [(DOCS_DIR / "themes" / f"{sheet.name}.jpg").stat().st_size for sheet in SHEETS]
    assert sum(sizes) < 3_000_000
