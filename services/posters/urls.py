"""Where things are found: the addresses that answers and events carry, under whatever prefix Mural is served."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Urls:
    """Makes addresses; ``base_path`` is the URL prefix of the installation, "" or like "/mural".

    An address with a version is one under which caches may keep what they got.
    """

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

    def download(self, poster_id: str, version: str = "") -> str:
        """The poster's file."""
        return _of_version(f"{self.api}/posters/{poster_id}/download", version)

    def export(self, poster_id: str) -> str:
        """Where the poster is asked for as another kind of file."""
        return f"{self.api}/posters/{poster_id}/export"

    def thumbnail(self, poster_id: str, version: str = "") -> str:
        """The poster's thumbnail."""
        return _of_version(f"{self.api}/posters/{poster_id}/thumbnail", version)

    def preview(self, poster_id: str, version: str = "") -> str:
        """The poster's preview."""
        return _of_version(f"{self.api}/posters/{poster_id}/preview", version)

    def tile(self, poster_id: str, version: str = "") -> str:
        """One tile of the poster, with {level}, {column} and {row} to be filled in."""
        return _of_version(f"{self.api}/posters/{poster_id}/tiles/{{level}}/{{column}}_{{row}}.jpg", version)

    def batch(self, batch_id: str) -> str:
        """Where the state of posters that were asked for together is asked for."""
        return f"{self.api}/posters/batch/{batch_id}"


def _of_version(address: str, version: str) -> str:
    return f"{address}?v={version}" if version else address
