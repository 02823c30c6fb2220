from __future__ import annotations

import socket
from pathlib import Path

import pytest

from mural.errors import Unavailable
from services.upkeep.start_checks import check_port, check_prepared, lend_prepared
from tests.support.real_parts import free_port


def test_a_free_port_is_fine_and_stays_free() -> None:
    port = free_port()
    check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Unavailable, match=rf"Port {port} of 127.0.0.1 cannot be used: Address already in use"):
            check_port("127.0.0.1", port)


def test_a_host_that_is_not_ours_is_named() -> None:
    with pytest.raises(Unavailable, match=r"of 203\.0\.113\.1 cannot be used: Cannot assign"):
        check_port("203.0.113.1", free_port())


def test_what_set_up_makes_must_be_there(tmp_path: Path) -> None:
    fonts, gazetteer = tmp_path / "fonts", tmp_path / "gazetteer.db"
    with pytest.raises(Unavailable, match=r"fonts for lettering are not prepared.*make setup"):
        check_prepared(fonts, gazetteer)
    fonts.mkdir()
    (fonts / "fonts.json").write_text("{}")
    with pytest.raises(Unavailable, match=r"index of places is not prepared: there is no .*gazetteer\.db"):
        check_prepared(fonts, gazetteer)
    gazetteer.write_text("")
    check_prepared(fonts, gazetteer)


def test_a_fresh_folder_is_lent_what_set_up_made(tmp_path: Path) -> None:
    own, fresh = tmp_path / "own", tmp_path / "fresh"
    (own / "fonts").mkdir(parents=True)
    fresh.mkdir()
    (fresh / "gazetteer.db").symlink_to(tmp_path / "gone")
    lend_prepared(own, fresh)
    assert (fresh / "fonts").resolve() == own / "fonts"
    assert not (fresh / "gazetteer.db").is_symlink()
    (own / "gazetteer.db").write_text("places")
    lend_prepared(own, fresh)
    lend_prepared(own, own)
    assert (fresh / "gazetteer.db").read_text() == "places"
