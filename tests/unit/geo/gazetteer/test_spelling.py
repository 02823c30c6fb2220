from __future__ import annotations

from mural.geo.gazetteer.spelling import one_slip_away


def test_guesses_are_bounded_and_never_shorter_than_a_guess_may_be() -> None:
    assert list(one_slip_away("abc")) == []
    assert list(one_slip_away("a" * 25)) == []
    assert len(list(one_slip_away("a" * 24))) < 1500
    assert all(len(guess) >= 4 for guess in one_slip_away("abcd"))
