"""The `flask mural canvas ...` commands: they look after the board, whether a server is running or not."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any, Final

import click

from mural.canvas.board import Rect
from mural.canvas.brakes import EVERYBODY, NEWCOMERS
from mural.canvas.exchange import parse_pixels, save_pixels
from mural.canvas.pictures import still
from mural.canvas.reduce import board_from_picture, opened_picture
from mural.errors import MuralError
from mural.net.addresses import normal_network
from routes.web.cli_errors import ToldGroup
from routes.web.cli_files import FileToRead, FileToWrite, bounded_memory
from routes.web.context import services
from services.accounts.actors import HOUSE
from services.board.caretaker import apply_to_rules, carried_out
from services.board.export import write_json
from services.board.log import Season
from services.board.rules import CanvasRules, moment
from services.upkeep.instance_lock import holder, instance_lock

canvas = ToldGroup("canvas", help="Look after the shared board.")

PATIENCE_S: Final = 120.0
"""How long a running server may take to carry an order out."""

BRAKES_SHOWN: Final = 10


class RectType(click.ParamType[Rect]):
    """A rectangle as “left,top,right,bottom”, all inside."""

    name = "left,top,right,bottom"

    def convert(self, value: Any, _param: click.Parameter | None, _ctx: click.Context | None) -> Rect:
        """Read it."""
        try:
            left, top, right, bottom = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not four whole numbers, left,top,right,bottom")
        if left > right or top > bottom:
            self.fail("left must not be right of right, nor top below bottom")
        return Rect(left, top, right, bottom)


def order(name: str, **arguments: Any) -> dict[str, Any]:
    """Have an order carried out: by the running server, or here where none runs."""
    known = services()
    try:
        order_id = known.canvas_orders.submit(name, arguments, known.canvas.now_ms())
        if holder(known.config.data_dir) is None:
            with instance_lock(known.config.data_dir):
                known.canvas.open()
                known.canvas_caretaker.take_up()
                known.canvas_caretaker.look_after()
        result = _result(order_id)
    except MuralError as error:
        raise click.ClickException(error.message) from error
    if "error" in result:
        raise click.ClickException(str(result["error"]))
    return result


def _result(order_id: int) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        result = services().canvas_orders.get(order_id).result
        if result is not None:
            return result
        time.sleep(0.1)
    raise click.ClickException("The server does not carry the order out; its log may say why.")


def _season() -> Season:
    season = services().canvas.store.season()
    if season is None:
        raise click.ClickException("There is no board yet: start the server once, or seed one.")
    return season


def _handed_over(suffix: str) -> Path:
    folder = services().config.canvas_dir
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4().hex}.{suffix}"


@canvas.command("seed")
@click.option("--png", type=FileToRead(), help="A picture to begin with.")
@click.option("--poster", help="The id of a poster to begin with.")
@click.option("--blank", is_flag=True, help="Begin with nothing.")
@click.option("--dither/--no-dither", default=True, show_default=True, help="Mix colours that the palette lacks.")
def seed(png: Path | None, poster: str | None, *, blank: bool, dither: bool) -> None:
    """Begin a new season from a picture, a poster or nothing."""
    if sum((png is not None, poster is not None, blank)) != 1:
        raise click.UsageError("Give one of --png, --poster and --blank.")
    if blank:
        click.echo(f"Season {order('season')['epoch']} has begun, blank.")
        return
    shape = services().canvas.shape
    source = png or services().posters.file(str(poster), "preview", HOUSE).path
    with bounded_memory(), opened_picture(source) as picture:
        board = board_from_picture(picture, shape.width, shape.height, shape.palette, dither=dither)
    file = _handed_over("board")
    try:
        file.write_bytes(board.pack())
        click.echo(f"Season {order('season', file=file.name)['epoch']} has begun with {source.name}.")
    finally:
        file.unlink(missing_ok=True)


@canvas.command("export")
@click.argument("file", type=FileToWrite())
@click.option("--scale", type=click.IntRange(1, 32), default=1, show_default=True, help="Enlarges a PNG.")
def export(file: Path, scale: int) -> None:
    """Write the board into FILE.json or FILE.png."""
    store, season = services().canvas.store, _season()
    if file.suffix.lower() == ".json":
        write_json(store, season, file)
    elif file.suffix.lower() == ".png":
        board = store.state_after(store.snapshot_before(season)).board
        still(board, season.palette, scale).save(file, "PNG")
    else:
        raise click.ClickException(f"{file.name} does not say what it is to be: .json or .png.")
    click.echo(f"{file}: {season.width} x {season.height} pixels")


@canvas.command("import")
@click.argument("file", type=FileToRead())
def import_(file: Path) -> None:
    """Begin a new season with the pixels of FILE.json, under the names and times that it gives."""
    shape = services().canvas.shape
    handed_over = _handed_over("json")
    try:
        with bounded_memory():
            pixels = parse_pixels(file.read_text(encoding="utf-8"), shape.width, shape.height, shape.palette)
        save_pixels(pixels, handed_over)
        click.echo(f"{order('import', file=handed_over.name)['pixels']} pixels have been imported.")
    finally:
        handed_over.unlink(missing_ok=True)


@canvas.command("revert")
@click.argument("user_id")
def revert(user_id: str) -> None:
    """Take back everything of one visitor that is still on top."""
    click.echo(f"{order('revert', user_id=user_id)['pixels']} pixels have been taken back.")


@canvas.command("clear")
@click.argument("rect", type=RectType())
def clear(rect: Rect) -> None:
    """Make a rectangle blank."""
    click.echo(f"{order('clear', rect=_sides(rect))['pixels']} pixels have been cleared.")


@canvas.command("protect")
@click.argument("rect", type=RectType())
@click.option("--lift", is_flag=True, help="End the protection.")
def protect(rect: Rect, *, lift: bool) -> None:
    """Let nobody place anything in a rectangle."""
    order("unprotect" if lift else "protect", rect=_sides(rect))
    click.echo("The rectangle is free again." if lift else "The rectangle is protected.")


@canvas.command("ban")
@click.option("--visitor", help="A visitor's id.")
@click.option("--network", help="An address or a range such as 192.0.2.0/24.")
@click.option("--lift", is_flag=True, help="End the ban.")
def ban(visitor: str | None, network: str | None, *, lift: bool) -> None:
    """Keep a visitor, or everybody from some addresses, from placing anything."""
    if (visitor is None) == (network is None):
        raise click.UsageError("Give one of --visitor and --network.")
    who = {"user_id": visitor} if visitor else {"network": network}
    order("unban" if lift else "ban", **who)
    click.echo(f"{visitor or network} may {'place again' if lift else 'place nothing any more'}.")


@canvas.command("readonly")
@click.argument("state", type=click.Choice(["on", "off"]))
def readonly(state: str) -> None:
    """Stop or allow all placing."""
    order("readonly", on=state == "on")
    click.echo("The board is read-only." if state == "on" else "The board is open.")


@canvas.group("brake")
def brake() -> None:
    """Slow visitors down for a while, or see whom the server has slowed down by itself."""


@brake.command("show")
def show_brakes() -> None:
    """List who is braked, and what was done lately."""
    known = services()
    rules = CanvasRules.of(0, 1, known.config.rate_limit_pixels)
    for done in known.canvas_orders.done():
        if carried_out(done):
            apply_to_rules(rules, done)
    click.echo(f"The server {'brakes' if rules.brakes.automatic else 'does not brake'} by itself.")
    for pulled in rules.brakes:
        until = "until released" if pulled.until_ms is None else f"until {moment(pulled.until_ms)}"
        click.echo(f"braked: {pulled.who}, {until}")
    for done in known.canvas_orders.latest("brake", BRAKES_SHOWN):
        who, because = done.arguments.get("who", EVERYBODY), done.arguments.get("because", "by command")
        click.echo(f"{moment(done.at_ms)}  {'on ' if done.arguments['on'] else 'off'}  {who}: {because}")


@brake.command("on")
@click.option("--newcomers", is_flag=True, help="Only those who have placed nothing before the last ten minutes.")
@click.option("--network", help="Only an address or a range such as 192.0.2.0/24.")
@click.option("--minutes", type=click.IntRange(1), help="Let go by itself after so long.")
def brake_on(network: str | None, minutes: int | None, *, newcomers: bool) -> None:
    """Make everybody wait four times as long for the next pixel."""
    who = _who(network, newcomers=newcomers)
    ends = {"until_ms": services().canvas.now_ms() + minutes * 60_000} if minutes else {}
    order("brake", on=True, who=who, **ends)
    click.echo(f"Braked: {who}.")


@brake.command("off")
@click.option("--newcomers", is_flag=True, help="Let newcomers go.")
@click.option("--network", help="Let a range of addresses go.")
def brake_off(network: str | None, *, newcomers: bool) -> None:
    """Let everybody go whom `brake on` without options holds, or those named."""
    who = _who(network, newcomers=newcomers)
    order("brake", on=False, who=who)
    click.echo(f"Not braked any more: {who}.")


@brake.command("auto")
@click.argument("state", type=click.Choice(["on", "off"]))
def brake_auto(state: str) -> None:
    """Let the server brake by itself, or not."""
    order("autobrake", on=state == "on")
    click.echo(f"The server {'brakes' if state == 'on' else 'does not brake'} by itself from now on.")


def _who(network: str | None, *, newcomers: bool) -> str:
    if network is not None and newcomers:
        raise click.UsageError("Give one of --newcomers and --network, or neither for everybody.")
    if network is None:
        return NEWCOMERS if newcomers else EVERYBODY
    try:
        return str(normal_network(network))
    except ValueError as error:
        raise click.UsageError(f"{network!r} is not a range of addresses.") from error


def _sides(rect: Rect) -> dict[str, int]:
    return {"left": rect.left, "top": rect.top, "right": rect.right, "bottom": rect.bottom}
