"""Log lines, when what they are written to takes its time or takes none."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Iterator

import pytest

from infra.background import ThreadBackground, directly
from infra.observing import line_writer
from infra.observing.line_writer import LineWriter
from tests.support.waiting import wait_until


class Terminal(io.StringIO):
    """Takes lines for as long as it is not paused; broken, it refuses them."""

    def __init__(self) -> None:
        super().__init__()
        self.running = threading.Event()
        self.running.set()
        self.pausing = threading.Event()
        self.broken = False

    def write(self, text: str) -> int:
        if self.broken:
            raise BrokenPipeError
        self.pausing.set()
        self.running.wait()
        return super().write(text)

    def lines(self) -> list[str]:
        return self.getvalue().splitlines()


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
def writer(terminal: Terminal) -> Iterator[LineWriter]:
    made = LineWriter(terminal)
    made.write_in_background(ThreadBackground(), directly)
    yield made
    terminal.broken = False
    terminal.running.set()
    made.close()


def say(writer: LineWriter, message: str, *values: object) -> None:
    writer.handle(logging.LogRecord("mural", logging.INFO, "", 0, message, values, None))


def test_who_logs_does_not_wait_for_a_paused_terminal(writer: LineWriter, terminal: Terminal) -> None:
    terminal.running.clear()
    say(writer, "one")
    terminal.pausing.wait()
    for word in ("two", "three"):
        say(writer, word)
    assert terminal.lines() == []
    terminal.running.set()
    wait_until(lambda: terminal.lines() == ["one", "two", "three"])


def test_what_nobody_takes_is_bounded_and_counted(
    writer: LineWriter, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_writer, "WAITING_MAX", 2)
    terminal.running.clear()
    say(writer, "being written")
    terminal.pausing.wait()
    for number in range(5):
        say(writer, "line %d", number)
    terminal.running.set()
    told = "3 lines of the log were left out, as nobody took them"
    wait_until(lambda: terminal.lines() == ["being written", "line 0", "line 1", told])


def test_a_reader_that_has_gone_harms_nobody(writer: LineWriter, terminal: Terminal) -> None:
    terminal.broken = True
    say(writer, "to nobody")
    wait_until(lambda: not writer._waiting)
    terminal.broken = False
    wait_until(lambda: writer._left_out)
    say(writer, "again")
    wait_until(lambda: terminal.lines() == ["again", "1 lines of the log were left out, as nobody took them"])


def test_a_record_that_cannot_be_written_does_not_break_what_it_tells_about(
    writer: LineWriter, terminal: Terminal, capsys: pytest.CaptureFixture[str]
) -> None:
    say(writer, "%d posters", "many")
    say(writer, "after it")
    wait_until(lambda: terminal.lines() == ["after it"])
    assert "Logging error" in capsys.readouterr().err


def test_the_last_lines_are_written_at_the_end(terminal: Terminal) -> None:
    writer = LineWriter(terminal)
    say(writer, "before")
    assert terminal.lines() == ["before"]
    writer.write_in_background(ThreadBackground(), directly)
    say(writer, "the last")
    writer.close()
    assert terminal.lines() == ["before", "the last"]
