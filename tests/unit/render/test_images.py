import numpy as np
import pytest
from PIL import Image

from mural.render.images import SmallImage, WholeImage


@pytest.mark.parametrize("bands", [[], [10, 25], [7, 8, 9, 50]])
def test_a_small_image_does_not_depend_on_the_bands(bands):
    rows = np.random.default_rng(3).integers(0, 256, (61, 40, 4), dtype=np.uint8)
    at_once, in_bands = SmallImage(40, 61, 10), SmallImage(40, 61, 10)
    at_once.write(rows)
    for part in np.split(rows, bands):
        in_bands.write(part)
    assert at_once.image().size == (10, 15)
    assert np.array_equal(np.asarray(at_once.image()), np.asarray(in_bands.image()))


def test_a_small_image_keeps_its_colour():
    small = SmallImage(3600, 8, 800)
    small.write(np.full((8, 3600, 4), (10, 120, 200, 255), dtype=np.uint8))
    assert (np.asarray(small.image()) == (10, 120, 200)).all()


@pytest.mark.parametrize("factor", [1, 2, 3, 6, 7])
def test_a_small_image_is_that_of_pixels_with_an_alpha(factor):
    rows = np.random.default_rng(5).integers(0, 256, (12 * factor, 20 * factor, 4), dtype=np.uint8)
    rows[:, :, 3] = 255
    small = SmallImage(20 * factor, 12 * factor, 20)
    small.write(rows)
    with_alpha = Image.fromarray(rows).reduce(factor).convert("RGB")
    assert np.array_equal(np.asarray(small.image()), np.asarray(with_alpha))


def test_a_whole_image_is_made_of_its_bands():
    rows = np.random.default_rng(3).integers(0, 256, (20, 5, 4), dtype=np.uint8)
    whole = WholeImage(5, 20)
    for part in np.split(rows, [3, 12]):
        whole.write(part)
    assert np.array_equal(np.asarray(whole.image), rows[:, :, :3])
