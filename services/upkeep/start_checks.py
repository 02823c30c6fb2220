"""What must be in order before the server starts, each told in one sentence when it is not."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Final

from mural.errors import Unavailable
from mural.fonts import INDEX_FILE

PREPARED: Final = ("fonts", "gazetteer.db")


def lend_prepared(own_data_dir: Path, data_dir: Path) -> None:
    """Link what set-up made into another data folder: a fresh one, or a container's volume, has none of its own."""
    data_dir.mkdir(parents=True, exist_ok=True)
    for name in PREPARED:
        here, there = own_data_dir / name, data_dir / name
        if there.is_symlink() and not there.exists():  # to where the program was before
            there.unlink()
        if here.exists() and not there.exists():
            there.symlink_to(here)


def check_prepared(fonts_dir: Path, gazetteer_file: Path) -> None:
    """Raise Unavailable when set-up has not made the fonts or the index of places."""
    check_fonts(fonts_dir)
    _require("The index of places is", gazetteer_file)


def check_fonts(fonts_dir: Path) -> None:
    """Raise Unavailable when set-up has not made the fonts, without which nothing can be drawn."""
    _require("The fonts for lettering are", fonts_dir / INDEX_FILE)


def _require(what: str, file: Path) -> None:
    if not file.is_file():
        raise Unavailable(f"{what} not prepared: there is no {file}. Run “make setup”, which makes it.")


def check_port(host: str, port: int) -> None:
    """Raise Unavailable when nobody could connect to us there: the port is taken, forbidden, or not on this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror as error:
        raise Unavailable(f"HOST={host} is no address of this machine: {error.strerror}.") from error
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise Unavailable(
            f"Port {port} of {host} cannot be used: {reason}. Stop who has it, or choose another with PORT."
        ) from error
