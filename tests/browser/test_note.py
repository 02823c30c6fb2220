"""A note on the workbench: kept with the design while one works on it, not drawn, and not in a link for others."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SAMPLE_QUERY, Visit, until

pytestmark = pytest.mark.browser

NOTE = "Where we met, & in the rain"


def test_a_note_is_kept_undone_made_and_neither_drawn_nor_in_the_link_for_others(visit: Visit) -> None:
    ann = visit(permissions=["clipboard-read", "clipboard-write"])
    drawn: list[str] = []
    ann.on("request", lambda request: drawn.append(request.post_data or "") if "preview.png" in request.url else None)
    ann.goto(f"/create?{SAMPLE_QUERY}")
    ann.locator("summary", has_text="A note").click()
    note = ann.get_by_role("textbox", name="A note")
    expect(note).to_have_accessible_description(
        "It is not printed: it stands on the poster’s page, for whoever may see the poster. "
        "Who makes another of it does not get your note."
    )
    note.fill(NOTE)
    ann.get_by_role("button", name="Undo").click()
    expect(note).to_have_value("")
    ann.get_by_role("button", name="Redo").click()
    expect(note).to_have_value(NOTE)
    ann.wait_for_url("**note=*")
    ann.reload()
    expect(note).to_have_value(NOTE)

    ann.get_by_role("button", name="Copy the link").click()
    expect(ann.get_by_text("The link is copied.")).to_be_visible()
    link = ann.evaluate("navigator.clipboard.readText()")
    assert "city=Helsinki" in link
    assert "note" not in link

    until(ann, lambda: bool(drawn))
    assert all('"note"' not in body for body in drawn)

    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("link", name="Download")).to_be_visible()
    expect(ann.get_by_text(NOTE, exact=True)).to_be_visible()
    ann.get_by_role("link", name="Change something").click()
    expect(note).to_have_value(NOTE)
