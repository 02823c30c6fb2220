"""Where settings come from: the process's environment first, then the file .env beside the program."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

DOTENV: Final = Path(__file__).resolve().parent.parent / ".env"


def read_environ() -> dict[str, str]:
    """Read the settings, for the server and for every command alike."""
    return {name: value or "" for name, value in dotenv_values(DOTENV).items()} | dict(os.environ)
