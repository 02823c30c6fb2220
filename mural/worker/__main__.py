"""Let ``python -m mural.worker`` start a render process."""

from __future__ import annotations

from mural.worker.main import main

if __name__ == "__main__":
    main()
