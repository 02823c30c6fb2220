from __future__ import annotations

from pathlib import Path

import pytest

from mural.errors import NotFound
from services.themes.shipped import ThemeService
from tests.support.posters import write_themes


def test_a_broken_theme_is_named_and_hides_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    themes = ThemeService(write_themes(tmp_path))
    assert [theme.id for theme in themes.all()] == ["noir", "paper"]
    assert themes.get("noir").bg == "#101010"
    assert list(themes.broken()) == ["torn.json"]
    assert "torn.json" in caplog.text


def test_an_unknown_theme_is_told_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        ThemeService(write_themes(tmp_path)).get("../noir")
    assert refused.value.facts["available_themes"] == ["noir", "paper"]
