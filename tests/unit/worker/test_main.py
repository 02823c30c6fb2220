from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from mural.errors import InvalidInput, MapServerError, MuralError
from mural.jobs.progress import Step
from mural.worker.main import Report, answer
from mural.worker.protocol import Failed, Finished, Progress, RenderRequest, RenderResult, encode_request
from tests.render_requests import make_request
from tests.support.real_parts import ROOT

RESULT = RenderResult(
    poster="p.png", thumbnail=None, preview=None, width_px=1, height_px=1, dpi=72, file_size=1, source="sample"
)


def ignore(progress: Progress) -> None:
    pass


def failing(error: Exception, folder: Path) -> Failed:
    def draw(request: RenderRequest, report: Report) -> RenderResult:
        raise error

    said = answer(encode_request(make_request("job", folder)), draw, ignore, memory_mb=700)
    assert isinstance(said, Failed)
    return said


def test_a_request_reaches_the_drawing_unchanged(tmp_path: Path) -> None:
    asked = make_request("job", tmp_path)
    heard: list[object] = []

    def draw(request: RenderRequest, report: Report) -> RenderResult:
        heard.append(request)
        report(Progress(Step.DRAWING, 0.5))
        return RESULT

    assert answer(encode_request(asked), draw, heard.append, memory_mb=700) == Finished(RESULT)
    assert heard == [asked, Progress(Step.DRAWING, 0.5)]


@pytest.mark.parametrize(
    "line", [b"\n", b"{}\n", b"null\n", b'{"kind": "render"}\n', b"\xff\xfe\n", b"[" * 9999 + b"\n"]
)
def test_a_bad_line_is_answered(line: bytes) -> None:
    def draw(request: RenderRequest, report: Report) -> RenderResult:
        raise AssertionError("nothing was asked that could be drawn")

    said = answer(line, draw, ignore, memory_mb=700)
    assert isinstance(said, Failed)
    assert said.error == "RenderError"


@pytest.mark.parametrize(
    "error",
    [
        MapServerError("The map server is busy.", status=429),
        InvalidInput("Too far.", field="distance", value=1e9, allowed="500 to 50000"),
    ],
)
def test_our_own_errors_come_through_whole(error: MuralError, tmp_path: Path) -> None:
    said = failing(error, tmp_path)
    again = said.to_error()
    assert type(again) is type(error)
    assert (again.message, again.facts, again.transient) == (error.message, error.facts, error.transient)


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("std::bad_alloc")])
def test_too_little_memory_is_said_with_the_limit(error: Exception, tmp_path: Path) -> None:
    said = failing(error, tmp_path)
    assert (said.error, said.facts, said.transient) == ("OutOfMemory", {"memory_mb": 700}, False)


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, "StorageFull", "no room left"),
        (errno.EDQUOT, "StorageFull", "no room left"),
        (errno.EFBIG, "RenderError", "larger than this installation allows"),
    ],
)
def test_a_file_that_cannot_be_written_is_told(number: int, kind: str, words: str, tmp_path: Path) -> None:
    said = failing(OSError(number, "of the system", "/a/path/that/nobody/sees"), tmp_path)
    assert said.error == kind
    assert words in said.message
    assert "/a/path" not in said.message


def test_a_render_process_writes_no_file_beyond_its_limit(tmp_path: Path) -> None:
    program = (
        "import sys; from mural.files import limit_files; limit_files(1)\n"
        "try:\n    open(sys.argv[1], 'wb').write(bytes(3_000_000))\n"
        "except OSError as error:\n    sys.exit(error.errno)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "large")]
    ended = subprocess.run(command, cwd=ROOT, check=False)
    assert ended.returncode == errno.EFBIG
    assert (tmp_path / "large").stat().st_size <= 1_000_000


def test_an_unknown_error_is_logged_and_its_text_kept_from_users(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    said = failing(ValueError("secret detail"), tmp_path)
    assert said.error == "RenderError"
    assert "secret detail" not in said.message
    assert "secret detail" in caplog.text
