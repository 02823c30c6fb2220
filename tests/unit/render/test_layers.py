from dataclasses import replace

import pytest

from mural.geo.layers import CARRIAGEWAYS, Layer
from mural.poster import ALL_LAYERS
from mural.render.layers import CHOICES, UPWARDS, Fill, Stroke, plan_layers
from mural.render.page import Sheet
from tests.support.designs import design
from tests.support.maps import lines
from tests.support.pictures import map_of, polygons, square

STREET = lines([(-500, 0), (500, 0)])
BLOCK = polygons([square(100)])
LINE_LAYERS = set(list(Layer)[1 : list(Layer).index(Layer.SEA)])


def everything() -> dict:
    return {layer: STREET if layer in LINE_LAYERS else BLOCK for layer in CHOICES}


def names(poster, parts=None) -> list[str]:
    groups = plan_layers(map_of(poster, parts or everything()), poster, Sheet.of(poster))
    return [group.name for group in groups]


def test_groups_are_drawn_from_the_ground_up():
    assert names(design()) == [
        "platforms",
        "squares",
        "parks",
        "woods",
        "glaciers",
        "pistes",
        "wetlands",
        "beaches",
        "ditch",
        "stream",
        "canal",
        "river",
        "water",
        "pools",
        "sea",
        "ferries",
        "piers",
        "airports",
        "buildings",
        "subway",
        "tram",
        "siding",
        "rail",
        "lifts",
        *UPWARDS,
    ]


@pytest.mark.parametrize("choice", sorted(ALL_LAYERS))
def test_a_choice_switches_its_layers_and_no_others(choice):
    poster = replace(design(), layers=frozenset({choice}))
    alone = {layer: part for layer, part in everything().items() if CHOICES[layer] == choice}
    assert names(poster) == names(design(), alone) != []


def test_every_layer_but_the_coastline_can_be_switched():
    assert set(Layer) - set(CHOICES) == {Layer.COASTLINE}


def test_minor_things_drop_out_in_the_distance():
    far = names(replace(design(), distance_m=50_000))
    assert "road_motorway" in far
    assert "road_residential" in far
    assert not {"road_default", "buildings", "tram", "stream"} & set(far)


def strokes_of(poster, road):
    groups = plan_layers(map_of(poster, {road: STREET}), poster, Sheet.of(poster))
    return [mark for group in groups for mark in group.marks if isinstance(mark, Stroke)]


def test_a_class_blends_into_the_ground_before_it_drops_out():
    near, far = (
        strokes_of(replace(design(), distance_m=distance_m), Layer.ROAD_RESIDENTIAL)[0].colour
        for distance_m in (2000, 45_000)
    )
    assert near == "#a0a0a0"
    assert near < far < "#ffffff"


def test_casings_appear_only_where_the_theme_has_them():
    assert "road_casings" not in names(design())
    cased = replace(design(), theme=replace(design().theme, casing="#808080"))
    assert "road_casings" in names(cased)


@pytest.mark.parametrize("distance_m", [1000, 2000, 5000])
def test_both_sides_of_a_divided_road_are_cased_where_an_undivided_one_is(distance_m):
    poster = replace(design(), distance_m=distance_m, theme=replace(design().theme, casing="#808080"))
    for road, side in CARRIAGEWAYS.items():
        undivided, divided = ("road_casings" in names(poster, {layer: STREET}) for layer in (road, side))
        assert divided == undivided
        assert undivided or distance_m > 1000
        assert not undivided or distance_m < 5000


def test_tunnels_lie_under_and_bridges_over_all_other_roads():
    road = lines([(-500, 0), (0, 0)], [(0, 0), (500, 0)], [(0, 0), (0, 500)], levels=[-1, 0, 1])
    assert names(design(), {Layer.ROAD_PRIMARY: road, Layer.ROAD_MOTORWAY: STREET}) == [
        "tunnels",
        "road_primary",
        "road_motorway",
        "bridges",
    ]


def test_over_some_kilometres_bridges_are_roads_like_any_other():
    bridge = {Layer.ROAD_PRIMARY: lines([(-500, 0), (500, 0)], levels=[1])}
    assert names(replace(design(), distance_m=2000), bridge) == ["road_primary", "bridges"]
    assert names(replace(design(), distance_m=15_000), bridge) == ["road_primary"]


def test_slip_roads_lie_under_their_road_in_its_colour():
    parts = {Layer.LINK_MOTORWAY: STREET, Layer.ROAD_MOTORWAY: STREET}
    (group,) = plan_layers(map_of(design(), parts), design(), Sheet.of(design()))
    slip, road = group.marks
    assert (group.name, slip.colour) == ("road_motorway", road.colour)
    assert slip.width_pt < road.width_pt


