from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

import app_factory
from services.upkeep.instance_lock import instance_lock
from tests.support.posters import Studio, make_config, make_studio


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """An installation with one poster."""
    made = make_studio(tmp_path, make_config(tmp_path))
    made.services.jobs.start()
    made.made()
    yield made
    made.services.jobs.stop(0)
    made.services.database.close()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run `flask mural ...` on the data folder, as it is started from a shell."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "ADMIN_TOKEN": "a token that nobody sees"}
    monkeypatch.setattr(app_factory, "read_environ", lambda: settings)

    def invoke(*arguments: str) -> Result:
        return app_factory.from_environment().test_cli_runner().invoke(args=["mural", *arguments])

    return invoke


def test_config_prints_the_settings_as_a_dotenv_would_have_them(run: Any, tmp_path: Path) -> None:
    lines = dict(line.split("=", 1) for line in run("config").output.splitlines())
    assert lines["DATA_DIR"] == str(tmp_path / "data")
    assert lines["ADMIN_TOKEN"] == "(set)"
    assert lines["RENDER_TIMEOUT"] == "600"
    assert lines["METRICS"] == "0"
    assert not (tmp_path / "data").exists(), "asking for the settings makes nothing"


def test_status_tells_what_there_is(run: Any, studio: Studio) -> None:
    said = run("status").output
    assert "posters:   1," in said
    assert "1 completed" in said
    assert "not running" in said
    with instance_lock(studio.config.data_dir):
        assert "running, process" in run("status").output


def test_status_of_nothing_yet(run: Any, tmp_path: Path) -> None:
    assert "not made yet" in run("status").output
    assert not (tmp_path / "data").exists()


def test_backup_and_restore(run: Any, studio: Studio, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    with instance_lock(studio.config.data_dir):  # the server runs
        result = run("backup", str(file))
        assert result.exit_code == 0, result.output
        assert "the database, 1 posters" in result.output
        refused = run("restore", str(file))
        assert refused.exit_code == 1
        assert "Another Mural" in refused.output
    studio.made()
    restored = run("restore", str(file))
    assert restored.exit_code == 0, restored.output
    assert "Restored the database and 1 posters" in restored.output
    assert ".before-restore-" in restored.output


@pytest.mark.parametrize("command", ["restore", "reindex", "retention"])
def test_what_changes_the_data_waits_for_the_server_to_stop(run: Any, studio: Studio, command: str) -> None:
    with instance_lock(studio.config.data_dir):
        result = run(command, *([__file__] if command == "restore" else []))
    assert result.exit_code == 1
    assert "Stop it first" in result.output


def test_a_file_that_is_no_backup_is_refused_in_a_sentence(run: Any, studio: Studio) -> None:
    result = run("restore", __file__)
    assert result.exit_code == 1
    assert "is not a backup of Mural" in result.output


def test_a_folder_that_is_not_there_is_named(run: Any, tmp_path: Path) -> None:
    assert f"There is no folder {tmp_path / 'none'}." in run("backup", str(tmp_path / "none" / "b.tar")).output


def test_reindex_rebuilds_the_database(run: Any, studio: Studio) -> None:
    studio.services.database.close()
    for file in studio.config.data_dir.glob("mural.db*"):
        file.unlink()
    result = run("reindex")
    assert result.exit_code == 0, result.output
    assert "1 posters, 1 of them new" in result.output
    assert "posters:   1," in run("status").output


def test_retention_keeps_what_is_to_be_kept(run: Any, studio: Studio) -> None:
    result = run("retention")
    assert result.exit_code == 0, result.output
    assert "1 posters are kept" in result.output


def test_a_wrong_setting_ends_every_command_with_its_name(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_factory, "read_environ", lambda: {"DATA_DIR": str(tmp_path), "PORT": "eighty"})
    with pytest.raises(app_factory.click.ClickException, match="PORT='eighty' is not allowed"):
        app_factory.from_environment()
