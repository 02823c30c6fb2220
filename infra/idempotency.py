"""A client's Idempotency-Key: the same asked again is answered with what was answered, and done once.

What was asked is kept as a digest, the answer as it was. While it is being done a second one is told when to ask
again; whoever was killed in the middle is believed for a minute, then the next one does it.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.db.models import IdempotencyRow
from infra.db.session import Database
from mural.errors import IdempotencyConflict, InFlight, InvalidInput

LONGEST_KEY: Final = 255
HELD: Final = timedelta(minutes=1)
KEPT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to do what was asked, for a while; the how-manieth attempt it is."""

    user_id: str
    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What was answered when the same was asked before."""

    answer: Any


class IdempotencyKeys:
    """Lets each key of a person stand for one thing that is done once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def begin(self, user_id: str, key: str, asked: Any) -> Claim | Replay:
        """Claim a key for what is asked (JSON types); raise IdempotencyConflict or InFlight where it is taken."""
        if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
            message = f"“Idempotency-Key” must be 1 to {LONGEST_KEY} printable ASCII characters."
            raise InvalidInput(message, field="Idempotency-Key", value=key)
        digest, now = _digest(asked), self._clock()
        dialect_insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        new = {"user_id": user_id, "key": key, "asked": digest, "attempt": 1, "created_at": now}
        with self._database.write() as session:
            claimed = dialect_insert(IdempotencyRow).values(**new, held_until=now + HELD).on_conflict_do_nothing()
            if session.scalar(claimed.returning(IdempotencyRow.attempt)) is not None:
                return Claim(user_id, key, 1)
            row = session.get(IdempotencyRow, (user_id, key), with_for_update=True)
            if row is None:  # let go of just now
                raise InFlight("This was being done until now. Ask again in 1 s.", retry_after_s=1)
            if row.asked != digest:
                raise IdempotencyConflict("This Idempotency-Key was used for something else.")
            if row.answer is not None:
                return Replay(json.loads(row.answer))
            wait = min(row.held_until - now, HELD)  # a clock that was put back makes nobody wait longer
            if wait > timedelta():
                seconds = math.ceil(wait.total_seconds())
                raise InFlight(f"This is being done. Ask again in {seconds} s.", retry_after_s=seconds)
            row.attempt, row.held_until = row.attempt + 1, now + HELD
            return Claim(user_id, key, row.attempt)

    def finish(self, session: Session, claim: Claim, answer: Any) -> None:
        """Keep the answer, in the transaction of what was done; raise InFlight where another has taken over."""
        changed = session.execute(update(IdempotencyRow).where(*_held_by(claim)).values(answer=json.dumps(answer)))
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise InFlight("Somebody else has begun to do this.", retry_after_s=1)

    def abandon(self, claim: Claim) -> None:
        """Let a key go whose request was refused: the same may be asked again at once."""
        with self._database.write() as session:
            session.execute(delete(IdempotencyRow).where(*_held_by(claim)))

    def forget_old(self) -> None:
        """Delete the keys that are older than a day, or dated by a clock that was wrong."""
        row, now = IdempotencyRow, self._clock()
        with self._database.write() as session:
            session.execute(delete(row).where((row.created_at < now - KEPT) | (row.created_at > now + KEPT)))

    def forget_of(self, user_id: str) -> None:
        """Delete somebody's keys."""
        with self._database.write() as session:
            session.execute(delete(IdempotencyRow).where(IdempotencyRow.user_id == user_id))


def _held_by(claim: Claim) -> tuple[Any, ...]:
    row = IdempotencyRow
    mine = (row.user_id == claim.user_id, row.key == claim.key, row.attempt == claim.attempt)
    return (*mine, row.answer.is_(None))


def _digest(asked: Any) -> str:
    plain = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()
