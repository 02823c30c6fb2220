"""Set up the place index: ``python -m mural.geo.gazetteer OUT_FILE``. Quick when there is nothing to do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mural.geo.gazetteer.build import build_index
from mural.geo.gazetteer.places import CREDIT


def main() -> int:
    """Build the index named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m mural.geo.gazetteer", description=__doc__, epilog=CREDIT)
    parser.add_argument("out_file", type=Path, help="the SQLite file to write")
    out_file: Path = parser.parse_args().out_file
    try:
        built = build_index(out_file)
    except OSError as error:
        sys.stderr.write(f"The place index could not be written: {error}\n")
        return 1
    sys.stdout.write(f"Place index {'built' if built else 'is up to date'}: {out_file}. {CREDIT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
