from __future__ import annotations

import pytest

from mural.geo.bbox import BBox


def test_what_boxes_share() -> None:
    box = BBox(0, 0, 10, 4)
    assert box.intersection(BBox(5, 2, 20, 20)) == BBox(5, 2, 10, 4)
    assert box.intersection(BBox(10, 0, 20, 4)) is None
    assert box.share_of(BBox(5, 2, 15, 6)) == pytest.approx(0.25)
    assert box.share_of(BBox(1, 1, 2, 2)) == 1.0
    assert box.share_of(BBox(20, 20, 30, 30)) == 0.0


def test_containing_touching_and_covering() -> None:
    box = BBox(0, 0, 10, 10)
    assert box.contains(box)
    assert not box.contains(BBox(0, 0, 10, 10.1))
    assert box.intersects(BBox(10, 10, 20, 20))
    assert not box.intersects(BBox(11, 0, 20, 10))
    assert box.covers_point(lat=10, lon=0)
    assert not box.covers_point(lat=10.1, lon=0)


def test_scaling_stays_within_the_latitudes() -> None:
    assert BBox(0, 0, 10, 20).scaled(1.5) == BBox(-2.5, -5, 12.5, 25)
    assert BBox(0, 80, 10, 90).scaled(2).top == 90.0
