import pytest

from mural.geo.features import area_layer, level, line_layers
from mural.geo.layers import Layer


@pytest.mark.parametrize(
    ("tags", "layers"),
    [
        ({"highway": "motorway_link"}, [Layer.LINK_MOTORWAY]),
        ({"highway": "trunk"}, [Layer.ROAD_PRIMARY]),
        ({"highway": "secondary"}, [Layer.ROAD_SECONDARY]),
        ({"highway": "tertiary_link"}, [Layer.LINK_TERTIARY]),
        ({"highway": "living_street"}, [Layer.ROAD_RESIDENTIAL]),
        ({"highway": "living_street", "oneway": "yes"}, [Layer.ROAD_RESIDENTIAL]),
        ({"highway": "trunk", "oneway": "yes"}, [Layer.CARRIAGEWAY_PRIMARY]),
        ({"highway": "tertiary", "oneway": "-1"}, [Layer.CARRIAGEWAY_TERTIARY]),
        ({"highway": "secondary", "oneway": "no", "junction": "roundabout"}, [Layer.ROAD_SECONDARY]),
        ({"highway": "secondary", "junction": "roundabout"}, [Layer.CARRIAGEWAY_SECONDARY]),
        ({"highway": "primary", "oneway": "reversible"}, [Layer.ROAD_PRIMARY]),
        ({"highway": "motorway"}, [Layer.CARRIAGEWAY_MOTORWAY]),
        ({"highway": "motorway", "oneway": "no"}, [Layer.ROAD_MOTORWAY]),
        ({"highway": "footway", "footway": "sidewalk"}, []),
        ({"highway": "footway", "footway": "crossing", "railway": "tram"}, [Layer.TRAM]),
        ({"highway": "footway", "footway": "alley"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "steps"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "something_new"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "footway", "indoor": "yes"}, []),
        ({"highway": "service", "indoor": "yes"}, []),
        ({"highway": "footway", "indoor": "no"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "footway", "level": "-1"}, []),
        ({"highway": "steps", "level": "-2;-1"}, []),
        ({"highway": "steps", "level": "-1;0"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "steps", "level": "-1;0", "tunnel": "yes"}, []),
        ({"highway": "footway", "level": "0-3"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "footway", "level": "ground"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "pedestrian", "tunnel": "yes", "layer": "-1"}, []),
        ({"highway": "footway", "tunnel": "building_passage", "layer": "-1"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "path", "tunnel": "yes", "layer": "-1"}, [Layer.ROAD_DEFAULT]),
        ({"highway": "residential", "tunnel": "yes", "layer": "-1"}, [Layer.ROAD_RESIDENTIAL]),
        ({"highway": "service", "service": "parking_aisle", "tunnel": "yes", "layer": "-2"}, []),
        ({"highway": "construction", "construction": "motorway"}, []),
        ({"highway": "proposed"}, []),
        ({"highway": "residential", "railway": "tram"}, [Layer.ROAD_RESIDENTIAL, Layer.TRAM]),
        ({"highway": "footway", "natural": "coastline"}, [Layer.ROAD_DEFAULT, Layer.COASTLINE]),
        ({"man_made": "breakwater", "natural": "coastline"}, [Layer.COASTLINE, Layer.PIER_LINE]),
        ({"railway": "light_rail"}, [Layer.RAIL]),
        ({"railway": "rail", "service": "yard"}, [Layer.SIDING]),
        ({"railway": "subway"}, [Layer.SUBWAY]),
        ({"railway": "subway", "service": "siding"}, [Layer.SUBWAY]),
        ({"railway": "abandoned"}, []),
        ({"railway": "construction"}, []),
        ({"waterway": "ditch"}, [Layer.DITCH]),
        ({"waterway": "drain"}, [Layer.DITCH]),
        ({"route": "ferry"}, [Layer.FERRY]),
        ({"aerialway": "gondola"}, [Layer.LIFT]),
        ({"aerialway": "zip_line"}, []),
        ({"piste:type": "downhill"}, [Layer.PISTE_LINE]),
        ({"piste:type": "nordic"}, []),
        ({"power": "line"}, []),
        ({"waterway": "riverbank"}, []),
        ({"aeroway": "runway"}, [Layer.RUNWAY]),
        ({"aeroway": "taxiway"}, [Layer.TAXIWAY]),
        ({"name": "nothing to draw"}, []),
    ],
)
def test_ways_become_lines_of_their_class(tags: dict[str, str], layers: list[Layer]) -> None:
    assert line_layers(tags) == layers


