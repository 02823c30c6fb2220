"""Visitors' themes, on every kind of database."""

from __future__ import annotations

import pytest

from mural.errors import Conflict, InvalidInput, NotAllowed, NotFound
from services.accounts.actors import Actor
from services.accounts.permissions import Role
from services.themes import own as own_themes
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio


def test_a_theme_is_kept_changed_and_forgotten(idle: Studio) -> None:
    themes = idle.services.own_themes
    made = themes.create(Actor("ann"), PLAIN_THEME | {"name": "Łódź 東京"})
    assert made.id.startswith("own_lodz_")
    assert themes.of(Actor("ann")) == [made] == [themes.get(made.id)]
    assert (
        themes.of(Actor("ben")),
        themes.belongs_to(made.id, Actor("ann")),
        themes.belongs_to(made.id, Actor("ben")),
    ) == ([], True, False)
    changed = themes.replace(made.id, PLAIN_THEME | {"sea": "#123456"}, Actor("ann"))
    assert (changed.id, themes.get(made.id).sea) == (made.id, "#123456")
    themes.delete(made.id, Actor("ann"))
    with pytest.raises(NotFound):
        themes.get(made.id)


def test_only_its_maker_and_an_admin_may_change_it(idle: Studio) -> None:
    themes = idle.services.own_themes
    made = themes.create(Actor("ann"), PLAIN_THEME)
    with pytest.raises(NotAllowed):
        themes.replace(made.id, PLAIN_THEME, Actor("ben"))
    with pytest.raises(NotAllowed):
        themes.delete(made.id, Actor("ben"))
    themes.delete(made.id, Actor("ben", Role.ADMIN))


def test_what_ships_is_found_but_not_changed(idle: Studio) -> None:
    themes = idle.services.own_themes
    assert themes.get("noir").id == "noir"
    with pytest.raises(NotAllowed):
        themes.delete("noir", Actor("root", Role.ADMIN))


@pytest.mark.parametrize("ident", ["no_such", "own_none", "\x00", "own_\x00", "../noir"])
def test_a_theme_that_is_not_there_is_not_found(idle: Studio, ident: str) -> None:
    themes = idle.services.own_themes
    for act in (themes.get, lambda ident: themes.delete(ident, Actor("ann"))):
        with pytest.raises(NotFound):
            act(ident)


def test_a_fault_is_named_and_nothing_is_kept(idle: Studio) -> None:
    with pytest.raises(InvalidInput) as caught:
        idle.services.own_themes.create(Actor("ann"), PLAIN_THEME | {"water": "blue"})
    assert caught.value.field == "water"
    assert idle.services.own_themes.of(Actor("ann")) == []


def test_there_is_a_bound_for_each_and_for_all(idle: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_themes, "EACH_MAX", 2)
    monkeypatch.setattr(own_themes, "OVERALL_MAX", 3)
    themes = idle.services.own_themes
    for owner in ("ann", "ann", "ben"):
        themes.create(Actor(owner), PLAIN_THEME)
    with pytest.raises(Conflict, match="You have 2"):
        themes.create(Actor("ann"), PLAIN_THEME)
    themes.create(Actor("cem"), PLAIN_THEME)
    assert [len(themes.of(Actor(owner))) for owner in ("ann", "ben", "cem")] == [1, 1, 1]
    assert len(list(idle.config.own_themes_dir.glob("*.json"))) == 3


def test_a_theme_that_a_poster_was_made_in_is_never_given_up(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_themes, "OVERALL_MAX", 2)
    themes = sqlite_studio.services.own_themes
    hanging = themes.create(Actor("ann"), PLAIN_THEME)
    sqlite_studio.made("ann", theme=hanging.id)
    for owner in ("ben", "cem"):
        newest = themes.create(Actor(owner), PLAIN_THEME)
    assert (themes.of(Actor("ann")), themes.of(Actor("ben")), themes.of(Actor("cem"))) == ([hanging], [], [newest])
    sqlite_studio.made("cem", theme=newest.id)
    with pytest.raises(Conflict, match="no more"):
        themes.create(Actor("dan"), PLAIN_THEME)


def test_a_theme_without_a_file_is_given_one_at_the_next_start(idle: Studio) -> None:
    made = idle.services.own_themes.create(Actor("ann"), PLAIN_THEME)
    file = idle.config.own_themes_dir / f"{made.id}.json"
    written = file.read_bytes()
    file.unlink()
    idle.services.own_themes.start()
    assert file.read_bytes() == written


def test_a_theme_whose_file_cannot_be_written_is_not_kept(idle: Studio) -> None:
    idle.config.own_themes_dir.write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        idle.services.own_themes.create(Actor("ann"), PLAIN_THEME)
    assert idle.services.own_themes.of(Actor("ann")) == []


def test_whoever_has_claimed_a_visitors_things_has_their_themes(idle: Studio) -> None:
    themes = idle.services.own_themes
    made = themes.create(Actor("ann"), PLAIN_THEME)
    person = Actor("account", aliases=frozenset({"ann"}))
    kept = themes.create(person, PLAIN_THEME | {"name": "Another"})
    assert {theme.id for theme in themes.of(person)} == {made.id, kept.id}
    assert [theme.id for theme in themes.of(Actor("ann"))] == [made.id]
    themes.delete(made.id, person)
    assert [theme.id for theme in themes.of(person)] == [kept.id]
