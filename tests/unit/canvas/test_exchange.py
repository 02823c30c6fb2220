from __future__ import annotations

import json
from pathlib import Path

import pytest

from mural.canvas.exchange import ForeignPixel, export_lines, load_pixels, parse_pixels, save_pixels
from mural.canvas.palette import PALETTES
from mural.errors import InvalidInput

PALETTE = PALETTES["mural32"]
ANN = "11111111-1111-4111-8111-111111111111"
BEN = "22222222-2222-4222-8222-222222222222"
PIXELS = [ForeignPixel(3, 7, 1_700_000_000_123, ANN), ForeignPixel(17, 0, 1_700_000_001_000, BEN)]


def test_what_is_written_is_the_documented_form_and_reads_back() -> None:
    text = "".join(export_lines(PIXELS, 16, PALETTE))
    assert json.loads(text) == {
        "3,0": {"color": "#ff4500", "timestamp": "2023-11-14T22:13:20.123Z", "user_id": ANN},
        "1,1": {"color": "#ffffff", "timestamp": "2023-11-14T22:13:21.000Z", "user_id": BEN},
    }
    assert parse_pixels(text, 16, 16, PALETTE) == PIXELS
    assert json.loads("".join(export_lines([], 16, PALETTE))) == {}


def test_the_oldest_comes_first_and_foreign_colours_become_the_nearest() -> None:
    text = json.dumps(
        {
            "1,0": {"color": "#FE4602", "timestamp": "2024-01-02T00:00:00", "user_id": ANN},
            "0,0": {"color": "#ffffff", "timestamp": "2024-01-01T00:00:00+01:00", "user_id": BEN},
        }
    )
    older, newer = parse_pixels(text, 16, 16, PALETTE)
    assert (older.cell, newer.cell, newer.colour) == (0, 1, 7)


@pytest.mark.parametrize(
    "entry",
    [
        {"16,0": {"color": "#ffffff", "timestamp": "2024-01-01T00:00:00Z", "user_id": ANN}},
        {"1": {"color": "#ffffff", "timestamp": "2024-01-01T00:00:00Z", "user_id": ANN}},
        {"1,0": {"color": "white", "timestamp": "2024-01-01T00:00:00Z", "user_id": ANN}},
        {"1,0": {"color": "#ffffff", "timestamp": "yesterday", "user_id": ANN}},
        {"1,0": {"color": "#ffffff", "timestamp": "2024-01-01T00:00:00Z", "user_id": "ann"}},
        {"1,0": {"color": "#ffffff"}},
        {"1,0": None},
        [],
        None,
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(entry: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_pixels(json.dumps(entry), 16, 16, PALETTE)
    if isinstance(entry, dict):
        assert refused.value.field in {*entry, "x"}


def test_checked_pixels_are_handed_over_in_a_file(tmp_path: Path) -> None:
    save_pixels(PIXELS, tmp_path / "pixels.json")
    assert load_pixels(tmp_path / "pixels.json") == PIXELS
