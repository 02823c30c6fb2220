"""Where things are found: the addresses that answers and events carry, under whatever prefix Mural is served."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Urls:
    """Makes addresses; ``base_path`` is the URL prefix of the installation, "" or like "/mural"."""

    base_path: str = ""

    @property
    def api(self) -> str:
        """The root of the REST interface."""
        return f"{self.base_path}/api/v1"

    def job(self, job_id: str) -> str:
        """Where a job's state is asked for."""
        return f"{self.api}/jobs/{job_id}"

    def poster(self, poster_id: str) -> str:
        """The page of a poster, for people."""
        return f"{self.base_path}/posters/{poster_id}"

    def download(self, poster_id: str) -> str:
        """The poster's file."""
        return f"{self.api}/posters/{poster_id}/download"

    def export(self, poster_id: str) -> str:
        """Where the poster is asked for as another kind of file."""
        return f"{self.api}/posters/{poster_id}/export"

    def thumbnail(self, poster_id: str) -> str:
        """The poster's thumbnail."""
        return f"{self.api}/posters/{poster_id}/thumbnail"

    def preview(self, poster_id: str) -> str:
        """The poster's preview."""
        return f"{self.api}/posters/{poster_id}/preview"

    def tiles(self, poster_id: str) -> str:
        """The poster in tiles."""
        return f"{self.api}/posters/{poster_id}/tiles"

    def batch(self, batch_id: str) -> str:
        """Where the state of posters that were asked for together is asked for."""
        return f"{self.api}/posters/batch/{batch_id}"
