"""Who sees a poster: chosen beside the button, changed on its page, and what nobody chose about tracks and marks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import SAMPLE_QUERY, Visit
from tests.browser.test_marks import WALK

pytestmark = pytest.mark.browser

WHY = "Tracks and marks can tell where you live"
ENDS = "Others will see where the tracks begin and end"


def add_walk(page: Page, tmp_path: Path) -> None:
    gpx = tmp_path / "walk.gpx"
    gpx.write_text(WALK, encoding="utf-8")
    page.get_by_label("Add tracks (GPX, KML, TCX, FIT, GeoJSON)").set_input_files(gpx)
    expect(page.get_by_label("Name of the track")).to_have_value("Morning walk")
    page.wait_for_timeout(800)  # what follows within this time belongs to the same change


def audience(page: Page) -> str | None:
    return page.locator("[name=visibility]:checked").get_attribute("value")


def test_a_track_makes_a_poster_its_makers_alone_and_says_why(visit: Visit, tmp_path: Path) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    assert audience(ann) == "public"
    expect(ann.get_by_text(WHY)).to_be_hidden()
    add_walk(ann, tmp_path)
    assert audience(ann) == "private"
    expect(ann.get_by_text(WHY)).to_be_visible()
    ann.get_by_role("button", name="Undo").click()
    assert audience(ann) == "public"
    ann.get_by_role("button", name="Redo").click()
    assert audience(ann) == "private"
    ann.get_by_role("listitem").filter(has=ann.get_by_label("Name of the track")).get_by_role("button").click()
    assert audience(ann) == "public"
    ann.get_by_role("button", name="Set a mark").click()
    ann.get_by_role("application").press("Enter")
    assert audience(ann) == "private"


def test_what_somebody_chose_stays_whatever_is_added_and_over_a_reload(visit: Visit, tmp_path: Path) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    ann.get_by_role("radio", name="By its link").check(force=True)
    add_walk(ann, tmp_path)
    assert audience(ann) == "unlisted"
    expect(ann.get_by_text(WHY)).to_be_hidden()
    expect(ann.get_by_text(ENDS)).to_be_visible()
    expect(ann).to_have_url(re.compile("visibility=unlisted"))
    ann.reload()
    assert audience(ann) == "unlisted"
    expect(ann.get_by_label("Name of the track")).to_have_value("Morning walk")
    expect(ann.get_by_text(ENDS)).to_be_visible()
    with ann.expect_request(hides(50)):
        ann.locator("#hide-ends").evaluate("select => select.add(new Option('Hide 50 m', '50'))")
        ann.locator("#hide-ends").select_option("50")
    expect(ann.get_by_text(ENDS)).to_be_hidden()


def hides(metres: int):
    """Recognise the request for a picture whose tracks have so much of their ends hidden."""

    def asked(request: Request) -> bool:
        is_picture = request.url.endswith("/preview.png") and request.method == "POST"
        return is_picture and bool(request.post_data_json["hide_ends_m"] == metres)

    return asked


def test_a_page_that_tracks_were_fitted_on_no_longer_fits_when_their_ends_are_hidden(
    visit: Visit, tmp_path: Path
) -> None:
    ann = visit(ignored=())
    ann.goto(f"/create?{SAMPLE_QUERY}")
    add_walk(ann, tmp_path)
    ann.wait_for_timeout(400)  # the address follows in a moment
    middle = re.search(r"latitude=([\d.]+)&longitude=([\d.]+)", ann.url)
    assert middle
    assert float(middle[1]) == pytest.approx((60.1700 + 60.1725) / 2)
    ann.locator("#hide-ends").select_option("200")
    expect(ann).not_to_have_url(re.compile(re.escape(middle[0])))
    expect(ann).to_have_url(re.compile("hide_ends_m=200"))
    moved = re.search(r"latitude=([\d.]+)", ann.url)
    assert moved
    squares = 2 * float(moved[1]) * 111_320 / 400  # the middle of whole squares lies on an edge or in a middle of one
    assert squares == pytest.approx(round(squares), abs=0.01)


def test_a_poster_goes_on_the_wall_and_off_it_as_its_owner_says(visit: Visit, tmp_path: Path) -> None:
    ann, ben = visit(), visit()
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=porcelain")
    add_walk(ann, tmp_path)
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("link", name=re.compile("^Download"))).to_be_visible()
    poster_id = ann.locator("[data-delete]").get_attribute("data-delete")
    expect(ann.get_by_role("button", name="Only me")).to_have_attribute("aria-pressed", "true")
    expect(ann.get_by_role("button", name="Copy the link")).to_have_count(0)
    ann.goto("/gallery")
    expect(ann.locator(f'[data-poster="{poster_id}"]')).to_contain_text("Only me")
    answer = ben.goto(f"/posters/{poster_id}")
    assert answer is not None
    assert answer.status == 404
    ben.goto("/")
    card = ben.locator(f'[data-poster="{poster_id}"]')
    expect(card).to_have_count(0)
    ann.goto(f"/posters/{poster_id}")
    ann.get_by_role("button", name="On the wall").click()
    expect(card).to_be_visible()
    expect(ann.get_by_text("It hangs on the wall.")).to_be_visible()
    ann.get_by_role("button", name="By its link").click()
    expect(card).to_have_count(0)
    ben.goto(f"/posters/{poster_id}")
    expect(ben.get_by_role("heading", name="Who sees it")).to_have_count(0)
    expect(ben.get_by_role("heading", name="The same poster as")).to_have_count(0)
    ben.get_by_role("link", name="Change something").click()
    expect(ben.get_by_label("Name of the track")).to_have_count(0)


def test_without_a_script_the_choice_is_a_plain_form(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=saffron&marker=60.1715,24.9443,pin,Here")
    assert audience(ann) == "private"
    expect(ann.get_by_text(WHY)).to_be_visible()
    ann.get_by_role("radio", name="By its link").check(force=True)
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("link", name=re.compile("^Download"))).to_be_visible()
    expect(ann.get_by_role("button", name="By its link")).to_have_attribute("aria-pressed", "true")
    ann.get_by_role("button", name="Only me").click()
    expect(ann.get_by_text("To everybody else there is nothing at this address.")).to_be_visible()
