from __future__ import annotations

import pytest

from mural.colours import contrast_ratio, distance, oklab


def test_contrast_spans_one_to_twenty_one_either_way_round():
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21)
    assert contrast_ratio("#ffffff", "#000000") == pytest.approx(21)
    assert contrast_ratio("#336699", "#336699") == pytest.approx(1)


def test_contrast_matches_the_threshold_grey_of_wcag():
    assert contrast_ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize(
    ("colour", "lab"),
    [("#ffffff", (1.0, 0.0, 0.0)), ("#000000", (0.0, 0.0, 0.0)), ("#ff0000", (0.628, 0.225, 0.126))],
)
def test_oklab_of_known_colours(colour: str, lab: tuple[float, float, float]):
    assert oklab(colour) == pytest.approx(lab, abs=0.001)


def test_distance_follows_the_eye():
    assert distance("#000000", "#ffffff") == pytest.approx(1, abs=1e-6)
    assert distance("#808080", "#818181") < 0.01 < distance("#808080", "#8c8080")
