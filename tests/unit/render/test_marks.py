from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.transforms import Bbox

from mural.poster import Furniture, Marker, Track
from mural.render.furniture import furnish
from mural.render.marks import draw_markers, draw_tracks
from mural.render.page import Sheet
from tests.support.designs import design
from tests.support.fonts import font_shelf

LAT, LON = 60.1715, 24.9443


def marked(*markers: Marker, taken: list[Bbox] | None = None):
    poster = replace(design(), markers=markers)
    return draw_markers(poster, Sheet.of(poster), font_shelf(), taken or [])


def boxes(shapes, name):
    return [shape.outline.get_extents() for shape in shapes if shape.name == name]


def overlaps(box, other):
    shared = Bbox.intersection(box, other)
    return shared is not None and shared.width * shared.height > 1e-9


def test_a_pin_stands_on_its_place():
    (pin,) = marked(Marker(latitude=LAT, longitude=LON))
    assert pin.outline.vertices[0] == pytest.approx((432, 576))
    assert pin.outline.get_extents().y0 == pytest.approx(576)


def test_every_shape_is_drawn_at_its_place():
    for shape in ("heart", "circle", "dot"):
        (sign,) = marked(Marker(latitude=LAT, longitude=LON, shape=shape))
        box = sign.outline.get_extents()
        assert ((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) == pytest.approx((432, 576), abs=0.5)


def test_labels_of_a_crowd_do_not_collide():
    crowd = [
        Marker(latitude=LAT + dy * 0.0006, longitude=LON + dx * 0.0016, label=f"Label {dx} {dy}", shape="dot")
        for dx in range(3)
        for dy in range(3)
    ]
    shapes = marked(*crowd)
    labels = boxes(shapes, "label")
    assert len(labels) == 9
    assert not any(overlaps(a, b) for a, b in combinations(labels, 2))
    assert not any(overlaps(label, sign) for label in labels for sign in boxes(shapes, "marker"))


def test_a_label_stays_on_the_page_and_off_the_lettering():
    east = Marker(latitude=LAT, longitude=LON + 0.0175, label="At the very edge")
    (label,) = boxes(marked(east), "label")
    assert label.x1 <= 864
    free = boxes(marked(Marker(latitude=LAT, longitude=LON, label="Here")), "label")[0]
    (moved,) = boxes(marked(Marker(latitude=LAT, longitude=LON, label="Here"), taken=[free]), "label")
    assert not overlaps(moved, free)


def test_a_label_stands_inside_of_a_frame():
    poster = replace(design(), furniture=Furniture(frame=True))
    sheet = Sheet.of(poster)
    frame = furnish(poster, sheet, font_shelf())[0].outline.get_extents()
    north = Marker(latitude=LAT + 0.0117, longitude=LON, label="Up there", shape="dot")
    (label,) = boxes(draw_markers(replace(poster, markers=(north,)), sheet, font_shelf(), []), "label")
    assert label.y1 < frame.y1
    (free,) = boxes(marked(north), "label")
    assert free.y0 < frame.y1 < free.y1


def test_a_track_runs_from_its_ring_to_its_dot():
    poster = replace(design(), tracks=(Track(points=((LAT, LON - 0.01), (LAT + 0.004, LON), (LAT, LON + 0.01))),))
    halo, track, start, end = draw_tracks(poster, Sheet.of(poster))
    assert halo.stroke_pt > track.stroke_pt
    assert np.ptp(track.outline.vertices[:, 0]) == pytest.approx(0.02 * 111_195 * 0.4975 * 0.432, rel=0.01)
    assert (start.fill, end.fill) == (poster.theme.bg, poster.theme.route)


def test_what_is_on_the_other_side_of_the_earth_is_not_drawn():
    antipode = (-LAT, LON - 180)
    assert marked(Marker(latitude=antipode[0], longitude=antipode[1], label="Far")) == []
    round_the_world = Track(points=((LAT, LON), (0.0, LON), antipode, (0.0, LON - 180), (LAT, LON - 0.01)))
    only_there = Track(points=(antipode, (antipode[0], antipode[1] + 0.01)))
    poster = replace(design(), tracks=(round_the_world, only_there))
    _, track, start, end = draw_tracks(poster, Sheet.of(poster))
    assert len(track.outline.vertices) == 3
    assert track.outline.codes.tolist() == [1, 2, 1]
    assert start.outline.get_extents().x1 > end.outline.get_extents().x1


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\u2800"])
def test_a_label_without_anything_to_see_takes_no_room(nothing):
    here = Marker(latitude=LAT, longitude=LON, label=nothing, shape="dot")
    assert [shape.name for shape in marked(here)] == ["marker"]


def test_a_label_keeps_off_a_track():
    here = Marker(latitude=LAT, longitude=LON, label="A rather long label", shape="dot")
    (free,) = boxes(marked(here), "label")
    upright = Track(points=((LAT - 0.01, LON + 0.002), (LAT + 0.01, LON + 0.002)))
    poster = replace(design(), markers=(here,), tracks=(upright,))
    (moved,) = boxes(draw_markers(poster, Sheet.of(poster), font_shelf(), []), "label")
    track_pt = draw_tracks(poster, Sheet.of(poster))[1].outline.vertices[0, 0]
    assert free.x0 < track_pt < free.x1
    assert not moved.x0 < track_pt < moved.x1


def test_names_of_tracks_and_labels_of_markers_keep_clear_of_each_other_and_of_signs():
    along = [LON + 0.002 * k for k in range(-3, 4)]
    markers = tuple(Marker(latitude=LAT + 0.0004, longitude=at, label="A landing", shape="dot") for at in along)
    east = Track(points=((LAT, LON - 0.012), (LAT, LON + 0.012)), label="Along the shore")
    poster = replace(design(), markers=markers, tracks=(east,))
    shapes = draw_markers(poster, Sheet.of(poster), font_shelf(), [])
    labels = boxes(shapes, "label")
    assert len(labels) == 8
    assert not any(overlaps(a, b) for a, b in combinations(labels, 2))
    assert not any(overlaps(label, sign) for label in labels for sign in boxes(shapes, "marker"))


def test_a_line_leads_to_a_label_that_had_to_go_away_and_to_no_other():
    here = Marker(latitude=LAT, longitude=LON, label="Here", shape="dot")
    assert [shape.name for shape in marked(here)] == ["marker", "label-halo", "label"]
    around = Bbox.from_extents(380, 550, 484, 602)
    shapes = marked(here, taken=[around])
    assert [shape.name for shape in shapes] == ["marker", "leader-halo", "leader", "label-halo", "label"]
    (line,), (label,) = boxes(shapes, "leader"), boxes(shapes, "label")
    assert not overlaps(label, around)
    assert not overlaps(line, label)
    assert overlaps(line.padded(2.5), label)
    signs, leaders = ([shape.zorder for shape in shapes if shape.name == name] for name in ("marker", "leader"))
    assert signs > leaders
