import numpy as np
from matplotlib.path import Path

from mural.render.shapes import LINES_PER_CHUNK, Surface, line_chunks
from tests.support.maps import lines
from tests.support.pictures import polygons, square


def signed_area(ring):
    x, y = ring[:, 0], ring[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def test_lines_are_gathered_from_the_bottom_of_the_page_up():
    count = 2 * LINES_PER_CHUNK + 1
    heights = np.random.default_rng(1).permutation(count)
    chunks = line_chunks(lines(*([(0, float(y)), (1, float(y))] for y in heights)))
    assert [len(chunk.path.vertices) for chunk in chunks] == [2 * LINES_PER_CHUNK, 2 * LINES_PER_CHUNK, 2]
    assert [(chunk.bottom_m, chunk.top_m) for chunk in chunks] == [(0, 249), (250, 499), (500, 500)]


def test_each_line_begins_with_a_move_and_keeps_its_points_in_order():
    (chunk,) = line_chunks(lines([(0, 5), (1, 5), (2, 6)], [(3, 0), (4, 0)]))
    assert chunk.path.vertices.tolist() == [[3, 0], [4, 0], [0, 5], [1, 5], [2, 6]]
    assert chunk.path.codes.tolist() == [Path.MOVETO, Path.LINETO, Path.MOVETO, Path.LINETO, Path.LINETO]


def test_no_lines_make_no_chunks():
    assert line_chunks(lines()) == ()


def test_a_surface_gives_only_what_reaches_into_a_range():
    surface = Surface(polygons([square(1, y_m=0)], [square(1, y_m=10)], [square(1, y_m=20)]))
    path = surface.path_between(9.5, 12)
    assert path is not None
    assert path.vertices[:, 1].min() == 9
    assert path.vertices[:, 1].max() == 11
    assert surface.path_between(5, 6) is None


def test_shells_and_holes_are_turned_against_each_other_however_they_come():
    clockwise = square(10)[::-1]
    path = Surface(polygons([clockwise, square(5)], [square(2, x_m=30), square(1, x_m=30)[::-1]])).path_between(-20, 20)
    assert path is not None
    rings = np.split(path.vertices, np.flatnonzero(path.codes == Path.CLOSEPOLY)[:-1] + 1)
    assert [np.sign(signed_area(ring)) for ring in rings] == [1, -1, 1, -1]
