from __future__ import annotations

import errno
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.db import reserve
from infra.db.session import Database
from infra.disk import disk_trouble
from mural.errors import NotFound, StorageFull, Unavailable
from services.posters.files import PosterFiles
from tests.support.mounts import read_only


@pytest.fixture
def database(tmp_path: Path) -> Database:
    (tmp_path / "data").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'data' / 'mural.db'}")
    with database.write() as session:
        session.execute(text("CREATE TABLE kept (word TEXT)"))
    return database


def write(database: Database, word: str) -> None:
    with database.write() as session:
        session.execute(text("INSERT INTO kept VALUES (:word)"), {"word": word})


def words(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(text("SELECT word FROM kept")))


def delete(folder: Path) -> None:
    (folder / "mural.db").unlink()


def move(folder: Path) -> None:
    (folder / "mural.db").rename(folder / "elsewhere.db")


def replace(folder: Path) -> None:
    shutil.copyfile(folder / "mural.db", folder / "copy.db")
    (folder / "copy.db").replace(folder / "mural.db")


def lose_the_log(folder: Path) -> None:
    (folder / "mural.db-wal").unlink()


def lose_the_index_of_the_log(folder: Path) -> None:
    (folder / "mural.db-shm").unlink()


def lose_the_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def swap_the_folder(folder: Path) -> None:
    folder.rename(folder.with_name("aside"))
    shutil.copytree(folder.with_name("aside"), folder)


@pytest.mark.parametrize(
    "harm",
    [delete, move, replace, lose_the_log, lose_the_index_of_the_log, lose_the_folder, swap_the_folder],
)
def test_nothing_is_saved_or_told_once_the_database_is_another(
    database: Database, harm: Callable[[Path], None], tmp_path: Path
) -> None:
    write(database, "before")
    harm(tmp_path / "data")
    with pytest.raises(Unavailable, match="deleted, moved or replaced"):
        write(database, "lost")
    with pytest.raises(Unavailable, match="Put it back"):
        words(database)
    database.close()


def test_what_is_lost_in_the_middle_of_a_change_is_not_acknowledged(database: Database, tmp_path: Path) -> None:
    def write_while_it_goes() -> None:
        with database.write() as session:
            session.execute(text("INSERT INTO kept VALUES ('half')"))
            move(tmp_path / "data")

    with pytest.raises(Unavailable, match="nothing can be saved"):
        write_while_it_goes()
    (tmp_path / "data" / "elsewhere.db").rename(tmp_path / "data" / "mural.db")
    assert words(database) == []
    database.close()


def test_work_goes_on_once_the_file_is_back(database: Database, tmp_path: Path) -> None:
    write(database, "before")
    move(tmp_path / "data")
    with pytest.raises(Unavailable):
        write(database, "lost")
    (tmp_path / "data" / "elsewhere.db").rename(tmp_path / "data" / "mural.db")
    write(database, "after")
    assert words(database) == ["before", "after"]
    database.close()


def test_a_database_opened_anew_is_a_new_beginning(database: Database, tmp_path: Path) -> None:
    write(database, "before")
    database.close()
    replace(tmp_path / "data")
    assert words(database) == ["before"]
    database.close()


def test_many_connections_at_once_are_no_loss(database: Database) -> None:
    with database.read(), database.read(), database.read():
        write(database, "meanwhile")
    for _ in range(20):
        assert words(database) == ["meanwhile"]
    database.close()


def test_a_deletion_gets_the_room_that_is_kept_for_it(database: Database, tmp_path: Path) -> None:
    database.keep_reserve()
    file = tmp_path / "data" / "mural.db-reserve"
    assert file.stat().st_size == reserve.SIZE_BYTES
    tried = 0

    def change() -> str:
        nonlocal tried
        tried += 1
        if tried < 3:
            raise StorageFull("There is no room left on the disk for the database.")
        return "deleted"

    assert database.freeing(change) == "deleted"
    assert file.stat().st_size == reserve.SIZE_BYTES - 2 * reserve.PIECE_BYTES
    database.keep_reserve()
    assert file.stat().st_size == reserve.SIZE_BYTES
    database.close()


