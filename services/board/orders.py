"""What those who look after the board have done to it: written down, carried out by the server, kept as a record.

A command line cannot touch the board of a running server. It writes an order; the server looks for new ones every
second, carries them out between two batches, so that they have their place in the log, and writes down what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update

from infra.db.models import CanvasOrderRow
from infra.db.session import Database

ARGUMENTS: Final[dict[str, frozenset[str]]] = {
    "revert": frozenset({"user_id"}),
    "clear": frozenset({"rect"}),
    "protect": frozenset({"rect"}),
    "unprotect": frozenset({"rect"}),
    "ban": frozenset({"user_id", "network"}),
    "unban": frozenset({"user_id", "network"}),
    "readonly": frozenset({"on"}),
    "brake": frozenset({"on", "who", "until_ms", "because"}),
    "autobrake": frozenset({"on"}),
    "season": frozenset({"file"}),
    "import": frozenset({"file"}),
}
"""The orders there are, and what each may carry."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order; ``result`` is None until it is carried out."""

    id: int
    at_ms: int
    name: str
    arguments: dict[str, Any]
    result: dict[str, Any] | None


class OrderBook:
    """The orders in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def submit(self, name: str, arguments: dict[str, Any], at_ms: int) -> int:
        """Write an order down; give its number."""
        unknown = arguments.keys() - ARGUMENTS[name]
        if unknown:
            raise ValueError(f"the order “{name}” has no {', '.join(sorted(unknown))}")
        row = CanvasOrderRow(at_ms=at_ms, name=name, arguments=arguments)
        with self._database.write() as session:
            session.add(row)
            session.flush()
            return row.id

    def waiting(self) -> list[Order]:
        """List what is to be carried out, in order."""
        return self._list(CanvasOrderRow.done_at_ms.is_(None))

    def latest(self, name: str, count: int) -> list[Order]:
        """List the last orders of a kind, the latest first."""
        return self._list(CanvasOrderRow.name == name)[: -count - 1 : -1]

    def done(self) -> list[Order]:
        """List what was carried out, in order."""
        return self._list(CanvasOrderRow.done_at_ms.is_not(None))

    def get(self, order_id: int) -> Order:
        """Find an order."""
        return self._list(CanvasOrderRow.id == order_id)[0]

    def finish(self, order_id: int, seq: int, at_ms: int, result: dict[str, Any]) -> None:
        """Note that an order was carried out, after which placement, and what came of it."""
        done = update(CanvasOrderRow).where(CanvasOrderRow.id == order_id)
        with self._database.write() as session:
            session.execute(done.values(done_at_ms=at_ms, seq=seq, result=result))

    def _list(self, which: Any) -> list[Order]:
        with self._database.read() as session:
            rows = session.scalars(select(CanvasOrderRow).where(which).order_by(CanvasOrderRow.id)).all()
        return [Order(row.id, row.at_ms, row.name, row.arguments, row.result) for row in rows]
