"""The readable page of the interface."""

from __future__ import annotations

import re

from tests.support.api import V1, Visitor


def test_the_page_shows_every_call_with_its_example_and_answers(ann: Visitor) -> None:
    document = ann.get(f"{V1}/openapi.json").get_json()
    page = ann.get(f"{V1}/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    for path, item in document["paths"].items():
        assert f"<code>{path}</code>" in page.text
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in page.text


def test_every_link_within_the_page_leads_somewhere(ann: Visitor) -> None:
    text = ann.get(f"{V1}/docs").text
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= ids


def test_the_page_needs_nothing_that_the_policy_forbids(ann: Visitor) -> None:
    text = ann.get(f"{V1}/docs").text
    assert "style=" not in text
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!www\.openstreetmap\.org|www\.geonames\.org)', text)
