"""Credits: reserve before something is done, settle what it cost, give back the rest. Nothing is charged twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from infra.clock import Clock
from infra.db.models import CreditEntryRow, CreditPurseRow, CreditReservationRow
from infra.db.session import Database
from infra.events.announcing import Announcer
from infra.events.events import Event, Name, Publisher, session_room
from mural.errors import (
    AlreadySettled,
    IdempotencyConflict,
    InsufficientCredits,
    InvalidInput,
    NotFound,
    SpendingCapReached,
)
from services.credits.books import Book, Cause, Purse, Type, is_due, month_of
from services.credits.plans import Plans
from services.credits.reservations import OPEN, Receipt, Reservation, State, close_row, held_or_charged

PlanOf = Callable[[Session, str], str]
"""Tells the id of somebody's plan, within the transaction that asks."""

LASTS: Final = timedelta(hours=6)
LONGEST: Final = timedelta(days=7)
"""What ends later than this was reserved while the clock was wrong."""

AT_ONCE: Final = 200
GONE: Final = "gone-"
"""How the ids begin under which the ledger keeps what is nobody's any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditSettings:
    """What the host says of credits: whether anything costs, and below how many somebody is told."""

    on: bool = True
    low: int = 10


@dataclass(frozen=True, slots=True)
class Balance:
    """What somebody has, and the most they want to spend in a month."""

    granted: int
    bought: int
    monthly_cap: int | None

    @property
    def total(self) -> int:
        """Tell how much that is together."""
        return self.granted + self.bought


class CreditService:
    """Changes purses, each time with the ledger in one transaction; ids of reservations are the server's own."""

    def __init__(
        self,
        database: Database,
        plans: Plans,
        plan_of: PlanOf,
        publisher: Publisher,
        clock: Clock,
        settings: CreditSettings,
    ) -> None:
        self._database = database
        self._plans = plans
        self._plan_of = plan_of
        self._publisher = Announcer(publisher)
        self._clock = clock
        self._settings = settings

    def balance(self, user_id: str) -> Balance:
        """Tell what somebody has; the month's grant is in it."""
        with self._database.read() as session:
            row = session.get(CreditPurseRow, user_id)
            grant = self._grant(session, user_id)
        if row is not None and not is_due(row.month, row.month_amount, month_of(self._clock()), grant):
            return Balance(row.granted, row.bought, row.monthly_cap)
        with self._book(user_id) as book:
            return Balance(book.balances[Purse.GRANTED], book.balances[Purse.BOUGHT], book.monthly_cap)

    def reserve(self, user_id: str, reservation: Reservation, *, lasts: timedelta = LASTS) -> Receipt:
        """Put credits aside; the same reservation again changes nothing, another under its id is refused.

        Raises InsufficientCredits, SpendingCapReached or IdempotencyConflict.
        """
        _require_whole("needed", reservation.needed, 0)
        with self._book(user_id) as book:
            known = book.session.get(CreditReservationRow, reservation.id)
            if known is not None:
                return _same(known, user_id, reservation)
            now = self._clock()
            needed = reservation.needed if self._settings.on else 0
            _require_under_cap(book, month_of(now), needed)
            if needed > book.total:
                raise InsufficientCredits(book.total, needed)
            granted = min(needed, book.balances[Purse.GRANTED])
            row = reservation.row(user_id, granted, needed - granted, now, now + min(lasts, LONGEST))
            row.month, row.granted_of = month_of(now), book.month
            book.session.add(row)
            for purse, amount in ((Purse.GRANTED, granted), (Purse.BOUGHT, needed - granted)):
                if amount:
                    book.change(purse, -amount, _cause(Type.RESERVE, row, reservation.description))
            return Receipt.of(row)

    def extend(self, reservation_id: str, *, lasts: timedelta = LASTS) -> None:
        """Keep credits aside for longer, from now on; raise AlreadySettled where they no longer are."""
        with self._reserved(reservation_id) as (book, row):
            wanted = {"ends_at": self._clock() + min(lasts, LONGEST)}
            close_row(book.session, row, wanted)

    def settle(self, reservation_id: str, charged: int, *, description: str = "") -> Receipt:
        """Charge what something cost, which may be less than was put aside, and give the rest back.

        Raises AlreadySettled where that, or a refund, was done before.
        """
        return self._close(reservation_id, State.SETTLED, charged, Type.SETTLE, description)

    def refund(self, reservation_id: str, *, description: str = "") -> Receipt:
        """Give all back, to the purses it came from; raise AlreadySettled where that cannot be."""
        return self._close(reservation_id, State.REFUNDED, 0, Type.REFUND, description)

    def give_back_lapsed(self) -> int:
        """Give back what was put aside for too long; tell how many reservations that were."""
        now, row = self._clock(), CreditReservationRow
        with self._database.write() as session:
            misdated = update(row).where(row.state == OPEN, row.ends_at > now + LONGEST)
            session.execute(misdated.values(ends_at=now + LONGEST))
        given = 0
        while lapsed := self._lapsed(now):
            for reservation_id in lapsed:
                with suppress(AlreadySettled):  # it was settled in the meantime
                    self._close(reservation_id, State.LAPSED, 0, Type.REFUND, "not used in time")
                    given += 1
        return given

    def purchase(self, user_id: str, amount: int, key: str, *, description: str = "") -> None:
        """Add bought credits, once for a key; raise IdempotencyConflict for another amount under it."""
        _require_whole("amount", amount, 1)
        self._once(user_id, Purse.BOUGHT, amount, Cause(Type.PURCHASE, key, "purchase", key, description))

    def adjust(self, user_id: str, purse: Purse, amount: int, key: str, *, description: str) -> None:
        """Add or take away by hand, with a reason, once for a key; raise InsufficientCredits below zero."""
        self._once(user_id, purse, amount, Cause(Type.ADJUST, key, "adjust", key, description))

    def set_cap(self, user_id: str, cap: int | None) -> None:
        """Let somebody spend so much in a month at most; None takes that away."""
        if cap is not None:
            _require_whole("monthly_cap", cap, 0)
        with self._book(user_id) as book:
            book.set_cap(cap)

    def make_nobodys(self, user_id: str) -> str:
        """Give back what is put aside, and keep the ledger under an id that tells nobody; give that."""
        row, anonymous = CreditReservationRow, f"{GONE}{uuid4().hex}"
        with self._book(user_id) as book:
            for held in book.session.scalars(select(row).where(row.user_id == user_id, row.state == OPEN)).all():
                self._give_back(book, held, State.REFUNDED, 0, Type.REFUND, "")
            for table in (CreditPurseRow, CreditReservationRow, CreditEntryRow):
                theirs = update(table).where(table.user_id == user_id)
                book.session.execute(theirs.values(user_id=anonymous), execution_options={"synchronize_session": False})
        return anonymous

    @contextmanager
    def _book(self, user_id: str) -> Iterator[Book]:
        """Open a topped-up purse for a change, and tell its person after the commit when little is left."""
        with self._database.write() as session:
            now = self._clock()
            book = Book.open(session, user_id, now)
            book.top_up(month_of(now), self._grant(session, user_id))
            before = book.total
            yield book
            after = book.total
        if after < self._settings.low <= before:
            told = {"user_id": user_id, "current_credits": after, "threshold": self._settings.low}
            self._publisher.publish(Event(Name.SYSTEM_CREDITS_LOW, told, (session_room(user_id),)))

    @contextmanager
    def _reserved(self, reservation_id: str) -> Iterator[tuple[Book, CreditReservationRow]]:
        with self._database.read() as session:
            found = session.get(CreditReservationRow, reservation_id)
        if found is None:
            raise NotFound("Reservation", reservation_id)
        with self._book(found.user_id) as book:
            yield book, book.session.get_one(CreditReservationRow, reservation_id)

    def _close(self, reservation_id: str, state: State, charged: int, kind: Type, description: str) -> Receipt:
        with self._reserved(reservation_id) as (book, row):
            return self._give_back(book, row, state, charged, kind, description)

    def _give_back(
        self, book: Book, row: CreditReservationRow, state: State, charged: int, kind: Type, description: str
    ) -> Receipt:
        _require_whole("charged", charged, 0, row.needed)
        # Reserved while nothing cost anything: then that is what it costs.
        paid = min(charged, row.granted + row.bought)
        close_row(book.session, row, {"state": state, "charged": paid})
        from_granted = min(paid, row.granted)  # bought credits are spent last, so they come back first
        parts = ((Purse.GRANTED, row.granted, from_granted), (Purse.BOUGHT, row.bought, paid - from_granted))
        for purse, drawn, kept in parts:
            if not drawn:
                continue
            if kept or kind is Type.SETTLE:
                book.change(purse, 0, _cause(Type.SETTLE, row, description))
            if back := drawn - kept:
                book.change(purse, back, _cause(Type.REFUND, row, description))
                if purse is Purse.GRANTED and row.granted_of != book.month:
                    # Of a month whose rest was not carried over: neither is this.
                    book.change(purse, -back, _cause(Type.EXPIRE, row, ""))
        return Receipt.of(row)

    def _lapsed(self, now: datetime) -> list[str]:
        row = CreditReservationRow
        over = select(row.id).where(row.state == OPEN, row.ends_at < now).order_by(row.ends_at).limit(AT_ONCE)
        with self._database.read() as session:
            return list(session.scalars(over))

    def _once(self, user_id: str, purse: Purse, amount: int, cause: Cause) -> None:
        with self._book(user_id) as book:
            known = book.find(f"{cause.type}:{cause.key}:{purse}")
            if known is None:
                book.change(purse, amount, cause)
            elif known.amount != amount:
                raise IdempotencyConflict(f"“{cause.key}” was booked with another amount.", id=cause.key)

    def _grant(self, session: Session, user_id: str) -> int:
        return self._plans.get(self._plan_of(session, user_id)).credits


def _same(row: CreditReservationRow, user_id: str, reservation: Reservation) -> Receipt:
    if row.user_id != user_id or not reservation.is_that_of(row):
        raise IdempotencyConflict("This reservation was made for something else.", id=row.id)
    return Receipt.of(row)


def _require_under_cap(book: Book, month: str, needed: int) -> None:
    if book.monthly_cap is None or not needed:
        return
    row = CreditReservationRow
    spent = select(func.coalesce(func.sum(held_or_charged()), 0)).where(row.user_id == book.user_id, row.month == month)
    used = int(book.session.scalar(spent) or 0)
    if used + needed > book.monthly_cap:
        raise SpendingCapReached(
            f"That would pass your own cap of {book.monthly_cap} credits a month.",
            cap=book.monthly_cap,
            spent=used,
            needed=needed,
        )


def _require_whole(field: str, value: int, least: int, most: int = 2**53) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise InvalidInput(f"“{field}” must be a whole number from {least} to {most}.", field=field, value=value)


def _cause(kind: Type, row: CreditReservationRow, description: str) -> Cause:
    return Cause(kind, row.id, row.request_kind, row.request_id, description)
