"""Streams of anything on both databases: the order of the numbers is the order of the commits."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from infra.db.migrate import migrate
from infra.db.models import StreamEventRow
from infra.db.session import Database
from infra.events.announcing import Announcer, Commits
from infra.events.events import Event, Name, RecordingPublisher
from infra.events.payloads import NotAsDeclared
from infra.events.streams import Overtaken, Position, Resume, Stream
from tests.support.real_parts import ROOT

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TALK = Stream("talk", "room:talk")
OTHER = Stream("other", "room:other")


@pytest.fixture
def database(tmp_path: Path, database_url: str) -> Iterator[Database]:
    (tmp_path / "data").mkdir()
    opened = Database(database_url, busy_timeout_s=60)
    migrate(opened, tmp_path / "backups")
    with opened.write() as session:
        TALK.ensure(session)
        OTHER.ensure(session)
    yield opened
    opened.close()


def append(session: Any, stream: Stream = TALK, subject: str = "p") -> Event:
    return stream.append(session, Name.GALLERY_POSTER_REMOVED, subject, lambda seq: {"seq": seq, "id": subject}, NOW)


def appended(database: Database, count: int, stream: Stream = TALK) -> None:
    with database.write() as session:
        for number in range(count):
            append(session, stream, str(number))


def resumed(database: Database, epoch: str | None, seq: int | None, stream: Stream = TALK) -> Resume:
    with database.read() as session:
        return stream.resume(session, epoch, seq)


def epoch_of(database: Database, stream: Stream = TALK) -> str:
    with database.read() as session:
        return stream.position(session).epoch


def test_whoever_reads_while_processes_write_sees_no_number_before_one_that_is_missing(database: Database) -> None:
    command = [sys.executable, "-m", "tests.unit.infra.events.streams_program"]
    url = database.url.render_as_string(hide_password=False)
    writers = [
        subprocess.Popen([*command, url, TALK.name, who, "60"], cwd=ROOT, stdin=subprocess.PIPE) for who in ("a", "b")
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(b"\n")
        writer.stdin.close()
    seen: list[int] = []
    while any(writer.poll() is None for writer in writers) or len(seen) < 120:
        with database.read() as session:
            later = TALK.since(session, len(seen))
            assert TALK.position(session).seq == len(seen) + len(later), "the number and what it tells are one change"
        seen += [kept.seq for kept in later]
        assert seen == list(range(1, len(seen) + 1))
        assert all(writer.poll() in (None, 0) for writer in writers)
    assert len(seen) == 120
    with database.read() as session:
        by = session.scalars(select(StreamEventRow.subject).where(StreamEventRow.stream == TALK.name)).all()
    assert (by.count("a"), by.count("b")) == (60, 60)


def test_one_who_took_a_number_is_waited_for_by_the_next(database: Database) -> None:
    order: list[str] = []
    took, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with database.write() as session:
            append(session, subject="slow")
            took.set()
            assert go_on.wait(20)
            order.append("slow commits")

    def quick() -> None:
        assert took.wait(20)
        go_on.set()
        with database.write() as session:
            order.append(f"quick has {append(session, subject='quick').payload['seq']}")

    threads = [threading.Thread(target=one) for one in (slow, quick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert order == ["slow commits", "quick has 2"]


def test_a_number_is_taken_only_by_what_is_committed(database: Database) -> None:
    with database.write() as session:
        append(session)
        session.rollback()
    with database.write() as session:
        assert append(session).payload["seq"] == 1


def test_streams_count_and_forget_each_for_itself(database: Database) -> None:
    appended(database, 3)
    appended(database, 2, OTHER)
    with database.write() as session:
        TALK.begin_epoch(session, 7)
    with database.read() as session:
        assert (TALK.position(session).seq, OTHER.position(session).seq) == (7, 2)
        assert (TALK.since(session, 0), len(OTHER.since(session, 0))) == ((), 2)


def test_who_was_away_gets_exactly_what_was_missed_or_begins_anew(database: Database) -> None:
    appended(database, 3)
    epoch = epoch_of(database)
    assert resumed(database, epoch, 3) == Resume("current", epoch, 3)
    missed = resumed(database, epoch, 1)
    assert (missed.outcome, [kept.seq for kept in missed.events]) == ("replay", [2, 3])
    assert missed.to_json(lambda name, facts: {**facts, "name": name})["events"][0] == {
        "seq": 2,
        "event": Name.GALLERY_POSTER_REMOVED,
        "payload": {"seq": 2, "id": "1", "name": Name.GALLERY_POSTER_REMOVED},
    }
    for known in ((None, 1), ("another", 1), (epoch, None), (epoch, 4), (epoch, -1)):
        assert resumed(database, *known) == Resume("refetch", epoch, 3)


def test_only_the_latest_events_are_kept(database: Database) -> None:
    short = Stream("talk", "room", kept=10)
    appended(database, 25, short)
    appended(database, 1, OTHER)
    epoch = epoch_of(database)
    assert resumed(database, epoch, 14, short).outcome == "refetch"
    assert [kept.seq for kept in resumed(database, epoch, 15, short).events] == list(range(16, 26))


def test_what_is_withdrawn_is_told_otherwise_under_its_number(database: Database) -> None:
    brakes = {"everybody": True, "newcomers": False, "networks": 0, "factor": 2}
    with database.write() as session:
        TALK.append(session, Name.CANVAS_BRAKES, "gone", lambda _seq: brakes, NOW)
        TALK.append(session, Name.CANVAS_BRAKES, "kept", lambda _seq: brakes, NOW)
        TALK.withdraw(
            session,
            Name.CANVAS_BRAKES,
            ["gone"],
            Name.GALLERY_POSTER_REMOVED,
            lambda seq, ident: {"seq": seq, "id": ident},
        )
    with database.read() as session:
        first, second = TALK.since(session, 0)
    assert (first.seq, first.event, first.facts) == (1, Name.GALLERY_POSTER_REMOVED, {"seq": 1, "id": "gone"})
    assert (second.event, second.facts) == (Name.CANVAS_BRAKES, brakes)


def test_numbers_that_follow_a_position_are_given_once(database: Database) -> None:
    here = Position(epoch_of(database), 0)
    with database.write() as session:
        TALK.take_after(session, here, 5)
    for stale in (here, Position("another", 5)):
        with pytest.raises(Overtaken), database.write() as session:
            TALK.take_after(session, stale, 1)
    with database.read() as session:
        assert TALK.position(session).seq == 5


def test_a_stream_that_was_not_begun_says_so(database: Database) -> None:
    with database.read() as session, pytest.raises(LookupError, match="nobody"):
        Stream("nobody", "room").position(session)


def test_an_event_with_another_field_is_refused_before_anything_is_kept(database: Database) -> None:
    with pytest.raises(NotAsDeclared, match="owner"), database.write() as session:
        TALK.append(session, Name.GALLERY_POSTER_REMOVED, "p", lambda seq: {"seq": seq, "id": "p", "owner": "ann"}, NOW)
    with database.read() as session:
        assert TALK.position(session).seq == 0


def test_news_leave_after_the_commit_and_only_what_failed_is_undone(database: Database) -> None:
    told, undone = RecordingPublisher(), []

    class Looking(RecordingPublisher):
        def publish(self, event: Event) -> None:
            with database.read() as session:
                assert TALK.position(session).seq == event.payload["seq"], "whoever hears of it finds it"
            told.publish(event)
            raise ConnectionError("the bus is gone")

    commits = Commits(database, Looking())
    assert commits.make(lambda session: (append(session), "made"), lambda: undone.append(1)) == "made"
    with pytest.raises(RuntimeError):
        commits.make(trouble, lambda: undone.append(2))
    assert ([event.payload["seq"] for event in told.events], undone) == ([1], [2])
    Announcer(Looking()).publish(told.events[0])


def trouble(session: Any) -> Any:
    append(session)
    raise RuntimeError("something is wrong")
