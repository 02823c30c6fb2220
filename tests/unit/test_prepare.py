"""Set-up looks at the data folder that is used, whatever was prepared before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from services.upkeep.start_checks import check_prepared
from tests.support.real_parts import PREPARED_DIR, ROOT, missing
from tools.prepare import prepare_data

NODE_MODULES = ROOT / "node_modules"


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A second data folder, which was lent what the first one has."""
    if not NODE_MODULES.exists() or not (PREPARED_DIR / "fonts").exists():
        missing("what `make setup` installs")
    folder = tmp_path / "andere Daten ü"
    folder.mkdir()
    (folder / "fonts").symlink_to(PREPARED_DIR / "fonts")
    shutil.copy(PREPARED_DIR / "gazetteer.db", folder)
    return folder


def test_a_second_data_folder_is_prepared_too_and_only_once(other: Path) -> None:
    lent = (PREPARED_DIR / "fonts" / "fonts.json").stat()
    prepare_data(other)
    check_prepared(other / "fonts", other / "gazetteer.db")
    assert not (other / "fonts").is_symlink()
    made = {path: path.stat().st_mtime_ns for path in (other / "fonts" / "fonts.json", other / "gazetteer.db")}
    prepare_data(other)
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert (PREPARED_DIR / "fonts" / "fonts.json").stat() == lent
