"""Who may place: cooldowns, the limit of an address, read-only, bans and protection."""

from __future__ import annotations

from mural.errors import NotAllowed, TooMany
from services.board.rules import Visitor
from tests.support.studio import ANN, BEN, Studio, refused


def test_a_cooldown_is_kept_through_a_restart(studio: Studio) -> None:
    studio.reopen(cooldown_s=10, stack=2)
    assert studio.place(ANN, 0, 0, 1).allowance.charges == 1
    placed = studio.place(ANN, 0, 0, 2)
    assert (placed.allowance.charges, placed.allowance.to_json()["available_at"]) == (0, "2026-01-01T00:00:10.000Z")
    studio.clock.advance(9)
    studio.reopen(cooldown_s=10, stack=2)
    with refused(TooMany, "cooldown"):
        studio.ask(ANN, 0, 0, 3)
    studio.place(BEN, 0, 0, 3)
    studio.clock.advance(1)
    studio.place(ANN, 0, 0, 3)


def test_one_address_may_not_do_more_under_many_names_and_no_address_is_kept(studio: Studio) -> None:
    studio.reopen(address="2 per minute")
    for number in range(2):
        studio.place(Visitor(f"visitor {number}", "192.0.2.9"), 0, 0, number)
    studio.reopen(address="2 per minute")
    with refused(TooMany, "rate_limited"):
        studio.ask(Visitor("visitor 3", "192.0.2.9"), 0, 0, 3)
    studio.place(Visitor("visitor 3", "192.0.2.10"), 0, 0, 3)
    assert not any("192.0.2" in key for key in studio.canvas.store.cooldowns(0))
    one, other = Visitor("a", "2001:db8::1"), Visitor("b", "2001:db8::2:3")
    assert one.address_key == other.address_key != Visitor("c", "2001:db8:1::1").address_key


def test_read_only_bans_and_protection_hold_and_survive_a_restart(studio: Studio) -> None:
    studio.order("readonly", on=True)
    studio.order("ban", user_id=ANN.user_id)
    studio.order("ban", network="192.0.2.2/31")
    studio.order("protect", rect={"left": 0, "top": 0, "right": 3, "bottom": 3})
    studio.reopen()
    carl = Visitor("carl", "198.51.100.7")
    with refused(NotAllowed, "read_only"):
        studio.ask(carl, 9, 9, 1)
    studio.order("readonly", on=False)
    with refused(NotAllowed, "banned"):
        studio.ask(ANN, 9, 9, 1)
    with refused(NotAllowed, "banned"):
        studio.ask(BEN, 9, 9, 1)
    with refused(NotAllowed, "protected"):
        studio.ask(carl, 3, 3, 1)
    studio.place(carl, 4, 3, 1)
    studio.order("unban", user_id=ANN.user_id)
    studio.order("unprotect", rect={"left": 0, "top": 0, "right": 3, "bottom": 3})
    studio.place(ANN, 3, 3, 1)
