"""What is wrong at the start is told in one sentence."""

from __future__ import annotations

import socket
from pathlib import Path
from shutil import copytree

import pytest
import requests

from tests.support.flask_command import run_flask
from tests.support.mounts import read_only
from tests.support.real_parts import SAMPLE_FILE
from tests.support.server import QuickServer, Server, prepare_data_dir, refused_start
from tests.support.waiting import wait_until

pytestmark = pytest.mark.system


def one_sentence(said: str) -> str:
    """Check that there is one line and no traceback."""
    (line,) = said.splitlines()
    assert line.startswith("Mural cannot start: ")
    return line


def test_a_wrong_setting(tmp_path: Path) -> None:
    assert "RENDER_WORKERS='many' is not allowed" in one_sentence(refused_start(tmp_path, RENDER_WORKERS="many"))


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 cannot be used" in one_sentence(refused_start(tmp_path, port))


def test_a_second_server_on_the_same_data(server: Server) -> None:
    said = one_sentence(refused_start(server.data_dir))
    assert f"Another Mural (process {server.pid}) is using {server.data_dir}" in said
    assert requests.get(f"{server.api}/health", timeout=10).status_code == requests.codes.ok


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    prepare_data_dir(folder)
    with read_only(folder):
        said = one_sentence(refused_start(folder))
    assert f"Nothing can be written to DATA_DIR, {folder}: " in said


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with a poster, and with the copy that it made soon after its first start."""
    server = QuickServer(tmp_path_factory.mktemp("kept") / "data")
    server.wait_for(server.submit()["job_id"], "completed")
    wait_until(lambda: list((server.data_dir / "backups").glob("daily-*.db")))
    server.stop()
    return server.data_dir


@pytest.mark.parametrize("damage", ["garbage", "cut short", "page"])
def test_a_damaged_database_is_named_with_what_helps(tmp_path: Path, kept: Path, damage: str) -> None:
    data_dir = copytree(kept, tmp_path / "data", symlinks=True)
    file = data_dir / "mural.db"
    whole = file.read_bytes()
    file.write_bytes(
        {
            "garbage": b"This is no database. " * 1000,
            "cut short": whole[: len(whole) // 2],
            "page": whole[:4096] + b"\xff" * 8192 + whole[12288:],
        }[damage]
    )
    said = one_sentence(refused_start(data_dir))
    assert f"The database {file} is damaged" in said
    command = said.partition("“flask mural ")[2].partition("”")[0].split()
    assert command[0] == "restore"

    run_flask(data_dir, "mural", *command)
    server = QuickServer(data_dir)
    assert requests.get(f"{server.api}/gallery", timeout=10).json()["posters"], "the poster is back on the wall"
    server.stop()


def test_a_damaged_map_file_is_named_in_the_log_and_left_out(tmp_path: Path) -> None:
    extracts = tmp_path / "data" / "extracts"
    extracts.mkdir(parents=True)
    (extracts / "torn.osm.pbf").write_bytes(SAMPLE_FILE.read_bytes()[:200_000])
    (extracts / "noise.osm.pbf").write_bytes(b"\x00\x01 no map at all" * 100)
    server = Server(tmp_path / "data")
    job = server.wait_for(server.submit()["job_id"], "completed", "failed")
    server.stop()
    assert job["status"] == "completed", job
    assert "torn.osm.pbf" in server.log()
    assert "noise.osm.pbf" in server.log()
