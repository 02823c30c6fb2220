"""A cache before Mural that keeps all it may: what was taken down is soon forgotten, what is not public never kept."""

from __future__ import annotations

import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.nginx import nginx
from tests.support.real_parts import free_port
from tests.support.server import QuickServer

pytestmark = pytest.mark.system

CACHING = """
proxy_cache_path {folder}/kept levels=1 keys_zone=kept:1m use_temp_path=off;
server {{
    listen 127.0.0.1:{port};
    location / {{
        proxy_pass http://127.0.0.1:{behind};
        proxy_set_header Host $http_host;
        proxy_cache kept;
        # Whatever Mural says nothing about is kept for a day, as some hosts have it.
        proxy_cache_valid any 1d;
        proxy_cache_revalidate on;
        add_header X-Kept $upstream_cache_status;
    }}
}}
"""

YEAR_S = 366 * 24 * 3600
VALID_UNTIL = struct.Struct("@Qq")
"""How a file of nginx's cache begins: the version of its layout, and until when it may be answered from it."""


class Cached:
    """A server and the cache in front of it."""

    def __init__(self, server: QuickServer, folder: Path, port: int) -> None:
        self.server = server
        self.kept = folder / "kept"
        self.origin = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> requests.Response:
        return requests.get(self.origin + path, timeout=30)

    def statuses(self, path: str) -> list[str]:
        """Ask twice, and tell what the cache had."""
        return [self.get(path).headers.get("X-Kept", "") for _ in range(2)]

    def pass_time(self, seconds: int) -> None:
        """Let what is kept be so much older."""
        for file in self.kept.rglob("*"):
            if file.is_file():
                with file.open("r+b") as opened:
                    layout, until = VALID_UNTIL.unpack(opened.read(VALID_UNTIL.size))
                    assert abs(until - time.time()) < YEAR_S, "the header is read as nginx writes it"
                    opened.seek(0)
                    opened.write(VALID_UNTIL.pack(layout, until - seconds))

    def holds(self, content: bytes) -> bool:
        return any(content in file.read_bytes() for file in self.kept.rglob("*") if file.is_file())


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cached]:
    folder = tmp_path_factory.mktemp("cache")
    server = QuickServer(folder / "data")
    port = free_port()
    with nginx(folder, port, CACHING.format(folder=folder, port=port, behind=server.port)):
        yield Cached(server, folder, port)
    server.stop()


@pytest.fixture
def owner(cached: Cached) -> requests.Session:
    session = requests.Session()
    session.get(f"{cached.server.api}/posters", timeout=10)
    return session


def made(cached: Cached, owner: requests.Session, **changes: Any) -> dict[str, Any]:
    job_id = cached.server.submit_new(owner, **changes)["job_id"]
    poster_id = cached.server.wait_for(job_id, "completed")["result"]["poster_id"]
    facts: dict[str, Any] = owner.get(f"{cached.server.api}/posters/{poster_id}", timeout=10).json()
    return facts


def addresses(cached: Cached, poster: dict[str, Any]) -> list[str]:
    """List all that a poster can be looked at by."""
    tiles = cached.get(f"/api/v1/posters/{poster['id']}/tiles").json()
    tile = tiles["tile_url"].replace("{level}", str(tiles["min_level"])).replace("{column}_{row}", "0_0")
    return [poster["download_url"], poster["thumbnail_url"], poster["preview_url"], tile]


def test_a_hung_poster_is_kept_and_forgotten_soon_after_it_came_down(cached: Cached, owner: requests.Session) -> None:
    poster = made(cached, owner, theme="ocean")
    asked = addresses(cached, poster)
    for path in asked:
        assert cached.statuses(path) == ["MISS", "HIT"], path
    owner.delete(f"{cached.server.api}/posters/{poster['id']}", timeout=10)
    cached.pass_time(301)
    for path in asked:
        assert cached.get(path).status_code == 404, path


def test_a_hung_poster_is_fetched_anew_when_the_cache_asks_and_it_still_hangs(
    cached: Cached, owner: requests.Session
) -> None:
    path = made(cached, owner, theme="ocean")["thumbnail_url"]
    first = cached.get(path)
    cached.pass_time(301)
    again = cached.get(path)
    assert (again.headers["X-Kept"], again.content) == ("REVALIDATED", first.content)


@pytest.mark.parametrize("visibility", ["public", "unlisted"])
def test_nothing_without_its_version_is_kept_and_nothing_unlisted_at_all(
    cached: Cached, owner: requests.Session, visibility: str
) -> None:
    poster = made(cached, owner, theme="sunset", visibility=visibility, city="Secretville")
    bare = [path.partition("?")[0] for path in addresses(cached, poster)]
    told = [f"/api/v1/jobs/{poster['job_id']}", f"/generate/{poster['job_id']}", f"/posters/{poster['id']}"]
    told += [f"/api/v1/posters/{poster['id']}", f"/api/v1/posters/{poster['id']}/tiles", "/", "/api/v1/gallery"]
    for path in (*bare, *(f"{path}?v=0" for path in bare), *told):
        assert cached.statuses(path) == ["MISS", "MISS"], path
    assert not cached.holds(b"Secretville")
    owner.delete(f"{cached.server.api}/posters/{poster['id']}", timeout=10)
    for path in bare:
        assert cached.get(path).status_code == 404, path
    for path in told:
        assert "Secretville" not in cached.get(path).text, path
