"""Themes: those that ship, and one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from mural.themes import CHOICES
from routes.themes.rest import EXAMPLE
from routes.themes.schemas import ThemeOut, ThemesOut
from services.themes.own import EACH_MAX
from tests.support.api import ADMIN_TOKEN, V1, Api, Visitor, running_api

THEMES = f"{V1}/themes"


def create(visitor: Visitor, **changes: object) -> dict:
    answer = visitor.post(THEMES, json=EXAMPLE | changes)
    assert answer.status_code == 201, answer.text
    body: dict = answer.get_json()
    ThemeOut.model_validate(body)
    assert answer.headers["Location"] == f"{THEMES}/{body['id']}"
    return body


def listed(visitor: Visitor) -> dict[str, dict]:
    body = visitor.get(THEMES).get_json()
    ThemesOut.model_validate(body)
    assert body["total"] == len(body["themes"])
    return {theme["id"]: theme for theme in body["themes"]}


def test_the_list_names_the_themes_that_ship(ann: Visitor) -> None:
    themes = listed(ann)
    assert {"noir", "japanese_ink", "warm_beige"} <= themes.keys()
    assert themes["noir"].keys() == {"id", "name", "description", "preview_url", "colors", "own"}
    assert themes["noir"]["colors"].keys() == {"bg", "text"}
    assert not any(theme["own"] for theme in themes.values())


def test_a_theme_tells_all_its_colours(ann: Visitor) -> None:
    body = ann.get(f"{THEMES}/noir").get_json()
    ThemeOut.model_validate(body)
    assert {"bg", "road_motorway", "sea", "buildings", "marker"} <= body["colors"].keys()
    assert body["faults"] == []


def test_a_theme_that_is_not_there_is_a_404(ann: Visitor) -> None:
    for path in ("no_such", "no_such/preview.png", "..", "Noir"):
        assert ann.get(f"{THEMES}/{path}").status_code == 404
    body = ann.get(f"{THEMES}/no_such").get_json()
    assert (body["error"], "noir" in body["available_themes"]) == ("Theme not found", True)


def test_a_theme_is_shown_by_a_picture(ann: Visitor) -> None:
    answer = ann.get(listed(ann)["ocean"]["preview_url"])
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert ann.get(f"{THEMES}/ocean/preview.png", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_an_own_theme_is_listed_for_its_maker_and_found_by_everybody_who_knows_it(ann: Visitor, ben: Visitor) -> None:
    made = create(ann, name="Åland, winter")
    assert made["id"].startswith("own_aland_winter_")
    assert (made["own"], made["colors"]["water"], made["faults"]) == (True, EXAMPLE["water"], [])
    assert listed(ann)[made["id"]]["own"] is True
    assert made["id"] not in listed(ben)
    seen = ben.get(f"{THEMES}/{made['id']}").get_json()
    assert (seen["name"], seen["own"]) == ("Åland, winter", False)
    assert ben.get(made["preview_url"]).status_code == 200


def test_how_a_theme_fades_and_what_it_is_printed_on_are_kept_and_reach_the_drawing(api: Api, ann: Visitor) -> None:
    made = create(ann, fades="head", texture="laid")
    assert (made["fades"], made["texture"]) == ("head", "laid")
    api.made(ann, theme=made["id"])
    drawn_in = api.renderer.requests[-1].design.theme
    assert (drawn_in.fades, drawn_in.texture) == ("head", "laid")
    usual = create(ann)
    assert (usual["fades"], usual["texture"]) == ("both", "none")
    assert not CHOICES.keys() & usual["colors"].keys()


def test_a_poster_is_made_in_an_own_theme_and_outlives_it(api: Api, ann: Visitor) -> None:
    theme = create(ann, name="Short-lived")
    poster = api.made(ann, theme=theme["id"])
    assert api.renderer.requests[-1].design.theme.water == EXAMPLE["water"]
    assert ann.delete(f"{THEMES}/{theme['id']}").status_code == 204
    assert ann.get(f"{THEMES}/{theme['id']}").status_code == 404
    shown = ann.get(f"{V1}/posters/{poster['id']}").get_json()
    assert (shown["theme"], shown["theme_name"]) == (theme["id"], "Short-lived")


def test_an_own_theme_is_changed_by_its_maker_or_an_admin_and_nobody_else(ann: Visitor, ben: Visitor) -> None:
    path = f"{THEMES}/{create(ann)['id']}"
    other = EXAMPLE | {"name": "Changed"}
    for refused in (ben.put(path, json=other), ben.delete(path)):
        assert (refused.status_code, refused.get_json()["error"]) == (403, "Not allowed")
    changed = ann.put(path, json=other)
    assert (changed.status_code, changed.get_json()["name"], changed.get_json()["own"]) == (200, "Changed", True)
    admin = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    assert ben.put(path, json=EXAMPLE, headers=admin).status_code == 200
    assert path.rpartition("/")[2] in listed(ann)
    assert ben.delete(path, headers=admin).status_code == 204


@pytest.mark.parametrize("headers", [{}, {"Authorization": f"Bearer {ADMIN_TOKEN}"}])
def test_the_themes_that_ship_cannot_be_changed_by_anybody(ann: Visitor, headers: dict) -> None:
    for refused in (
        ann.put(f"{THEMES}/noir", json=EXAMPLE, headers=headers),
        ann.delete(f"{THEMES}/noir", headers=headers),
    ):
        assert refused.status_code == 403
        assert "comes with Mural" in refused.get_json()["message"]
    assert ann.put(f"{THEMES}/own_none_00000000", json=EXAMPLE).status_code == 404
    assert ann.delete(f"{THEMES}/own_none_00000000").status_code == 404


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"bg": "black"}, "bg", "“bg” must be a colour such as #1a2b3c."),
        ({"water": None}, "water", "“water” must be text."),
        ({"name": ""}, "name", "“name” needs at least 1 character."),
        ({"name": "a\nb"}, "name", None),
        ({"description": ""}, "description", None),
        ({"font": "Comic Sans"}, "font", None),
        ({"fades": "left"}, "fades", "“fades” must be both, head, foot, or none."),
        ({"texture": "velvet"}, "texture", "“texture” must be none, paper, laid, or linen."),
        ({"lava": "#ff0000"}, "lava", "“lava” is not known here."),
        ({"id": "noir"}, "id", "“id” is not known here."),
    ],
)
def test_a_theme_with_a_fault_is_refused_by_its_key(
    ann: Visitor, change: dict, field: str, message: str | None
) -> None:
    answer = ann.post(THEMES, json=EXAMPLE | change)
    assert (answer.status_code, answer.get_json()["field"]) == (400, field)
    assert message is None or answer.get_json()["message"] == message


def test_what_is_hard_to_see_is_told_but_left_to_its_maker(ann: Visitor) -> None:
    faults = create(ann, text="#20252f", road_primary=EXAMPLE["road_motorway"])["faults"]
    assert any("hard to read" in fault for fault in faults)
    assert any("look too much alike" in fault for fault in faults)


def test_there_is_a_bound_to_what_one_keeps(api: Api) -> None:
    hoarder = api.visitor()
    for _ in range(EACH_MAX):
        create(hoarder)
    refused = hoarder.post(THEMES, json=EXAMPLE)
    assert (refused.status_code, refused.get_json()["error"]) == (409, "Conflict")


def test_own_themes_survive_a_restart(tmp_path: Path, gazetteer: Path) -> None:
    with running_api(tmp_path, gazetteer) as before:
        ann = before.visitor()
        kept = create(ann)
        cookie = ann.get_cookie("mural_visitor")
    with running_api(tmp_path, gazetteer) as after:
        again = after.visitor()
        again.set_cookie("mural_visitor", cookie.value)
        assert listed(again)[kept["id"]]["own"] is True
