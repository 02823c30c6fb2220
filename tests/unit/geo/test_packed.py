from __future__ import annotations

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mural.geo import ragged
from mural.geo.layers import Layer, Lines, Polygons
from mural.geo.packed import LAYERS, pack_lines, pack_polygons, unpack
from tests.support.maps import lines

DEGREES = st.tuples(
    st.integers(-1_800_000_000, 1_800_000_000).map(lambda places: places / 10_000_000),
    st.integers(-900_000_000, 900_000_000).map(lambda places: places / 10_000_000),
)
STREETS = st.lists(st.tuples(st.lists(DEGREES, min_size=2, max_size=5), st.sampled_from([-1, 0, 1])), max_size=5)
ISLANDS = [shapely.box(0, 0, 10, 10).difference(shapely.box(2, 2, 4, 4)), shapely.box(20.0000001, 0, 21, 1)]


@given(streets=STREETS, layer=st.sampled_from(LAYERS))
def test_lines_come_back_exactly(streets: list[tuple[list[tuple[float, float]], int]], layer: Layer) -> None:
    given_ = lines(*(points for points, _ in streets), levels=[level for _, level in streets])
    ((found, back),) = unpack(pack_lines(layer, given_))
    assert found is layer
    assert isinstance(back, Lines)
    assert back.xy.tolist() == given_.xy.tolist()
    assert back.offsets.tolist() == given_.offsets.tolist()
    assert back.level.tolist() == given_.level.tolist()


def test_sections_follow_each_other() -> None:
    lakes = ragged.from_shapes(np.array(ISLANDS, dtype=object))
    streets = lines([(0, 0), (1, 1)], levels=[1])  # one byte of levels: the next section starts after a gap
    data = pack_lines(Layer.TRAM, streets) + pack_polygons(Layer.WATER, lakes) + pack_lines(Layer.RAIL, streets)
    parts = list(unpack(data))
    assert [layer for layer, _ in parts] == [Layer.TRAM, Layer.WATER, Layer.RAIL]
    assert isinstance(parts[1][1], Polygons)
    assert list(ragged.to_shapes(parts[1][1])) == ISLANDS


@pytest.mark.parametrize("data", [b"x", b"\x00" * 17, pack_lines(Layer.RAIL, lines([(0, 0), (1, 1)]))[:-9]])
def test_anything_else_is_an_error(data: bytes) -> None:
    with pytest.raises((ValueError, struct.error)):
        list(unpack(data))
