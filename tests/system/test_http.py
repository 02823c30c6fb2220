"""What only a real connection shows: bodies too large or without a length, broken requests, long downloads."""

from __future__ import annotations

import io
import json
import socket
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
import requests

from routes.web.security import MAX_BODY_BYTES
from tests.support.server import HELSINKI, MODES, Server

pytestmark = pytest.mark.system


@pytest.fixture(scope="module", params=MODES)
def any_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running Mural on each kind of green thread in turn, whose posters are worth downloading."""
    running = Server(tmp_path_factory.mktemp(request.param) / "data", ASYNC_MODE=request.param)
    yield running
    running.stop()


@pytest.fixture
def http(any_server: Server) -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


def raw(server: Server, request: bytes) -> bytes:
    """Send bytes and read until the server closes."""
    answer = b""
    with (
        closing(socket.create_connection(("127.0.0.1", server.port), 30)) as connection,
        suppress(OSError),  # it may have closed already
    ):
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            answer += piece
    return answer


def test_a_body_that_is_too_large_gets_its_answer_and_the_connection_lives_on(
    any_server: Server, http: requests.Session
) -> None:
    url = f"{any_server.api}/posters"
    answer = http.post(url, data=b"x" * (MAX_BODY_BYTES + 1), headers={"Content-Type": "application/json"}, timeout=60)
    assert (answer.status_code, answer.json()["error"]) == (413, "Request Entity Too Large")
    assert http.get(url, timeout=60).status_code == 200


def test_a_body_without_a_length_is_read_and_bounded(any_server: Server, http: requests.Session) -> None:
    url, headers = f"{any_server.api}/posters", {"Content-Type": "application/json"}
    text = json.dumps(HELSINKI | {"distance": 1}).encode()
    small = http.post(url, data=iter([text[:20], text[20:]]), headers=headers, timeout=60)
    assert (small.status_code, small.json()["field"]) == (400, "distance")
    piece = b" " * 65536
    large = http.post(url, data=(piece for _ in range(MAX_BODY_BYTES // 65536 + 2)), headers=headers, timeout=60)
    assert large.status_code == 413
    shouting = raw(
        any_server,
        b"POST /api/v1/posters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Transfer-Encoding: Chunked\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    )
    assert b'"city"' in shouting
    form = requests.post(url, data=iter([b"a=b"]), headers={"Content-Type": "text/plain"}, timeout=60)
    assert form.status_code == 415


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x00\xff\n\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"POST /api/v1/posters HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v1/posters HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
        b"POST /api/v1/posters HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/v1/posters HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{",
        b"GET /api/v1/gallery HTTP/1.1\r\nHost: \xff\xfe\r\nCookie: mural_visitor=\xff\r\n\r\n",
    ],
)
def test_broken_requests_cost_nobody_else_anything(any_server: Server, request_bytes: bytes) -> None:
    answer = raw(any_server, request_bytes)
    assert b" 500 " not in answer.split(b"\r\n", 1)[0]
    assert b"Traceback" not in answer
    assert requests.get(f"{any_server.api}/health", timeout=30).status_code == 200


def test_a_batch_is_made_and_sent_as_one_archive(any_server: Server, http: requests.Session) -> None:
    place = {name: HELSINKI[name] for name in ("city", "country", "latitude", "longitude")}
    wish = {"places": [place], "themes": ["noir", "paper", "ocean"], "distance": 500, "dpi": 72}
    assert http.post(f"{any_server.api}/posters/batch", json=wish, timeout=60).status_code == 404
    batch = http.post(f"{any_server.api}/posters/batch", json=wish | {"themes": ["noir", "ocean"]}, timeout=60).json()
    for job in batch["jobs"]:
        assert any_server.wait_for(job["job_id"], "completed", "failed")["status"] == "completed"
    done = http.get(f"http://127.0.0.1:{any_server.port}{batch['status_url']}", timeout=60).json()
    answer = http.get(f"http://127.0.0.1:{any_server.port}{done['download_url']}", timeout=60)
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert len(archive.namelist()) == 2


def test_a_download_that_is_broken_off_goes_on_where_it_ended(any_server: Server, http: requests.Session) -> None:
    job = any_server.wait_for(any_server.submit(theme="noir")["job_id"], "completed", "failed")
    url = f"http://127.0.0.1:{any_server.port}{job['result']['download_url']}"
    begun = http.get(url, stream=True, timeout=60)
    first = begun.raw.read(100_000)
    begun.close()
    rest = http.get(url, headers={"Range": f"bytes={len(first)}-", "If-Range": begun.headers["ETag"]}, timeout=60)
    assert rest.status_code == 206
    assert len(first) + len(rest.content) == job["result"]["file_size"]
    assert first + rest.content == http.get(url, timeout=60).content