@pytest.mark.parametrize(
    ("tags", "layers"),
    [
        ({"highway": "pedestrian", "area": "yes"}, []),
        ({"highway": "pedestrian"}, [Layer.ROAD_PEDESTRIAN]),
        ({"aeroway": "runway"}, []),
        ({"aeroway": "taxiway"}, [Layer.TAXIWAY]),
        ({"piste:type": "downhill"}, []),
        ({"route": "ferry"}, [Layer.FERRY]),
        ({"aeroway": "taxiway", "area": "yes"}, []),
        ({"man_made": "pier"}, []),
        ({"waterway": "canal"}, [Layer.CANAL]),
        ({"natural": "coastline"}, [Layer.COASTLINE]),
    ],
)
def test_closed_ways_are_lines_unless_they_outline_an_area(tags: dict[str, str], layers: list[Layer]) -> None:
    assert line_layers(tags, closed=True) == layers


@pytest.mark.parametrize(
    ("tags", "layer"),
    [
        ({"natural": "water", "water": "lake"}, Layer.WATER),
        ({"waterway": "riverbank"}, Layer.WATER),
        ({"waterway": "dock"}, Layer.WATER),
        ({"leisure": "swimming_pool"}, Layer.POOL),
        ({"natural": "wetland"}, Layer.WETLAND),
        ({"natural": "glacier"}, Layer.GLACIER),
        ({"piste:type": "downhill"}, Layer.PISTE),
        ({"landuse": "reservoir"}, Layer.WATER),
        ({"landuse": "forest"}, Layer.WOOD),
        ({"leisure": "golf_course"}, Layer.PARK),
        ({"building": "yes", "leisure": "garden"}, Layer.BUILDING),
        ({"building": "no", "leisure": "garden"}, Layer.PARK),
        ({"building": "yes", "location": "underground"}, None),
        ({"aeroway": "runway"}, Layer.AIRPORT),
        ({"aeroway": "aerodrome"}, None),
        ({"natural": "bay"}, None),
        ({"natural": "coastline"}, None),
        ({"landuse": "residential"}, None),
        ({"highway": "pedestrian"}, Layer.SQUARE),
        ({"place": "square"}, Layer.SQUARE),
        ({"highway": "pedestrian", "layer": "-1"}, None),
        ({"highway": "footway", "indoor": "yes"}, None),
        ({"railway": "platform"}, Layer.PLATFORM),
        ({"public_transport": "platform", "highway": "platform"}, Layer.PLATFORM),
        ({"railway": "platform", "level": "-2"}, None),
        ({"railway": "platform", "tunnel": "yes"}, None),
        ({"natural": "water", "layer": "-1"}, Layer.WATER),
        ({"place": "square", "leisure": "park"}, Layer.PARK),
    ],
)
def test_areas_become_polygons_of_their_layer(tags: dict[str, str], layer: Layer | None) -> None:
    assert area_layer(tags) is layer


@pytest.mark.parametrize("tags", [{"aeroway": "taxiway"}, {"waterway": "canal"}, {"highway": "pedestrian"}])
def test_a_closed_way_that_means_a_line_is_an_area_only_when_it_says_so(tags: dict[str, str]) -> None:
    assert area_layer(tags, from_way=True) is None
    assert area_layer(tags | {"area": "yes"}, from_way=True) is not None
    assert area_layer(tags) is not None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, 0),
        ({"bridge": "yes"}, 1),
        ({"bridge": "viaduct"}, 1),
        ({"bridge": "no"}, 0),
        ({"tunnel": "yes"}, -1),
        ({"tunnel": "culvert"}, -1),
        ({"tunnel": "no"}, 0),
        ({"tunnel": "building_passage"}, 0),
    ],
)
def test_level_tells_bridges_from_tunnels(tags: dict[str, str], expected: int) -> None:
    assert level(tags) == expected
