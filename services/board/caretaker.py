"""Carries out orders on the board: revert, clear, protect, ban, read-only, new seasons."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from sqlalchemy import select

from infra.background import Background
from infra.db.models import CanvasActorRow, PlacementRow
from infra.events.events import CANVAS_ROOM, Event, Name
from mural.canvas.board import Board, Rect
from mural.canvas.brakes import EVERYBODY, Brake, Brakes
from mural.canvas.exchange import load_pixels
from mural.errors import InvalidInput, MuralError
from mural.net.addresses import normal_network
from services.board.log import Kind, Placement
from services.board.orders import Order, OrderBook
from services.board.rules import CanvasRules
from services.board.service import CanvasService

log = logging.getLogger(__name__)

CARETAKER: Final = "00000000-0000-0000-0000-000000000000"
"""Who placed what nobody placed."""

CHUNK: Final = 2_000
CELLS_AT_ONCE: Final = 500

Result = dict[str, Any]


class Caretaker:
    """Looks for orders and carries them out, in the thread that commits placements."""

    def __init__(self, canvas: CanvasService, book: OrderBook, background: Background, folder: Path) -> None:
        self._canvas = canvas
        self._book = book
        self._background = background
        self._folder = folder
        self._orders: dict[str, Callable[[dict[str, Any]], Result]] = {
            "revert": self._revert,
            "clear": self._clear,
            "season": self._season,
            "import": self._import,
        }

    def take_up(self) -> None:
        """Bring the rules to where the orders of the past have left them."""
        for order in self._book.done():
            if carried_out(order):
                try:
                    apply_to_rules(self._canvas.rules, order)
                except (KeyError, TypeError, ValueError):  # not one that we wrote down
                    log.warning("order %d, %s, is left out: it cannot be understood", order.id, order.name)

    def order(self, name: str, **arguments: Any) -> Result:
        """Give an order and carry it out at once."""
        order_id = self._book.submit(name, arguments, self._canvas.now_ms())
        return self.carry_out(self._book.get(order_id))

    def look_after(self) -> None:
        """Carry out what is waiting."""
        for order in self._book.waiting():
            self.carry_out(order)

    def carry_out(self, order: Order) -> Result:
        """Carry one order out and note what came of it."""
        try:
            change = self._orders.get(order.name)
            result = change(order.arguments) if change else {}
            apply_to_rules(self._canvas.rules, order)
            if order.name == "brake":
                self._announce_brakes()
        except (MuralError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            log.warning("order %d, %s, cannot be carried out: %s", order.id, order.name, error)
            result = {"error": error.message if isinstance(error, MuralError) else str(error)}
        self._book.finish(order.id, self._canvas.live.seq, self._canvas.now_ms(), result)
        return result

    def _place(self, cells: Iterable[int], colours: Iterable[int], kind: Kind) -> Result:
        changes = [(int(cell), int(colour)) for cell, colour in zip(cells, colours, strict=True)]
        pixels = self._canvas.live.board.pixels
        changes = [(cell, colour) for cell, colour in changes if pixels[cell] != colour]
        for start in range(0, len(changes), CHUNK):
            seq, at_ms = self._canvas.live.seq, self._canvas.ledger.next_moment_ms()
            self._canvas.ledger.commit(
                [
                    Placement(seq + number, at_ms, cell, int(pixels[cell]), colour, CARETAKER, kind)
                    for number, (cell, colour) in enumerate(changes[start : start + CHUNK], 1)
                ]
            )
            self._background.sleep(0)
        return {"pixels": len(changes)}

    def _clear(self, arguments: dict[str, Any]) -> Result:
        cells = self._canvas.live.board.cells_of(Rect(**arguments["rect"]))
        return self._place(cells, np.zeros(len(cells), np.uint8), Kind.CLEAR)

    def _revert(self, arguments: dict[str, Any]) -> Result:
        """Bring back what was there before everything of one visitor that is still on top."""
        first_seq, database = self._canvas.live.season.first_seq, self._canvas.store.database
        with database.read() as session:
            actor = session.scalar(select(CanvasActorRow.id).where(CanvasActorRow.user_id == arguments["user_id"]))
            own = select(PlacementRow.cell).distinct()
            cells = session.scalars(own.where(PlacementRow.actor_id == actor, PlacementRow.seq > first_seq)).all()
        if actor is None:
            raise InvalidInput("This visitor has placed nothing.", field="user_id", value=arguments["user_id"])
        before: dict[int, int] = {}
        for start in range(0, len(cells), CELLS_AT_ONCE):
            before |= self._before(actor, cells[start : start + CELLS_AT_ONCE], first_seq)
            self._background.sleep(0)
        return self._place(before.keys(), before.values(), Kind.REVERT)

    def _before(self, actor: int, cells: Iterable[int], first_seq: int) -> dict[int, int]:
        query = select(PlacementRow.cell, PlacementRow.actor_id, PlacementRow.old_colour)
        query = query.where(PlacementRow.cell.in_(list(cells)), PlacementRow.seq > first_seq)
        before: dict[int, int] = {}
        passed: set[int] = set()
        for cell, placed_by, old_colour in self._canvas.store.fetch(query.order_by(PlacementRow.seq.desc())):
            if cell in passed:
                continue
            if placed_by == actor:
                before[cell] = old_colour
            else:
                passed.add(cell)  # of somebody else: what lies below it stays
        return before

    def _season(self, arguments: dict[str, Any]) -> Result:
        shape = self._canvas.shape
        board = Board(shape.width, shape.height)
        if arguments.get("file"):
            board = Board.unpack(shape.width, shape.height, self._file(arguments["file"]).read_bytes())
        self._canvas.begin_season(board)
        return {"epoch": self._canvas.live.season.epoch}

    def _import(self, arguments: dict[str, Any]) -> Result:
        """Begin a season with pixels that others placed, under their names and at their times."""
        pixels = load_pixels(self._file(arguments["file"]))
        shape, now_ms = self._canvas.shape, self._canvas.now_ms()
        self._canvas.begin_season(Board(shape.width, shape.height))
        for start in range(0, len(pixels), CHUNK):
            seq = self._canvas.live.seq
            self._canvas.ledger.commit(
                [
                    # The log never goes back: after a time to come it would stand still until then.
                    Placement(
                        seq + number, min(pixel.at_ms, now_ms), pixel.cell, 0, pixel.colour, pixel.user_id, Kind.IMPORT
                    )
                    for number, pixel in enumerate(pixels[start : start + CHUNK], 1)
                ]
            )
            self._background.sleep(0)
        return {"epoch": self._canvas.live.season.epoch, "pixels": len(pixels)}

    def _announce_brakes(self) -> None:
        told = self._canvas.rules.brakes.to_json()
        self._canvas.ledger.around.announce(Event(Name.CANVAS_BRAKES, told, (CANVAS_ROOM,)))

    def _file(self, name: str) -> Path:
        return self._folder / Path(name).name


def carried_out(order: Order) -> bool:
    """Tell whether something came of an order."""
    return order.result is not None and "error" not in order.result


def apply_to_rules(rules: CanvasRules, order: Order) -> None:
    """Change the rules as an order says; the others leave them alone."""
    arguments = order.arguments
    if order.name == "readonly":
        rules.read_only = arguments["on"]
    elif order.name == "brake":
        _brake(rules.brakes, order)
    elif order.name == "autobrake":
        rules.brakes.automatic = arguments["on"]
    elif order.name in {"ban", "unban"}:
        _ban(rules, arguments, lift=order.name == "unban")
    elif order.name == "protect":
        rules.protected.append(Rect(**arguments["rect"]))
    elif order.name == "unprotect":
        rules.protected = [rect for rect in rules.protected if asdict(rect) != arguments["rect"]]
    elif order.name in {"season", "import"}:
        rules.protected = []


def _brake(brakes: Brakes, order: Order) -> None:
    who = order.arguments.get("who", EVERYBODY)
    if order.arguments["on"]:
        brakes.pull(Brake(who, order.arguments.get("until_ms")), order.at_ms)
    else:
        brakes.release(who)


def _ban(rules: CanvasRules, arguments: dict[str, Any], *, lift: bool) -> None:
    if "user_id" in arguments:
        (rules.banned_visitors.discard if lift else rules.banned_visitors.add)(arguments["user_id"])
    if "network" in arguments:
        network = normal_network(arguments["network"])
        (rules.banned_networks.discard if lift else rules.banned_networks.add)(network)
