"""Mural whose posters are drawn in no time; everything else is the real thing."""

from __future__ import annotations

import wsgi  # first: it patches

# isort: split
from typing import Any

import services.container
from app_factory import create_app
from config import Config
from tests.support.posters import FakeRenderer


class Pool(FakeRenderer):
    """Stands where the render processes are."""

    def start(self) -> None:
        """Start nothing."""

    def stop(self) -> None:
        """Stop nothing."""

    def status(self) -> dict[str, Any]:
        """Be well."""
        return {}


def main() -> None:
    """Serve."""
    services.container.build_render_pool = lambda *_args, **_options: Pool()  # type: ignore[assignment,return-value]
    config = Config.from_env(wsgi.ENVIRON)
    wsgi.serve(create_app(config), config)


main()
