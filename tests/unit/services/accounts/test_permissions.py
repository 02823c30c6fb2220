"""The table of roles, hand-kept: what each may do to things of one's own, to shown ones and to private ones of others.

A row changes in the commit that changes the table, and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pytest

from mural.errors import NotAllowed, NotFound
from services.accounts.actors import HOUSE, Actor
from services.accounts.permissions import GRANTS, Permission, Role, Scope

ANN: Final = Actor("ann")
ADMIN: Final = Actor("root", Role.ADMIN)


@dataclass(frozen=True)
class Thing:
    owner: str
    visibility: str = "public"


@dataclass(frozen=True)
class Theme:
    """A thing that does not say who sees it."""

    owner: str


HERS, SHOWN, PRIVATE = Thing("ann", "private"), Thing("ben", "unlisted"), Thing("ben", "private")

EXPECTED: Final = {
    # permission: may she do it to her own, to what others show, to what is theirs alone? The same for an admin.
    "SITE_SEE": "yes yes yes | yes yes yes",
    "HEALTH_SEE": "yes yes yes | yes yes yes",
    "METRICS_SEE": "yes yes yes | yes yes yes",
    "SOCKET_OPEN": "yes yes yes | yes yes yes",
    "WALL_SEE": "yes yes yes | yes yes yes",
    "PLACE_FIND": "yes yes yes | yes yes yes",
    "POSTER_SEE": "yes yes no | yes yes yes",
    "POSTER_LIST": "yes no no | yes no no",
    "POSTER_SEE_ADDED": "yes no no | yes no no",
    "POSTER_DESIGN": "yes yes yes | yes yes yes",
    "POSTER_MAKE": "yes yes yes | yes yes yes",
    "POSTER_EXPORT": "yes yes no | yes yes no",
    "POSTER_SHOW": "yes no no | yes no no",
    "POSTER_TAKE_DOWN": "yes no no | yes yes yes",
    "POSTER_RESTORE": "yes no no | yes yes yes",
    "JOB_SEE": "yes yes no | yes yes yes",
    "JOB_EDIT": "yes no no | yes yes yes",
    "JOB_CANCEL": "yes no no | yes yes yes",
    "JOB_CANCEL_AWAITED": "no no no | yes yes yes",
    "JOB_RETRY": "yes no no | yes yes yes",
    "BATCH_SEE": "yes yes yes | yes yes yes",
    "THEME_SEE": "yes yes yes | yes yes yes",
    "THEME_MAKE": "yes yes yes | yes yes yes",
    "THEME_CHANGE": "yes no no | yes yes yes",
    "THEME_DELETE": "yes no no | yes yes yes",
    "BOARD_SEE": "yes yes yes | yes yes yes",
    "BOARD_PAINT": "yes yes yes | yes yes yes",
}


def answers(actor: Actor, permission: Permission) -> str:
    own = Thing(actor.id, "private")
    return " ".join("yes" if actor.can(permission, thing) else "no" for thing in (own, SHOWN, PRIVATE))


@pytest.mark.parametrize("permission", Permission, ids=lambda permission: permission.name)
def test_a_visitor_and_an_admin_may_what_is_written_here(permission: Permission) -> None:
    assert f"{answers(ANN, permission)} | {answers(ADMIN, permission)}" == EXPECTED[permission.name]


def test_every_row_is_of_a_permission_that_there_is() -> None:
    assert EXPECTED.keys() == {permission.name for permission in Permission}


def test_no_two_permissions_are_the_same_word() -> None:
    assert len({permission.words for permission in Permission}) == len(Permission)


def test_the_house_sees_everything_and_owns_nothing() -> None:
    assert HOUSE.can(Permission.POSTER_SEE, PRIVATE)
    assert not HOUSE.can(Permission.POSTER_SEE_ADDED, HERS)
    assert not HOUSE.owns(Thing("")), "what nobody owns is not the house's either"


def test_what_belongs_to_an_alias_is_ones_own() -> None:
    person = Actor("account", aliases=frozenset({"ann", "phone"}))
    assert person.ids == ("account", "ann", "phone")
    assert person.can(Permission.POSTER_SHOW, HERS)
    assert not person.can(Permission.POSTER_SHOW, SHOWN)
    assert not ANN.can(Permission.POSTER_SHOW, Thing("account")), "an alias is no way back"


def test_a_thing_that_does_not_say_who_sees_it_is_its_owners_alone() -> None:
    assert ANN.can(Permission.POSTER_SEE, Theme("ann"))
    assert not ANN.can(Permission.POSTER_SEE, Theme("ben"))


def test_a_scope_that_was_not_asked_for_allows_nothing_of_it() -> None:
    reader = Actor("ann", scopes=frozenset({Scope.READ}))
    assert reader.can(Permission.POSTER_SEE, HERS)
    assert not reader.can(Permission.POSTER_TAKE_DOWN, HERS)
    assert not reader.can(Permission.BOARD_PAINT)
    assert not Actor("ann", scopes=frozenset()).can(Permission.SITE_SEE)


def test_an_admin_without_the_scope_of_one_is_a_visitor_among_others() -> None:
    modest = ADMIN.without(Scope.ADMIN)
    assert all(answers(modest, permission) == answers(ANN, permission) for permission in Permission)
    assert answers(ADMIN, Permission.POSTER_TAKE_DOWN) == "yes yes yes", "and stays an admin elsewhere"


def test_what_is_in_no_row_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.accounts.actors.GRANTS", {role: {} for role in Role})
    for actor in (ANN, ADMIN, HOUSE):
        assert not any(actor.can(permission, HERS) for permission in Permission)


def test_what_may_not_be_seen_is_not_there_and_what_may_not_be_done_is_refused() -> None:
    with pytest.raises(NotFound, match="no poster"):
        ANN.require_sight(Permission.POSTER_SEE, PRIVATE, "Poster", "42")
    with pytest.raises(NotAllowed, match="somebody else"):
        ANN.require(Permission.POSTER_TAKE_DOWN, SHOWN, "poster")
    ANN.require(Permission.POSTER_TAKE_DOWN, HERS, "poster")


def test_every_role_has_a_row() -> None:
    assert GRANTS.keys() == set(Role)
