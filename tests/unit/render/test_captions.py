from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from mural.poster import Furniture, PosterDesign, Track
from mural.render.captions import Captions
from mural.render.page import Sheet
from mural.render.trails import TRACK_END_PT, ring_box, trails
from tests.support.designs import design
from tests.support.fonts import font_shelf

LAT, LON = 60.1715, 24.9443
EAST = Track(points=((LAT, LON - 0.012), (LAT, LON + 0.012)), label="Along the shore")
ZIGZAG = tuple((LAT + 0.0008 * (k % 2), LON - 0.004 + 0.0005 * k) for k in range(16))
NOTHING = np.empty((0, 4))


def written(*tracks: Track, taken: np.ndarray = NOTHING, like: PosterDesign | None = None) -> list[Bbox]:
    """Name tracks on a poster, and give the boxes of what is written."""
    poster = replace(like or design(), tracks=tracks)
    sheet = Sheet.of(poster)
    shapes = Captions(poster, sheet, font_shelf(), list(trails(poster, sheet)), taken).draw([])
    return [shape.outline.get_extents() for shape in shapes if shape.name == "label"]


def test_the_name_of_a_track_stands_along_it() -> None:
    (name,) = written(EAST)
    assert 576 < name.y0 < name.y1 < 576 + 30
    assert (name.x0 + name.x1) / 2 == pytest.approx(432, abs=5)


def test_the_parts_of_a_track_have_their_name_once() -> None:
    north = replace(EAST, points=tuple((latitude + 0.004, longitude) for latitude, longitude in EAST.points))
    assert len(written(EAST, north)) == 1
    assert len(written(EAST, replace(north, label="Another"))) == 2


def test_names_of_tracks_on_the_same_way_stand_apart() -> None:
    one, other = written(EAST, replace(EAST, label="Back again"))
    assert one.x1 < other.x0 or other.x1 < one.x0


def test_where_a_track_is_nowhere_straight_its_name_stands_beside_its_start() -> None:
    poster = replace(design(), tracks=(Track(points=ZIGZAG, label="Nowhere straight"),))
    (trail,) = trails(poster, Sheet.of(poster))
    left, bottom, _, top = ring_box(trail.xy[0], 1.0)
    (name,) = written(*poster.tracks, taken=np.array([ring_box(trail.xy[0], 1.0)]))
    assert left - name.x1 == pytest.approx(TRACK_END_PT, abs=1)
    assert name.y0 < (bottom + top) / 2 < name.y1


def test_beside_what_starts_elsewhere_the_name_stands_where_it_comes_onto_the_page() -> None:
    points = tuple((LAT + 0.0008 * (k % 2), LON + 0.025 - 0.0005 * k) for k in range(30))
    (name,) = written(Track(points=points, label="From the east"))
    assert 800 < name.x1 <= 864


def test_a_track_that_is_not_in_sight_or_has_no_name_is_not_named() -> None:
    far = Track(points=((LAT, LON + 0.1), (LAT, LON + 0.2)), label="Far away")
    beyond = Track(points=((-LAT, LON - 180), (-LAT, LON - 179)), label="Beyond the horizon")
    assert written(far, beyond, replace(EAST, label=" ")) == []


def test_a_name_stands_inside_of_a_frame_and_off_what_is_there() -> None:
    edge = tuple((latitude + 0.01134, longitude) for latitude, longitude in EAST.points)
    framed = replace(design(), furniture=Furniture(frame=True))
    (free,), (inside,) = written(replace(EAST, points=edge)), written(replace(EAST, points=edge), like=framed)
    assert inside.y1 <= 1152 - 0.018 * 864
    assert free.y0 > inside.y1
    (aside,) = written(EAST, taken=np.array([(400.0, 560.0, 460.0, 620.0)]))
    assert aside.x1 < 400 or aside.x0 > 460


@pytest.mark.parametrize("label", ["Straße am Fluß", "نزهة على ضفاف النهر", "नदी के किनारे की सैर", "川沿いの道"])
def test_names_in_any_script_keep_their_length_in_a_bend(label: str) -> None:
    bent = tuple((LAT + 0.003 * np.cos(k / 12), LON + 0.0006 * k) for k in range(-20, 21))
    (straight,), (name,) = written(replace(EAST, label=label)), written(Track(points=bent, label=label))
    assert name.width == pytest.approx(straight.width, rel=0.06)
    assert name.height > straight.height
