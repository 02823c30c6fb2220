from __future__ import annotations

from infra.processes.cancellation import CancelToken


def test_a_watcher_hears_of_it_at_once() -> None:
    token, heard = CancelToken(), []
    with token.watched(lambda: heard.append(token.cancelled)):
        assert heard == []
        token.cancel()
    assert heard == [True]


def test_a_watcher_that_comes_late_hears_of_it_too() -> None:
    token, heard = CancelToken(), []
    token.cancel()
    with token.watched(lambda: heard.append(1)):
        assert heard == [1]


def test_nobody_is_told_after_he_stopped_watching() -> None:
    token, heard = CancelToken(), []
    with token.watched(lambda: heard.append(1)):
        pass
    token.cancel()
    assert heard == []
    assert token.cancelled
