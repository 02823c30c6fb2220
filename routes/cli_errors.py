"""How a command tells what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from mural.errors import MuralError


def sentence(error: MuralError) -> str:
    """Say what went wrong, with the choices there are."""
    choices = error.facts.get("available_themes") or error.facts.get("allowed")
    return f"{error.message} Allowed: {', '.join(choices)}." if isinstance(choices, list) else error.message


@contextmanager
def told() -> Iterator[None]:
    """End the command with a sentence where something of ours goes wrong inside the block."""
    try:
        yield
    except MuralError as error:
        raise click.ClickException(sentence(error)) from error
