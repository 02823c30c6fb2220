"""The tables as lines, read back into a database of the same or an earlier version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from infra.db.dump import DamagedDump, is_dump, load_tables, write_tables
from infra.db.migrate import NewerSchema, head, make_tables, migrate
from infra.db.session import Database
from infra.db.staging import staged_tables


def dump(database: Database, file: Path) -> Path:
    with database.read() as session:
        write_tables(session.connection(), file)
    return file


def test_tables_of_an_earlier_version_are_brought_up_to_date(postgres_url: str, tmp_path: Path) -> None:
    earlier = Database(postgres_url)
    make_tables(earlier, "0002")
    with earlier.write() as session:
        session.execute(text("INSERT INTO streams (name, epoch, seq) VALUES ('gallery', 'e\"\n', 7)"))
    file = dump(earlier, tmp_path / "tables.jsonl")
    earlier.close()
    with staged_tables(postgres_url) as staged:
        load_tables(staged.database, file)
        migrate(staged.database, tmp_path)
        with staged.database.read() as session:
            assert session.execute(text("SELECT name, epoch, seq FROM streams")).all() == [("gallery", 'e"\n', 7)]
            assert session.scalar(text("SELECT version_num FROM alembic_version")) == head()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", '{"format": 2}', '{"format": 1}', '{"format": 1, "revision": "0003"}\n{"table": "users"}'],
)
def test_what_is_no_dump_is_refused(postgres_url: str, tmp_path: Path, content: str) -> None:
    file = tmp_path / "tables.jsonl"
    file.write_text(content)
    with staged_tables(postgres_url) as staged, pytest.raises(DamagedDump, match=r"tables\.jsonl"):
        load_tables(staged.database, file)


def test_tables_of_a_later_version_are_refused(postgres_url: str, tmp_path: Path) -> None:
    file = tmp_path / "tables.jsonl"
    file.write_text(json.dumps({"format": 1, "revision": "9999"}))
    with staged_tables(postgres_url) as staged, pytest.raises(NewerSchema, match="newer Mural"):
        load_tables(staged.database, file)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"{}", b"\xff\xfe" * 2000, b"[" * 5000])
def test_other_files_do_not_pass_for_tables(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    assert not is_dump(file)
