from __future__ import annotations

from pathlib import Path

import pytest

from infra import environ


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / ".env"
    file.write_text("PORT=9000\nHOST=192.0.2.1\nLOG_FORMAT\n# METRICS=1\n")
    monkeypatch.setattr(environ, "DOTENV", file)
    monkeypatch.setenv("PORT", "9001")
    read = environ.read_environ()
    assert (read["PORT"], read["HOST"], read["LOG_FORMAT"]) == ("9001", "192.0.2.1", "")
    assert "METRICS" not in read


def test_the_file_lies_beside_the_program() -> None:
    assert (environ.DOTENV.parent / "wsgi.py").exists()
