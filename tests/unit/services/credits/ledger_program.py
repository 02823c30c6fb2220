"""Processes that spend and are killed, for test_kills.py.

`dying URL COUNT` forks COUNT times; the nth child kills itself before its nth statement. `spending URL WHO` spends from
the purses of fifty people, and from one that all have, until it is killed.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any
from uuid import uuid4

from sqlalchemy import event

from infra.db.session import Database
from mural.errors import AlreadySettled, InsufficientCredits
from services.credits.service import CreditService
from tests.support.credits import make_credits, wish

PEOPLE = 50


def an_act(credits_kept: CreditService, user_id: str, ident: str) -> None:
    """Go once through everything that changes a purse."""
    credits_kept.purchase(user_id, 5, ident)
    with suppress(InsufficientCredits):
        credits_kept.reserve(user_id, wish(f"{ident} settled", 7))
        credits_kept.reserve(user_id, wish(f"{ident} refunded", 3))
        credits_kept.settle(f"{ident} settled", 5)
        with suppress(AlreadySettled):
            credits_kept.settle(f"{ident} settled", 5)
        credits_kept.refund(f"{ident} refunded")


def dying(url: str, count: int) -> None:
    """Let each child die before another statement, the commits among them."""
    for number in range(1, count + 1):
        child = os.fork()
        if child == 0:
            die_before(url, number)
        _pid, status = os.waitpid(child, 0)
        sys.stdout.write(f"{number} {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}\n")
        sys.stdout.flush()


def die_before(url: str, number: int) -> None:
    """Act, and die before a statement; end well where there are fewer."""
    database, left = Database(url), number

    def count(*_: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", count)
    event.listen(database.engine, "commit", count)
    an_act(make_credits(database), f"mortal {number}", f"act {number}")
    os._exit(0)


def spending(url: str, who: str) -> None:
    """Spend as fifty people at once."""
    database = Database(url, busy_timeout_s=60)
    credits_kept = make_credits(database)

    def spend(person: int) -> None:
        try:
            while True:
                for user_id in (f"person {person}", "all"):
                    an_act(credits_kept, user_id, f"{who} {uuid4().hex}")
        finally:
            os._exit(1)  # whatever was raised, the test must see it

    threads = [threading.Thread(target=spend, args=(person,)) for person in range(PEOPLE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    kind, url, argument = sys.argv[1:]
    if kind == "dying":
        dying(url, int(argument))
    else:
        spending(url, argument)
