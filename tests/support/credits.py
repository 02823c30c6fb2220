"""The ledger under a test's hand, and what must be true of it whatever happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select

from infra.clock import utc_now
from infra.db.models import CreditEntryRow, CreditPurseRow, CreditReservationRow
from infra.db.session import Database
from infra.events.events import Publisher, RecordingPublisher
from services.credits.plans import SHIPPED, load_plans
from services.credits.reservations import OPEN, Reservation
from services.credits.service import CreditService, CreditSettings


def make_credits(
    database: Database,
    clock: Callable[[], datetime] = utc_now,
    publisher: Publisher | None = None,
    plans: dict[str, str] | None = None,
    settings: CreditSettings | None = None,
) -> CreditService:
    """Make the service; `plans` tells who has another plan than the free one."""
    known = {} if plans is None else plans
    return CreditService(
        database,
        load_plans(SHIPPED),
        lambda _session, user_id: known.get(user_id, "free"),
        publisher or RecordingPublisher(),
        clock,
        settings or CreditSettings(),
    )


def wish(ident: str, needed: int, kind: str = "poster") -> Reservation:
    """Wish for credits to be put aside."""
    return Reservation(id=ident, needed=needed, request_kind=kind, request_id=f"of {ident}")


def assert_books_are_right(database: Database, *user_ids: str) -> None:
    """Check that no purse is below zero, each is its ledger's sum, and each row says what there was after it."""
    with database.read() as session:
        for purse in session.scalars(select(CreditPurseRow)).all():
            if user_ids and purse.user_id not in user_ids:
                continue
            for name in ("granted", "bought"):
                row, balance = CreditEntryRow, getattr(purse, name)
                theirs = (row.user_id == purse.user_id, row.purse == name)
                assert balance >= 0
                assert balance == session.scalar(select(func.coalesce(func.sum(row.amount), 0)).where(*theirs))
                entries = session.scalars(select(row).where(*theirs).order_by(row.created_at, row.id)).all()
                running = 0
                for entry in entries:
                    running += entry.amount
                    assert entry.balance_after == running >= 0


def open_reservations(database: Database) -> list[str]:
    """List what is put aside."""
    with database.read() as session:
        return list(session.scalars(select(CreditReservationRow.id).where(CreditReservationRow.state == OPEN)))
