"""How the parts of the canvas hang together."""

from __future__ import annotations

from dataclasses import dataclass

from config import Config
from infra.background import Background
from infra.clock import utc_now
from infra.db.session import Database
from infra.events.events import Publisher
from mural.canvas.palette import parse_palette
from services.board.brakeman import Brakeman
from services.board.caretaker import Caretaker
from services.board.history import CanvasHistory
from services.board.ledger import Surroundings
from services.board.log import CanvasLog
from services.board.orders import OrderBook
from services.board.pictures import CanvasPictures
from services.board.rules import CanvasRules
from services.board.seasons import Shape
from services.board.service import CanvasService


@dataclass(frozen=True, slots=True)
class Canvas:
    """The services around the board."""

    canvas: CanvasService
    history: CanvasHistory
    caretaker: Caretaker
    orders: OrderBook
    pictures: CanvasPictures
    brakeman: Brakeman


def build_canvas(config: Config, database: Database, publisher: Publisher, background: Background) -> Canvas:
    """Open the board; nothing runs yet, but everything can be read."""
    store = CanvasLog(database)
    rules = CanvasRules.of(config.pixel_cooldown_s, config.pixel_stack, config.rate_limit_pixels)
    shape = Shape(config.canvas_width, config.canvas_height, parse_palette(config.canvas_palette))
    canvas = CanvasService(store, rules, Surroundings(publisher, background, utc_now), shape)
    orders = OrderBook(database)
    caretaker = Caretaker(canvas, orders, background, config.canvas_dir)
    brakeman = Brakeman(canvas, caretaker)
    canvas.every_second(caretaker.look_after)
    canvas.every_second(brakeman.watch)
    url = database.url.render_as_string(hide_password=False)
    pictures = CanvasPictures(canvas, background, config.canvas_dir, url)
    if config.canvas_json:
        canvas.every_second(pictures.write_json_now_and_then)
    return Canvas(canvas, CanvasHistory(canvas), caretaker, orders, pictures, brakeman)
