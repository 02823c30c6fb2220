"""An installation with posters whose server can be stopped and started, for what is done to its files."""

from __future__ import annotations

from pathlib import Path

from services.upkeep.data_paths import DataPaths
from tests.support.posters import Studio, make_config, make_studio


class Installation:
    """An installation with two posters, whose server can be stopped and started."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.config = make_config(folder, database_url)
        self.data_paths = DataPaths.of(self.config)
        self.studio = self.started()
        self.first = self.made(theme="noir")
        self.second = self.made(theme="paper")
        self.data_paths.secret_key_file.write_text("the first key")

    def started(self) -> Studio:
        studio = make_studio(self.folder, self.config)
        studio.services.jobs.start()
        return studio

    def stop(self) -> None:
        self.studio.services.jobs.stop(0)
        self.studio.services.database.close()

    def start(self) -> None:
        self.studio = self.started()

    def made(self, **changes: object) -> str:
        poster = self.studio.made(**changes).poster
        assert poster is not None
        return poster.id

    def wall(self) -> list[str]:
        return [poster.id for poster in self.studio.services.gallery.page(limit=50).posters]

    def epoch(self) -> str:
        epoch: str = self.studio.services.gallery.page(limit=50).epoch
        return epoch

    def files(self) -> dict[str, bytes]:
        """Everything that is served, by its path."""
        shelves = self.data_paths.posters_dir.glob("[0-9a-f][0-9a-f]/*/*")
        return {str(path.relative_to(self.data_paths.posters_dir)): path.read_bytes() for path in sorted(shelves)}
