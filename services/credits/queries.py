"""What somebody may read of their credits: the ledger page by page, and what was used month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_

from infra.db.models import CreditEntryRow, CreditReservationRow
from infra.db.session import Database
from services.credits.reservations import held_or_charged

Position = tuple[datetime, int]
"""The time and the id of the last entry of a page: the next one begins before it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger."""

    id: int
    request_kind: str
    request_id: str
    transaction_type: str
    purse: str
    amount: int
    balance_after: int
    description: str
    created_at: datetime

    @property
    def position(self) -> Position:
        """Tell where the page after it begins."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True)
class Used:
    """What one kind of request took in a month: how often, and how many credits with those still put aside."""

    month: str
    request_kind: str
    count: int
    credits: int


def page(database: Database, user_id: str, limit: int, before: Position | None = None) -> list[Entry]:
    """List the latest entries of somebody's ledger, or those before a position."""
    row = CreditEntryRow
    columns = [getattr(row, name) for name in Entry.__slots__]
    found = select(*columns).where(row.user_id == user_id)
    if before is not None:
        found = found.where(tuple_(row.created_at, row.id) < before)
    with database.read() as session:
        rows = session.execute(found.order_by(row.created_at.desc(), row.id.desc()).limit(limit)).all()
    return [Entry(*values) for values in rows]


def usage(database: Database, user_id: str, first_month: str, last_month: str) -> list[Used]:
    """Sum up what was used by month and kind of request, in order; both months (such as 2026-01) are in it."""
    row = CreditReservationRow
    spent = func.coalesce(func.sum(held_or_charged()), 0)
    found = (
        select(row.month, row.request_kind, func.count(), spent)
        .where(row.user_id == user_id, row.month.between(first_month, last_month))
        .group_by(row.month, row.request_kind)
        .order_by(row.month, row.request_kind)
    )
    with database.read() as session:
        return [Used(month, kind, count, int(total)) for month, kind, count, total in session.execute(found)]
