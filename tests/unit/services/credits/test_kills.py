"""Whoever is killed in the middle leaves a ledger that is right, and nothing put aside for ever."""

from __future__ import annotations

import signal
import subprocess
import sys

from sqlalchemy import func, select

from infra.db.models import CreditEntryRow
from infra.db.session import Database
from services.credits.service import LASTS, CreditService
from tests.support.credits import assert_books_are_right, open_reservations
from tests.support.posters import HandClock
from tests.support.real_parts import ROOT
from tests.support.waiting import wait_until

STATEMENTS = 60


def program(database: Database, *arguments: str) -> subprocess.Popen[str]:
    kind, *others = arguments
    url = database.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.unit.services.credits.ledger_program", kind, url, *others]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def entries(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(CreditEntryRow)) or 0


def assert_all_is_given_back(database: Database, ledger: CreditService, clock: HandClock) -> None:
    assert_books_are_right(database)
    with database.read() as session:
        clock.now = session.scalar(select(func.max(CreditEntryRow.created_at))) or clock.now
    clock.advance(LASTS.total_seconds() + 60)
    ledger.give_back_lapsed()
    assert open_reservations(database) == []
    assert_books_are_right(database)


def test_death_before_any_statement_leaves_the_books_right(
    database: Database, ledger: CreditService, clock: HandClock
) -> None:
    with program(database, "dying", str(STATEMENTS)) as process:
        said, _ = process.communicate()
    deaths = dict(tuple(map(int, line.split())) for line in said.splitlines())
    assert deaths[1] == signal.SIGKILL, "the first statement was one"
    assert deaths[STATEMENTS] == 0, "there are more statements than were tried"
    assert sum(death == signal.SIGKILL for death in deaths.values()) >= 25
    assert open_reservations(database), "some died with credits put aside"
    assert_all_is_given_back(database, ledger, clock)


def test_fifty_people_spend_at_once_in_processes_that_are_killed(
    database: Database, ledger: CreditService, clock: HandClock
) -> None:
    for number in range(2):
        before = entries(database)
        pair = [program(database, "spending", f"{number} {who}") for who in "ab"]
        wait_until(lambda: entries(database) > before + 200)  # noqa: B023  # asked within this turn
        for process in pair:
            process.kill()
            assert process.wait() == -signal.SIGKILL
            assert process.stdout is not None
            process.stdout.close()
    assert_all_is_given_back(database, ledger, clock)
