from mural.geo.layers import Layer, Lines
from mural.geo.yards import set_yards_apart
from tests.support.maps import lines


def tracks(count: int, spacing_m: float = 5.0) -> Lines:
    return lines(*([(-150, spacing_m * k), (150, spacing_m * k)] for k in range(count)))


def test_many_tracks_side_by_side_are_a_yard_whatever_their_tags() -> None:
    told = set_yards_apart({Layer.RAIL: tracks(7)})
    assert (len(told[Layer.RAIL]), len(told[Layer.SIDING])) == (0, 7)


def test_a_busy_line_is_no_yard() -> None:
    lines_of_four = {Layer.RAIL: tracks(4)}
    assert set_yards_apart(lines_of_four) is lines_of_four
    far_apart = set_yards_apart({Layer.RAIL: tracks(8, spacing_m=30)})
    assert len(far_apart[Layer.RAIL]) == 8


def test_sidings_count_and_a_line_that_passes_by_stays() -> None:
    rails = lines([(-150, 25), (150, 25)], [(-150, 300), (150, 300)])
    crossing = [[(-300, 30.0 * k), (0, 30.0 * k + 1)] for k in range(20, 26)]
    told = set_yards_apart({Layer.RAIL: lines(*_parts(rails), *crossing), Layer.SIDING: tracks(5)})
    assert (len(told[Layer.RAIL]), len(told[Layer.SIDING])) == (7, 6)


def _parts(some: Lines) -> list[list[tuple[float, float]]]:
    xy = [(float(x), float(y)) for x, y in some.xy]
    return [xy[start:end] for start, end in zip(some.offsets[:-1], some.offsets[1:], strict=True)]
