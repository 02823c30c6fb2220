import io

import numpy as np
import pytest
from PIL import Image

from mural.render.png import PngWriter


def written(
    rows: np.ndarray,
    bands: list[int],
    dpi: float = 300,
    texts: dict[str, str] | None = None,
    *,
    squares: bool = False,
) -> bytes:
    file = io.BytesIO()
    writer = PngWriter(file, (rows.shape[1], rows.shape[0]), dpi, texts or {}, squares=squares)
    for part in np.split(rows, bands):
        writer.write(part)
    writer.close()
    return file.getvalue()


@pytest.fixture
def streets() -> np.ndarray:
    """Flat ground in three bands of colour with lines across it, wider than what a packer looks back upon."""
    rows = np.full((400, 700, 4), (240, 236, 225, 255), dtype=np.uint8)
    rows[130:260] = (170, 200, 220, 255)
    rows[::37, :, :3] = 90
    rows[:, ::53, :3] = 20
    rows[np.arange(400), np.arange(400)] = (200, 60, 40, 255)
    return rows


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (37, 23, 4), dtype=np.uint8)


def test_pillow_reads_back_every_pixel(noise):
    image = Image.open(io.BytesIO(written(noise, [])))
    assert image.mode == "RGB"
    assert np.array_equal(np.asarray(image), noise[:, :, :3])


@pytest.mark.parametrize("squares", [False, True])
def test_bands_make_no_difference_to_the_pixels(noise, squares):
    image = Image.open(io.BytesIO(written(noise, [1, 16, 30], squares=squares)))
    assert np.array_equal(np.asarray(image), noise[:, :, :3])


@pytest.mark.parametrize("squares", [False, True])
def test_a_map_is_packed_small_and_comes_back_pixel_for_pixel(streets, squares):
    file = written(streets, [1, 128, 256], squares=squares)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(file))), streets[:, :, :3])
    assert len(file) < streets.size / 20


def test_the_file_is_sound_to_the_last_checksum(noise):
    Image.open(io.BytesIO(written(noise, [16]))).verify()


def test_a_picture_of_squares_is_written_smaller_as_what_it_is():
    rows = np.random.default_rng(7).integers(0, 4, (100, 100, 1), dtype=np.uint8).repeat(2, 0).repeat(2, 1).repeat(4, 2)
    assert len(written(rows, [], squares=True)) < 0.9 * len(written(rows, []))


def test_resolution_and_texts_are_in_the_file(noise):
    texts = {"Title": "Chișinău, Молдова", "Copyright": "© OpenStreetMap contributors"}
    image = Image.open(io.BytesIO(written(noise, [], dpi=300, texts=texts)))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)
    assert {key: str(image.info[key]) for key in texts} == texts