@pytest.mark.parametrize("distance_m", [1000, 5000, 50_000])
def test_both_sides_of_a_divided_road_together_are_little_heavier_than_an_undivided_one(distance_m):
    poster = replace(design(), distance_m=distance_m)
    for road, side in CARRIAGEWAYS.items():
        undivided, divided = strokes_of(poster, road)[0], strokes_of(poster, side)[0]
        assert divided.colour == undivided.colour
        assert undivided.width_pt < 2 * divided.width_pt < 1.4 * undivided.width_pt


def test_a_tunnel_is_thinner_than_its_road():
    tunnel = lines([(-500, 0), (500, 0)], levels=[-1])
    (group,) = plan_layers(map_of(design(), {Layer.ROAD_PRIMARY: tunnel}), design(), Sheet.of(design()))
    (under,) = group.marks
    assert under.width_pt < strokes_of(design(), Layer.ROAD_PRIMARY)[0].width_pt


def test_a_pedestrian_street_is_as_wide_as_a_residential_one_and_flows_into_its_square():
    parts = {Layer.SQUARE: BLOCK, Layer.ROAD_PEDESTRIAN: STREET}
    squares, streets = plan_layers(map_of(design(), parts), design(), Sheet.of(design()))
    edge, square = squares.marks
    street_edge, street = streets.marks
    assert isinstance(square, Fill)
    assert street.colour == square.colour
    assert street_edge.colour == edge.colour != square.colour
    assert street_edge.width_pt > street.width_pt == strokes_of(design(), Layer.ROAD_RESIDENTIAL)[0].width_pt


def test_a_pedestrian_street_too_thin_for_edges_is_a_line_that_can_be_seen():
    far = replace(design(), distance_m=5000)
    (street,) = strokes_of(far, Layer.ROAD_PEDESTRIAN)
    assert street.colour != far.theme.pedestrian


def test_squares_blend_into_the_ground_and_drop_out():
    near, far, farther = (replace(design(), distance_m=distance_m) for distance_m in (1000, 10_000, 15_000))
    assert names(farther, {Layer.SQUARE: BLOCK}) == []
    fills = [plan_layers(map_of(p, {Layer.SQUARE: BLOCK}), p, Sheet.of(p))[0].marks[1].colour for p in (near, far)]
    assert fills[0] < fills[1] < "#ffffff"


def test_sidings_recede_behind_the_line_beside_them():
    siding, line = strokes_of(design(), Layer.SIDING)[0], strokes_of(design(), Layer.RAIL)[0]
    assert siding.width_pt < line.width_pt
    assert line.colour == design().theme.rail < siding.colour


def test_a_runway_is_as_wide_as_runways_are_and_a_taxiway_thin():
    runway, taxiway = (strokes_of(design(), layer)[0] for layer in (Layer.RUNWAY, Layer.TAXIWAY))
    pt_per_m = Sheet.of(design()).pt_per_m
    assert 45 <= runway.width_pt / pt_per_m <= 60
    assert taxiway.width_pt < runway.width_pt / 3


def test_a_ferry_goes_in_dashes_and_a_lift_in_one_line():
    ferry, lift = (strokes_of(design(), layer)[0] for layer in (Layer.FERRY, Layer.LIFT))
    dashes, whole = (sum(len(chunk.path.vertices) for chunk in stroke.chunks) for stroke in (ferry, lift))
    assert dashes > 10
    assert whole == 2


def test_ditches_and_pools_are_for_near_maps():
    parts = {Layer.DITCH: STREET, Layer.STREAM: STREET, Layer.POOL: BLOCK}
    assert names(design(), parts) == ["ditch", "stream", "pools"]
    assert names(replace(design(), distance_m=6000), parts) == ["stream"]


def test_a_road_is_flat_at_a_portal_in_the_open_and_on_a_bridge():
    for level in (0, 1):
        road = lines([(-300, 0), (0, 0)], [(0, 0), (300, 0)], levels=[level, -1])
        poster = design()
        groups = plan_layers(map_of(poster, {Layer.ROAD_PRIMARY: road}), poster, Sheet.of(poster))
        for group in groups:
            reach = max(
                chunk.path.vertices[:, 0].max() + mark.width_pt / 2 / Sheet.of(poster).pt_per_m * (mark.cap == "round")
                for mark in group.marks
                for chunk in mark.chunks
            )
            assert reach == pytest.approx(300 if group.name == "tunnels" else 0, abs=0.01)


def test_pinholes_are_closed_on_near_pages_alone():
    block = lines([(-8, -8), (8, -8), (8, 8), (-8, 8), (-8, -8)])
    assert "junctions" in names(design(), {Layer.ROAD_PRIMARY: block})
    assert "junctions" not in names(replace(design(), distance_m=3000), {Layer.ROAD_PRIMARY: block})
    assert "junctions" not in names(design(), {Layer.ROAD_DEFAULT: block})
