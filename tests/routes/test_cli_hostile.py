"""Whatever a command is given, it ends with one sentence and exit code 1 and leaves everything as it was."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import app_factory
from mural.canvas.palette import PALETTES
from mural.canvas.reduce import board_from_picture, opened_picture
from mural.errors import InvalidInput


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `flask mural ...` on a data folder of its own, as it is started from a shell."""
    (tmp_path / "data").mkdir()
    settings = {"DATA_DIR": str(tmp_path / "data"), "CANVAS_WIDTH": "64", "CANVAS_HEIGHT": "64"}
    monkeypatch.setattr(app_factory, "read_environ", lambda: settings)

    def invoke(*arguments: str) -> Result:
        return app_factory.from_environment().test_cli_runner().invoke(args=["mural", *arguments])

    return invoke


def one_sentence(result: Result) -> str:
    """Check how a command ended."""
    assert result.exit_code == 1, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    (line,) = [line for line in result.output.splitlines() if line.startswith("Error: ")]
    return line


def png(width: int, height: int, pixels: bytes = b"") -> bytes:
    """A picture in one colour of one bit a pixel: packed, a thousandth of what it takes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = pixels or zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


CONTENTS = {
    "empty": b"",
    "noise": bytes(range(256)) * 40,
    "not UTF-8": b'{"1,1": "\xff\xfe"}',
    "deep": b"[" * 300_000,
    "deep objects": b'{"a":' * 300_000,
    "a huge number": b'{"1,1": ' + b"9" * 10_000 + b"}",
    "text": b"no picture, no backup and no board\n",
    "a moment of no calendar": (
        b'{"1,1": {"color": "#ffffff", "timestamp": "0001-01-01T00:00:00+14:00", "user_id": "x"}}'
    ),
    "no object": b"[1, 2, 3]",
    "a picture cut short": png(64, 64)[:45],
    "a broken picture": png(64, 64, b"no zlib stream"),
    "a program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch evil) (w) file\n",
}

READERS = (
    ("restore", "{}"),
    ("import-extract", "{}"),
    ("canvas", "import", "{}"),
    ("canvas", "seed", "--png", "{}"),
)


def given(command: tuple[str, ...], path: Path) -> list[str]:
    return [word.format(path) for word in command]


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_a_file_that_holds_something_else(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    for name, content in CONTENTS.items():
        file = tmp_path / ("given.osm.pbf" if command[0] == "import-extract" else "given")
        file.write_bytes(content)
        assert one_sentence(run(*given(command, file))), name


def pipe(path: Path) -> None:
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.mkdir()


def nothing(path: Path) -> None:
    """There is no such file."""


def dangling(path: Path) -> None:
    path.symlink_to(path.with_name("nowhere"))


def loop(path: Path) -> None:
    path.symlink_to(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [pipe, folder, nothing, dangling, loop, device])
@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_what_is_no_file(run: Any, tmp_path: Path, command: tuple[str, ...], make: Callable[[Path], None]) -> None:
    make(tmp_path / "given.osm.pbf")
    one_sentence(run(*given(command, tmp_path / "given.osm.pbf")))


@pytest.mark.parametrize("make", [pipe, folder, device])
@pytest.mark.parametrize("command", [("backup", "{}"), ("canvas", "export", "{}")], ids=" ".join)
def test_what_cannot_be_written(
    run: Any, tmp_path: Path, command: tuple[str, ...], make: Callable[[Path], None]
) -> None:
    make(tmp_path / "given.png")
    one_sentence(run(*given(command, tmp_path / "given.png")))


@pytest.mark.parametrize(
    "arguments",
    [
        ("canvas", "revert", "nobody"),
        ("canvas", "export", "board.exe"),
        ("canvas", "export", "/nowhere/board.png"),
        ("canvas", "seed", "--poster", "../../etc/passwd"),
        ("canvas", "seed", "--poster", "0" * 32),
        ("canvas", "ban", "--network", "no network"),
        ("backup", "/nowhere/backup.tar"),
        ("backup", "a\x00b"),
        ("restore", "x" * 5000),
    ],
)
def test_arguments_that_mean_nothing(run: Any, arguments: tuple[str, ...]) -> None:
    one_sentence(run(*arguments))


def test_a_database_that_is_none_is_a_sentence_for_every_command(run: Any, tmp_path: Path) -> None:
    (tmp_path / "data" / "mural.db").write_bytes(b"This is no database. " * 1000)
    for arguments in (("reindex",), ("retention",), ("backup", str(tmp_path / "b.tar")), ("canvas", "readonly", "on")):
        one_sentence(run(*arguments))
    assert run("status").exit_code == 0, "it tells what is wrong and goes on"


@pytest.mark.parametrize(("width", "height"), [(40_000, 40_000), (9_000, 9_000), (2**31 - 1, 1), (100_000, 600)])
def test_a_picture_that_unpacks_to_more_than_any_board_needs_is_not_unpacked(
    run: Any, tmp_path: Path, width: int, height: int
) -> None:
    (tmp_path / "bomb.png").write_bytes(png(width, height, zlib.compress(b"", 9)))
    assert "too large" in one_sentence(run("canvas", "seed", "--png", str(tmp_path / "bomb.png")))


def test_the_largest_picture_there_may_be_is_taken(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(png(10_000, 4_999))
    with opened_picture(tmp_path / "large.png") as picture:
        board = board_from_picture(picture, 64, 64, PALETTES["mural32"], dither=False)
    assert {PALETTES["mural32"].colours[pixel].name for pixel in set(board.pixels.tolist())} == {"Black"}


def test_what_only_some_program_could_read_is_no_picture(tmp_path: Path) -> None:
    (tmp_path / "drawing.eps").write_bytes(CONTENTS["a program"])
    with pytest.raises(InvalidInput, match="cannot be used"), opened_picture(tmp_path / "drawing.eps"):
        pass


@pytest.mark.parametrize("option", ["--lat", "--lon", "--distance", "--rotation"])
def test_a_number_that_is_none(run: Any, tmp_path: Path, option: str) -> None:
    poster = {"--lat": "60", "--lon": "25", "--distance": "500", "--theme": "noir", "-o": str(tmp_path / "it.png")}
    result = run("render", *(word for pair in (poster | {option: "nan"}).items() for word in pair))
    assert result.exit_code == 2
    assert f"Invalid value for '{option}': 'nan' is not a number." in result.output
