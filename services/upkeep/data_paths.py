"""What an installation holds that cannot be made again, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from config import Config


@dataclass(frozen=True, slots=True)
class DataPaths:
    """The database's file (None where a PostgreSQL server keeps it), posters, visitors' themes, the cookies' key."""

    data_dir: Path
    database_url: str
    database_file: Path | None
    posters_dir: Path
    own_themes_dir: Path

    @classmethod
    def of(cls, config: Config) -> DataPaths:
        """Tell what belongs to an installation."""
        url = make_url(config.database_url)
        is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
        database_file = Path(str(url.database)) if is_file else None
        return cls(
            data_dir=config.data_dir,
            database_url=config.database_url,
            database_file=database_file,
            posters_dir=config.posters_dir,
            own_themes_dir=config.own_themes_dir,
        )

    @property
    def secret_key_file(self) -> Path:
        """The key that signs cookies, where it is not a setting."""
        return self.data_dir / "secret_key"

    @property
    def journal_file(self) -> Path:
        """What a restore that is under way has planned."""
        return self.data_dir / "restoring.json"
