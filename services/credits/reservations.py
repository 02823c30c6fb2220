"""Credits that are put aside for something, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, case, update
from sqlalchemy.orm import Session

from infra.db.models import CreditReservationRow
from mural.errors import AlreadySettled


class State(StrEnum):
    """How a reservation stands; all but the first are final."""

    OPEN = "open"
    SETTLED = "settled"
    REFUNDED = "refunded"
    LAPSED = "lapsed"


OPEN: Final = State.OPEN.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """A wish to put credits aside: its id is the server's own, and names it once for all."""

    id: str
    needed: int
    request_kind: str
    request_id: str
    description: str = ""

    def row(self, user_id: str, granted: int, bought: int, now: datetime, ends_at: datetime) -> CreditReservationRow:
        """Make its row."""
        return CreditReservationRow(
            id=self.id,
            user_id=user_id,
            request_kind=self.request_kind,
            request_id=self.request_id,
            state=OPEN,
            needed=self.needed,
            granted=granted,
            bought=bought,
            charged=0,
            created_at=now,
            ends_at=ends_at,
        )

    def is_that_of(self, row: CreditReservationRow) -> bool:
        """Tell whether a row was made of the same wish."""
        ours = (self.needed, self.request_kind, self.request_id)
        return ours == (row.needed, row.request_kind, row.request_id)


@dataclass(frozen=True, slots=True)
class Receipt:
    """How a reservation stands: its price, what was put aside, and what of it was charged."""

    id: str
    state: State
    needed: int
    reserved: int
    charged: int

    @classmethod
    def of(cls, row: CreditReservationRow) -> Self:
        """Read it from its row."""
        return cls(row.id, State(row.state), row.needed, row.granted + row.bought, row.charged)


def close_row(session: Session, row: CreditReservationRow, values: Mapping[str, Any]) -> None:
    """Change a reservation that is open; raise AlreadySettled for any other, whoever was quicker."""
    session.flush()
    still_open = (CreditReservationRow.id == row.id, CreditReservationRow.state == OPEN)
    changed = session.execute(
        update(CreditReservationRow).where(*still_open).values(**values),
        execution_options={"synchronize_session": False},
    )
    session.refresh(row)
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise AlreadySettled(f"This reservation is {row.state} already.", id=row.id, state=row.state)


def held_or_charged() -> ColumnElement[int]:
    """Say in SQL what a reservation takes of a month's spending."""
    row = CreditReservationRow
    return case((row.state == OPEN, row.granted + row.bought), else_=row.charged)
