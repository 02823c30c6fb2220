from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from routes.web.whole_heads import HEAD_S, CutOff, WholeLines, WholeWrites

HEAD = b"DELETE /x HTTP/1.1\r\nHost: a\r\nCookie: mural_visitor=abc\r\n\r\n"


class Incoming:
    """What a client sends and then leaves, and how often it was noticed that it left too early."""

    def __init__(self, sent: bytes) -> None:
        self.cuts = 0
        self.now_s = 0.0
        raw: io.RawIOBase = io.BytesIO(sent)  # type: ignore[assignment]  # it reads as a raw stream does
        self.lines = WholeLines(raw, self.count, lambda: self.now_s)

    def count(self) -> None:
        self.cuts += 1

    def head(self, limit: int = -1) -> list[bytes]:
        lines = []
        while (line := self.lines.readline(limit)) not in {b"", b"\r\n"}:
            lines.append(line)
        return lines


def test_a_whole_head_is_read_as_ever() -> None:
    client = Incoming(HEAD + b"body")
    assert client.head() == HEAD.splitlines(keepends=True)[:-1]
    assert (client.lines.read(100), client.cuts) == (b"body", 0)


@pytest.mark.parametrize("length", range(1, len(HEAD)))
def test_a_head_that_ends_anywhere_before_its_end_is_none(length: int) -> None:
    client = Incoming(HEAD[:length])
    with pytest.raises(CutOff):
        client.head()
    assert client.cuts == 1


def test_who_leaves_between_two_requests_has_cut_nothing_off() -> None:
    client = Incoming(HEAD)
    client.head()
    assert (client.lines.readline(), client.cuts) == (b"", 0)
    assert Incoming(b"").lines.readline() == b""


def test_the_size_of_a_chunk_is_no_size_until_its_line_has_ended() -> None:
    client = Incoming(HEAD + b"2\r\n{}\r\n0")
    client.head()
    assert (client.lines.readline(), client.lines.read(2), client.lines.readline()) == (b"2\r\n", b"{}", b"\r\n")
    with pytest.raises(CutOff):
        client.lines.readline()


def test_a_line_that_is_longer_than_one_reads_comes_in_parts() -> None:
    client = Incoming(b"GET /" + b"a" * 20_000 + b"\n")
    assert client.lines.readline(8192) == b"GET /" + b"a" * 8187
    assert len(client.lines.readline(20_000)) == 20_000 + 6 - 8192


def test_a_head_that_comes_letter_by_letter_is_given_up() -> None:
    client = Incoming(HEAD)
    client.lines.readline()
    client.now_s += HEAD_S + 1
    with pytest.raises(CutOff):
        client.lines.readline()


def test_a_body_may_take_its_time_and_so_may_the_next_request() -> None:
    client = Incoming(HEAD + b"body" + HEAD)
    client.head()
    client.now_s += 10 * HEAD_S
    assert client.lines.read(4) == b"body"
    client.now_s += 10 * HEAD_S
    assert len(client.head()) == 3


def test_after_the_end_nothing_more_is_read_of_what_was_sent() -> None:
    client = Incoming(HEAD * 2)
    client.head()
    client.lines.end()
    assert (client.lines.readline(), client.lines.read(10), client.cuts) == (b"", b"", 0)


class Slow(io.RawIOBase):
    """A connection that takes a few bytes at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: Any, /) -> int:
        self.taken.append(bytes(content[:5]))
        return len(self.taken[-1])


def test_what_is_written_goes_out_whole_and_in_one_piece_where_the_system_takes_it() -> None:
    slow = Slow()
    writes = WholeWrites(slow)
    writes.writelines([b"head", b"", b"a longer body"])
    assert (b"".join(slow.taken), slow.taken[0]) == (b"heada longer body", b"heada")
    writes.close()
    assert slow.closed


def test_a_connection_that_waits_for_its_next_request_keeps_nothing() -> None:
    client = Incoming(HEAD + b"body")
    client.head()
    client.lines.read(4)
    assert sys.getsizeof(client.lines) < 200
    assert client.lines.read(1) == b""
