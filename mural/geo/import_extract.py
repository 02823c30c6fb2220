"""Index a map file once, so that reading a box of it takes time in proportion to the box and not to the file.

``python -m mural.geo.import_extract FILE FOLDER`` is a process of its own and speaks import_protocol.py on its standard
output. Everything unfinished lies in one hidden folder, which the next import throws away; the index appears whole.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mural.errors import BrokenExtract, Conflict, InvalidInput, MuralError, OutOfMemory, StorageFull
from mural.geo.extract import SUFFIXES, header_bbox, read_features
from mural.geo.extract_index import Source, index_for
from mural.geo.import_protocol import MESSAGE, UNFINISHED, Doing, Imported, Message
from mural.geo.tile_writer import TileWriter
from mural.worker.protocol import Failed

ROOM: Final = 4
"""Free space that an import needs, in sizes of its file: the places of nodes take about 1.6, scratch files and index
about 1 each."""
LEAST_ROOM: Final = 32_000_000
"""The same in bytes, for the smallest file: the store of places begins with room for a million nodes."""

Say = Callable[[Message], None]


def import_extract(file: Path, folder: Path, say: Say) -> Imported:
    """Make the index of a map file among the extracts in ``folder``.

    Raises InvalidInput, BrokenExtract, Conflict when another import runs or the file changes, and StorageFull.
    """
    if not file.name.endswith(SUFFIXES):
        allowed = [f"*{suffix}" for suffix in SUFFIXES]
        raise InvalidInput(f"{file.name} is not a map file.", field="file", value=file.name, allowed=allowed)
    try:
        source = Source.of_file(file)
        with _workplace(folder) as scratch:
            _check_room(source, folder)
            return _import(file, source, folder, scratch, say)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full(source, folder) from error
        raise
    except BrokenExtract as error:
        if os.strerror(errno.ENOSPC) in error.message:  # what osmium could not do was to write
            raise _full(source, folder) from error
        raise


def _import(file: Path, source: Source, folder: Path, scratch: Path, say: Say) -> Imported:
    bbox = header_bbox(file)
    places = scratch / "places"
    unfinished, index = scratch / "index", index_for(file, folder)
    with TileWriter(scratch, source) as writer:
        read_features(file, writer, locations=f"sparse_file_array,{places}", started=lambda stage: say(Doing(stage)))
        places.unlink()
        about = writer.write(unfinished, bbox, lambda fraction: say(Doing("tiles", fraction)))
    if Source.of_file(file) != source:
        raise Conflict(f"{file.name} has changed while it was imported. Import it again.")
    unfinished.replace(index)
    return Imported(index, index.stat().st_size, about.features, about.points)


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Make an empty folder for what is unfinished; only one import at a time gets past this."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / UNFINISHED
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("Another map file is being imported. Wait until that is done.") from None
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        try:
            yield scratch
        finally:
            shutil.rmtree(scratch)
    finally:
        os.close(handle)


def _check_room(source: Source, folder: Path) -> None:
    if shutil.disk_usage(folder).free < _room(source):
        raise _full(source, folder)


def _room(source: Source) -> int:
    return max(LEAST_ROOM, ROOM * source.size)


def _full(source: Source, folder: Path) -> StorageFull:
    needed, free = _room(source) / 1e6, shutil.disk_usage(folder).free / 1e6
    return StorageFull(
        f"There is no room for the import of {source.name}: it needs up to {needed:,.0f} MB in {folder}, "
        f"where {free:,.0f} MB are free.",
        file=source.name,
    )


def main() -> None:
    """Import the file that the command line names."""

    def say(message: Message) -> None:
        sys.stdout.write(MESSAGE.dump_json(message, fallback=str).decode() + "\n")
        sys.stdout.flush()

    file, folder = map(Path, sys.argv[1:])
    try:
        say(import_extract(file, folder, say))
    except MuralError as error:
        say(Failed.from_error(error))
        sys.exit(1)
    except MemoryError:
        say(Failed.from_error(OutOfMemory(f"There is not enough memory to import {file.name}.")))
        sys.exit(1)


if __name__ == "__main__":
    main()
