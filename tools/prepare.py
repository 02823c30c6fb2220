"""Make what a data folder needs before anything is drawn or looked up: the fonts and the index of places.

    python -m tools.prepare

The folder is the one that the settings name, DATA_DIR. Quick where both are there and made of the packages installed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from config import ROOT, ConfigError, Settings, data_dir_of
from infra.environ import read_environ
from mural.fonts import INDEX_FILE
from mural.geo.gazetteer.build import build_index
from mural.render.prepare_fonts import prepare

OWN_NODE_MODULES: Final = ROOT / "node_modules"


def prepare_data(data_dir: Path, node_modules: Path = OWN_NODE_MODULES) -> None:
    """Make the fonts and the index of places in a data folder, as far as they are missing or old."""
    fonts_dir, gazetteer_file = data_dir / "fonts", data_dir / "gazetteer.db"
    for lent in (fonts_dir, gazetteer_file):
        if lent.is_symlink():  # of another folder, whose own set-up looks after it
            lent.unlink()
    _say("Preparing fonts", fonts_dir / INDEX_FILE)
    prepare(node_modules, fonts_dir)
    _say("Indexing places", gazetteer_file)
    build_index(gazetteer_file)


def _say(what: str, file: Path) -> None:
    if not file.exists():
        print(f"{what} in {file.parent} ...", flush=True)


def main() -> None:
    """Prepare the data folder of the settings."""
    try:
        prepare_data(data_dir_of(Settings(read_environ())))
    except ConfigError as error:
        sys.exit(f"Nothing can be prepared: {error}")
    except OSError as error:
        sys.exit(f"The data folder cannot be prepared: {error}")


if __name__ == "__main__":
    main()
