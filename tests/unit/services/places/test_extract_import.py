from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.processes.render_process import worker_environment
from mural.errors import BrokenExtract, MapDataError
from mural.geo.extract_index import describe
from mural.geo.import_protocol import MESSAGE, UNFINISHED, Doing, Stage
from services.places import extract_import as module
from services.places.extract_import import import_extract
from tests.support.broken_maps import deadly, in_no_known_script
from tests.support.maps import HELSINKI


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "extracts"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return worker_environment(os.environ, tmp_path / "cache")


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put another program into the place of the import; it gets the same arguments."""

    def put(text: str) -> None:
        script = tmp_path / "program.py"
        script.write_text("import os, sys, time, pathlib\nfile, folder = sys.argv[3:]\n" + text)
        stub = tmp_path / "python"
        stub.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
        stub.chmod(0o755)
        monkeypatch.setattr(sys, "executable", str(stub))

    return put


def test_a_process_of_its_own_makes_the_index(folder: Path, env: dict[str, str]) -> None:
    shown: list[tuple[Stage, float]] = []
    made = import_extract(HELSINKI, folder, env, lambda stage, done: shown.append((stage, done)))
    assert describe(made.path).features == made.features
    assert shown[0][0] == "relations"
    assert shown[-1] == ("tiles", 1.0)
    assert [done for _, done in shown] == sorted(done for _, done in shown)


def test_errors_come_across(folder: Path, env: dict[str, str], tmp_path: Path) -> None:
    junk = tmp_path / "junk.osm.pbf"
    junk.write_bytes(b"not a map")
    with pytest.raises(BrokenExtract, match=r"junk\.osm\.pbf") as caught:
        import_extract(junk, folder, env, lambda *_: None)
    assert caught.value.facts["file"] == "junk.osm.pbf"
    assert list(folder.iterdir()) == []


def test_the_place_in_the_file_moves_the_bar(
    folder: Path, env: dict[str, str], program: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    seen = tmp_path / "seen"
    doing = MESSAGE.dump_json(Doing("features")).decode()
    program(
        f"print({doing!r}, flush=True)\n"
        "handle = os.open(file, os.O_RDONLY)\n"
        "os.lseek(handle, os.path.getsize(file) // 2, os.SEEK_SET)\n"
        "sys.stdin.read(1)\n"
        f"for _ in range(2000):\n if not os.path.exists({str(seen)!r}): time.sleep(0.01)\n"
    )

    def show(_: object, done: float) -> None:
        if round(done, 2) == 0.5:
            seen.touch()

    with pytest.raises(MapDataError):
        import_extract(HELSINKI, folder, env, show)
    assert seen.exists()


def test_a_killed_import_leaves_nothing_behind(folder: Path, env: dict[str, str], program: Any) -> None:
    program(
        f"(pathlib.Path(folder) / {UNFINISHED!r}).mkdir(parents=True)\n"
        f"(pathlib.Path(folder) / {UNFINISHED!r} / 'places').write_bytes(b'half')\n"
        f"os.kill(os.getpid(), {int(signal.SIGBUS)})\n"
    )
    with pytest.raises(MapDataError, match=r"helsinki\.osm\.pbf was not imported.*SIGBUS.*disk space"):
        import_extract(HELSINKI, folder, env, lambda *_: None)
    assert list(folder.iterdir()) == []


def test_an_import_that_says_nothing_has_failed(folder: Path, env: dict[str, str], program: Any) -> None:
    program("sys.exit(3)\n")
    with pytest.raises(MapDataError, match="failed unexpectedly"):
        import_extract(HELSINKI, folder, env, lambda *_: None)


def test_who_stops_watching_stops_the_import(folder: Path, env: dict[str, str], program: Any) -> None:
    doing = MESSAGE.dump_json(Doing("features")).decode()
    program(f"print({doing!r}, flush=True)\ntime.sleep(600)\n")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_extract(HELSINKI, folder, env, interrupted)


@pytest.mark.parametrize(("content", "said"), [(in_no_known_script(), "utf-8"), (deadly(), r"\(SIGSEGV\).*sound copy")])
def test_a_file_that_stops_its_reader_is_named(
    folder: Path, env: dict[str, str], tmp_path: Path, content: bytes, said: str
) -> None:
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(content)
    with pytest.raises(MapDataError, match=said) as caught:
        import_extract(broken, folder, env, lambda *_: None)
    assert caught.value.facts["file"] == "broken.osm.pbf"
    assert list(folder.iterdir()) == []