def test_a_deletion_gives_up_when_nothing_more_is_kept(database: Database) -> None:
    def change() -> str:
        raise StorageFull("There is no room left on the disk for the database.")

    with pytest.raises(StorageFull):
        database.freeing(change)
    database.keep_reserve()
    with pytest.raises(StorageFull):
        database.freeing(change)
    database.close()


@pytest.mark.parametrize("swapped", [False, True])
def test_a_posters_folder_that_is_gone_takes_no_posters(tmp_path: Path, *, swapped: bool) -> None:
    files = PosterFiles(tmp_path / "posters", max_bytes=10**9, spare_bytes=0)
    files.start()
    files.check_room()
    (tmp_path / "posters").rename(tmp_path / "aside")
    if swapped:
        shutil.copytree(tmp_path / "aside", tmp_path / "posters")
    with pytest.raises(Unavailable, match="posters' folder was deleted, moved or replaced"):
        files.check_room()
    with pytest.raises(Unavailable), files.making("job"):
        pass
    with pytest.raises(Unavailable, match="Put it back"):
        files.file("0" * 32, "poster.png")
    assert (tmp_path / "posters").exists() is swapped, "nothing was made in its place"


@pytest.mark.parametrize(
    "name", ["../../secret_key", "/etc/passwd", "..", ".", "", "a/b", ".hidden", "poster.png\n", "poster\x00.png"]
)
def test_a_name_never_leads_out_of_a_posters_folder(tmp_path: Path, name: str) -> None:
    files = PosterFiles(tmp_path / "posters", max_bytes=10**9, spare_bytes=0)
    files.start()
    folder = files.folder("a" * 32)
    folder.mkdir(parents=True)
    (tmp_path / "secret_key").write_text("the key of all cookies")
    (folder / "poster.png").write_text("a picture")
    with pytest.raises(NotFound):
        files.file("a" * 32, name)
    assert not files.holds("a" * 32, name)


def test_a_link_is_no_file_of_a_poster(tmp_path: Path) -> None:
    files = PosterFiles(tmp_path / "posters", max_bytes=10**9, spare_bytes=0)
    files.start()
    folder = files.folder("a" * 32)
    folder.mkdir(parents=True)
    (tmp_path / "secret_key").write_text("the key of all cookies")
    (folder / "poster.png").symlink_to(tmp_path / "secret_key")
    assert not files.holds("a" * 32, "poster.png")


@pytest.mark.parametrize("job_id", ["../../elsewhere", "..", "", "a/b", "x" * 65])
def test_an_id_of_a_job_never_leads_to_another_folder(tmp_path: Path, job_id: str) -> None:
    files = PosterFiles(tmp_path / "posters", max_bytes=10**9, spare_bytes=0)
    files.start()
    kept = tmp_path / "elsewhere"
    kept.mkdir()
    with pytest.raises(ValueError, match="not the id of a job"), files.making(job_id):
        pass
    assert kept.exists()


def test_a_disk_that_can_only_be_read_is_named(database: Database, tmp_path: Path) -> None:
    write(database, "before")
    database.close()
    with read_only(tmp_path / "data"):
        again = Database(f"sqlite:///{tmp_path / 'data' / 'mural.db'}")
        with pytest.raises(Unavailable) as caught:
            write(again, "lost")
        again.close()
    assert str(tmp_path) not in caught.value.message


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EROFS, Unavailable),
        (errno.EIO, Unavailable),
        (errno.ESTALE, Unavailable),
        (errno.ENOENT, type(None)),
        (errno.EPIPE, type(None)),
    ],
)
def test_what_the_system_says_of_the_disk_is_told_from_all_else(number: int, kind: type[object]) -> None:
    assert type(disk_trouble(OSError(number, "of the system"))) is kind


def test_a_file_that_is_no_database_any_more_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mural.db").write_bytes(b"This is no database. " * 1000)
    database = Database(f"sqlite:///{tmp_path / 'mural.db'}")
    with pytest.raises(Unavailable, match="is damaged"):
        words(database)
    database.close()
