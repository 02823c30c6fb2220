"""The right to download: one holder at a time, and a note for the next."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from mural.geo.download_turn import download_turn


def test_others_wait_until_the_holder_is_done(tmp_path: Path) -> None:
    order: list[str] = []
    waited = threading.Event()

    def second() -> None:
        with download_turn(tmp_path, waited.set, poll_s=0.01):
            order.append("second")

    with download_turn(tmp_path, pytest.fail):
        thread = threading.Thread(target=second)
        thread.start()
        assert waited.wait(30)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_the_note_outlives_the_turn(tmp_path: Path) -> None:
    with download_turn(tmp_path, pytest.fail) as turn:
        turn.keep_quiet(500)
        turn.keep_quiet(60)
    with download_turn(tmp_path, pytest.fail) as turn:
        assert 0 < turn.quiet_s() < 61


def test_the_turn_passes_on_when_its_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), download_turn(tmp_path, pytest.fail):
        raise ZeroDivisionError
    with download_turn(tmp_path, pytest.fail) as turn:
        assert turn.quiet_s() == 0


@pytest.mark.parametrize("note", ["", "no number", "9999999999999", "12.0", "nan", "5 nan", "nan 5", "9e99 5e99"])
def test_a_senseless_note_asks_for_no_quiet(tmp_path: Path, note: str) -> None:
    (tmp_path / "turn.lock").write_text(note)
    with download_turn(tmp_path, pytest.fail) as turn:
        assert turn.quiet_s() == 0
        turn.keep_quiet(60)
        assert 59 < turn.quiet_s() < 61


@pytest.mark.parametrize("back_s", [5, 1800, 3600, 400 * 86_400])
def test_a_clock_that_is_set_back_asks_for_no_more_quiet_than_the_server_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back_s: float
) -> None:
    now_s = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now_s[0])
    with download_turn(tmp_path, pytest.fail) as turn:
        turn.keep_quiet(60)
    now_s[0] -= back_s
    with download_turn(tmp_path, pytest.fail) as turn:
        assert turn.quiet_s() == pytest.approx(60)
        now_s[0] += 45
        assert turn.quiet_s() == pytest.approx(15, abs=0.01), "and the wait does not begin anew"
