"""What make does before it runs something, told by a stand-in for Python that notes what it is asked."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.real_parts import ROOT, program

NOTING = """#!/bin/sh
echo "$DATA_DIR|$*" >>"$NOTES"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which set-up has run, in a folder that few would choose."""
    folder = tmp_path / "my posters ü" / "mural"
    (folder / "tools").mkdir(parents=True)
    for name in ("Makefile", "package.json", "package-lock.json", "requirements.txt", "requirements-dev.txt"):
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "tools" / "vendor.mjs", folder / "tools" / "vendor.mjs")
    python = folder / ".venv" / "bin" / "python"
    made = [folder / ".venv" / "made" / name for name in ("in", "python", "python-dev")]
    made += [folder / "node_modules" / ".package-lock.json", folder / "static" / "vendor" / "leaflet" / "leaflet.d.ts"]
    for file in (python, *made):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    made[0].write_text(f"{folder.resolve()}\n")
    python.write_text(NOTING)
    python.chmod(0o755)
    return folder


def make(checkout: Path, *arguments: str, **environ: str) -> list[str]:
    """Run make, and tell what Python was asked to do and with which data folder."""
    notes = checkout / "notes"
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    subprocess.run(
        [program("make"), *arguments], cwd=checkout, env=kept | {"NOTES": str(notes)} | environ, check=True, timeout=60
    )
    return notes.read_text("utf-8").splitlines()


def test_the_data_folder_is_prepared_before_a_start_however_often_set_up_ran(checkout: Path) -> None:
    assert make(checkout, "run") == ["|-m tools.prepare", "|wsgi.py"]


def test_another_data_folder_is_prepared_wherever_it_is_named(checkout: Path, tmp_path: Path) -> None:
    other = str(tmp_path / "andere Daten")
    asked = [f"{other}|-m tools.prepare", f"{other}|wsgi.py"]
    assert make(checkout, "run", f"DATA_DIR={other}") == asked
    (checkout / "notes").unlink()
    assert make(checkout, "run", DATA_DIR=other) == asked


def told(checkout: Path) -> str:
    """Tell what make would do to run the server."""
    command = [program("make"), "--dry-run", "run"]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_checkout_that_was_moved_installs_its_packages_anew(checkout: Path) -> None:
    moved = checkout.rename(checkout.with_name("gallery"))
    assert "tools/venv.sh" in told(moved)
    assert not (moved / ".venv").exists()


def test_packages_that_lie_elsewhere_stay_linked(checkout: Path) -> None:
    linked = checkout.with_name("linked")
    shutil.copytree(checkout, linked, ignore=shutil.ignore_patterns(".venv"))
    (linked / ".venv").symlink_to(checkout / ".venv")
    assert "venv.sh" not in told(linked)
    assert (linked / ".venv" / "bin" / "python").exists()


def test_what_was_removed_by_hand_is_installed_again(checkout: Path) -> None:
    shutil.rmtree(checkout / "node_modules")
    steps = told(checkout)
    assert "npm ci" in steps
    assert "npm run --silent vendor" in steps
    assert "venv.sh" not in steps
