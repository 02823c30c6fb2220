"""Paper of a size that is in no list: its sides are written on the workbench."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SAMPLE_QUERY, Visit, until

pytestmark = pytest.mark.browser


def test_paper_of_ones_own_size_is_drawn_kept_and_taken_back(visit: Visit) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=emerald&size=a3")
    preview = ann.get_by_alt_text(re.compile("^Preview: Helsinki"))
    expect(preview).to_be_visible()
    size, width, height = ann.get_by_label("Size", exact=True), ann.get_by_label("Width"), ann.get_by_label("Height")
    expect(width).to_be_hidden()
    size.select_option("own")
    expect(width).to_have_value("29.7")  # begins with the size that was chosen last
    expect(height).to_have_value("42")
    expect(ann.get_by_role("radio", name="Upright")).to_be_hidden()
    first = preview.get_attribute("src")
    width.press("ControlOrMeta+a")
    ann.keyboard.type("40")
    ann.keyboard.press("Tab")
    ann.keyboard.type("20.5")
    expect(ann).to_have_url(re.compile("size=40x20.5cm&orientation=landscape"))
    expect(preview).not_to_have_attribute("src", first or "")
    easel = ann.get_by_role("application")
    until(ann, lambda: easel.evaluate("easel => easel.clientWidth / easel.clientHeight") > 1.9)
    ann.reload()
    expect(size).to_have_value("own")
    expect(height).to_have_value("20.5")
    size.select_option("a4")
    expect(width).to_be_hidden()
    expect(ann.get_by_role("radio", name="Across")).to_be_checked()
    ann.get_by_role("button", name="Undo").click()
    expect(width).to_have_value("40")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_text("40 × 20.5 cm at 300 DPI")).to_be_visible()
    ann.get_by_role("link", name="Change something").click()
    expect(height).to_have_value("20.5")


@pytest.mark.parametrize(
    ("width", "sentence"),
    [("500", "The page is too large"), ("2", "The page is too narrow"), ("", "The page is too small")],
)
def test_paper_that_cannot_be_is_refused_beside_its_sides(visit: Visit, width: str, sentence: str) -> None:
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}&size=40x30.5cm")
    fault = ann.get_by_role("alert").filter(has_text=sentence)
    ann.get_by_label("Width").fill(width)
    expect(fault).to_be_visible()
    expect(ann.get_by_label("Width")).to_have_attribute("aria-invalid", "true")
    ann.get_by_label("Width").fill("41")
    expect(fault).to_be_hidden()
    expect(ann.get_by_label("Width")).to_have_attribute("aria-invalid", "false")


def test_without_a_script_paper_of_ones_own_size_is_made_too(visit: Visit) -> None:
    ann = visit(java_script_enabled=False)
    ann.goto(f"/create?{SAMPLE_QUERY}&theme=denim")
    expect(ann.get_by_label("Width")).to_be_hidden()
    ann.get_by_label("Size", exact=True).select_option("own")
    ann.get_by_label("Width").fill("300")
    ann.get_by_label("Unit").select_option("cm")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("alert")).to_contain_text("The page is too large")
    expect(ann.get_by_label("Width")).to_have_value("300")
    ann.get_by_label("Width").fill("30")
    ann.get_by_role("button", name="Make the poster").click()
    ann.wait_for_url(re.compile("/(generate|posters)/"))
