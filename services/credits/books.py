"""One person's purse and ledger within a transaction: every change of the one is a row of the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Self
from uuid import uuid4

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from infra.db.models import CreditEntryRow, CreditPurseRow
from mural.errors import InsufficientCredits

MONTH: Final = "month"
"""The kind of request that a monthly grant answers; its id is the month."""


class Purse(StrEnum):
    """Where credits are: granted for a month and spent first, or bought and kept."""

    GRANTED = "granted"
    BOUGHT = "bought"


class Type(StrEnum):
    """What a row of the ledger is."""

    GRANT = "grant"
    PURCHASE = "purchase"
    RESERVE = "reserve"
    SETTLE = "settle"
    REFUND = "refund"
    ADJUST = "adjust"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Cause:
    """What a change is the effect of: ``key`` names it once for a person."""

    type: Type
    key: str
    request_kind: str = ""
    request_id: str = ""
    description: str = ""


def month_of(moment: datetime) -> str:
    """Name the month of a moment, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m}"


class Book:
    """A purse that is locked until the end of the transaction: whoever else wants it waits."""

    def __init__(self, session: Session, row: CreditPurseRow, now: datetime) -> None:
        self.session = session
        self.user_id = row.user_id
        self.balances = {Purse.GRANTED: row.granted, Purse.BOUGHT: row.bought}
        self.month, self.month_amount, self.monthly_cap = row.month, row.month_amount, row.monthly_cap
        self.at = max(now, row.last_at)
        """When its rows are said to be from: a clock that was put back disorders nothing."""

    @classmethod
    def open(cls, session: Session, user_id: str, now: datetime) -> Self:
        """Lock somebody's purse, an empty one where there was none."""
        dialect_insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
        empty = {"user_id": user_id, "granted": 0, "bought": 0, "month": "", "month_amount": 0, "last_at": now}
        session.execute(dialect_insert(CreditPurseRow).values(empty).on_conflict_do_nothing())
        mine = select(CreditPurseRow).where(CreditPurseRow.user_id == user_id).with_for_update()
        row = session.scalars(mine, execution_options={"populate_existing": True}).one()
        return cls(session, row, now)

    @property
    def total(self) -> int:
        """Tell how much there is in both purses."""
        return sum(self.balances.values())

    def change(self, purse: Purse, amount: int, cause: Cause) -> None:
        """Put credits in or take them out, and write it down; raise InsufficientCredits rather than go below zero."""
        column = CreditPurseRow.__table__.c[purse.value]
        enough = (CreditPurseRow.user_id == self.user_id) & (column + amount >= 0)
        changed = self.session.execute(
            update(CreditPurseRow).where(enough).values({column: column + amount, "last_at": self.at}),
            execution_options={"synchronize_session": False},
        )
        if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            raise InsufficientCredits(self.balances[purse], -amount)
        self.balances[purse] += amount
        self.session.execute(
            insert(CreditEntryRow).values(
                user_id=self.user_id,
                key=f"{cause.type}:{cause.key}:{purse}",
                request_kind=cause.request_kind,
                request_id=cause.request_id,
                transaction_type=cause.type,
                purse=purse,
                amount=amount,
                balance_after=self.balances[purse],
                description=cause.description,
                created_at=self.at,
            )
        )

    def top_up(self, month: str, amount: int) -> None:
        """Grant what a plan gives for a month, once; what is left of the month before is not carried over.

        A larger plan within the month adds what it has more. A clock that is put back, or on and back, grants no month
        twice.
        """
        if not is_due(self.month, self.month_amount, month, amount):
            return
        given = self._granted_in(month)
        if given >= amount and (given or month < self.month):
            return
        left = self.balances[Purse.GRANTED]
        if not given and left:
            self.change(Purse.GRANTED, -left, Cause(Type.EXPIRE, uuid4().hex, MONTH, self.month))
        if amount > given:
            self.change(Purse.GRANTED, amount - given, Cause(Type.GRANT, f"{month}:{amount}", MONTH, month))
        self._set(month=month, month_amount=amount)
        self.month, self.month_amount = month, amount

    def set_cap(self, cap: int | None) -> None:
        """Keep what somebody wants to spend in a month at most."""
        self._set(monthly_cap=cap)

    def find(self, key: str) -> CreditEntryRow | None:
        """Look up a row by what it is the effect of."""
        row = CreditEntryRow
        return self.session.scalars(select(row).where(row.user_id == self.user_id, row.key == key)).first()

    def _granted_in(self, month: str) -> int:
        row = CreditEntryRow
        grants = (row.user_id == self.user_id, row.transaction_type == Type.GRANT, row.request_id == month)
        found = select(func.coalesce(func.sum(row.amount), 0)).where(*grants, row.request_kind == MONTH)
        return int(self.session.scalar(found) or 0)

    def _set(self, **values: object) -> None:
        mine = update(CreditPurseRow).where(CreditPurseRow.user_id == self.user_id)
        self.session.execute(mine.values(**values), execution_options={"synchronize_session": False})


def is_due(known_month: str, known_amount: int, month: str, amount: int) -> bool:
    """Tell whether a purse may have to be topped up."""
    return month != known_month or amount > known_amount
