from __future__ import annotations

from pathlib import Path

import pytest

from mural.errors import Unavailable
from services.upkeep.secret_key import stored_secret_key


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "secret_key"
    key = stored_secret_key(file)
    assert len(key) == 64
    assert stored_secret_key(file) == key
    assert file.stat().st_mode & 0o777 == 0o600
    assert stored_secret_key(tmp_path / "other") != key


def test_an_empty_key_signs_nothing(tmp_path: Path) -> None:
    file = tmp_path / "secret_key"
    file.write_text("\n")
    with pytest.raises(Unavailable, match="Delete it"):
        stored_secret_key(file)
