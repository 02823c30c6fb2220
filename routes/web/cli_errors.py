"""How a command tells what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup

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
    except BrokenPipeError:  # whoever reads what we print has had enough
        raise
    except OSError as error:
        about = f"{error.filename}: " if error.filename else ""
        raise click.ClickException(f"{about}{error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise click.ClickException(f"This is not text: {error.reason}.") from error
    except MemoryError as error:
        raise click.ClickException("This needs more memory than a command may take.") from error


class ToldGroup(AppGroup):
    """Commands that end with a sentence, whatever they were given and whatever state the disk is in."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with told():
            return super().invoke(ctx)
