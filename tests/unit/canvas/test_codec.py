from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mural.canvas.codec import MAX_EPOCH, MAX_PIXELS, decode_frame, frames, pack_pixels
from mural.errors import InvalidInput
from tests.support.real_parts import ROOT

VECTORS = json.loads((ROOT / "tests" / "data" / "canvas_frames.json").read_text(encoding="utf-8"))


def named(vector: dict[str, Any]) -> str:
    return vector["name"]


@pytest.mark.parametrize("vector", VECTORS["frames"], ids=named)
def test_a_frame_is_read(vector: dict[str, Any]) -> None:
    frame = decode_frame(bytes.fromhex(vector["hex"]))
    assert (frame.epoch, frame.first_seq) == (vector["epoch"], vector["first_seq"])
    assert frame.last_seq == vector["first_seq"] + len(vector["pixels"]) - 1
    assert [list(pixel) for pixel in zip(frame.cells.tolist(), frame.colours.tolist(), strict=True)] == vector["pixels"]


@pytest.mark.parametrize("vector", [vector for vector in VECTORS["frames"] if vector["pixels"]], ids=named)
def test_a_frame_is_written_as_the_documents_say(vector: dict[str, Any]) -> None:
    cells, colours = zip(*vector["pixels"], strict=True)
    packed = pack_pixels(np.array(cells, np.uint32), np.array(colours, np.uint8))
    assert [frame.hex() for frame in frames(vector["epoch"], vector["first_seq"], packed)] == [vector["hex"]]


@pytest.mark.parametrize("vector", VECTORS["not_frames"], ids=named)
def test_what_is_not_a_frame_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        decode_frame(bytes.fromhex(vector["hex"]))


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(content: bytes) -> None:
    try:
        frame = decode_frame(content)
    except InvalidInput:
        return
    assert len(frame.cells) == len(frame.colours) <= MAX_PIXELS
    assert 0 <= frame.epoch <= MAX_EPOCH


def test_more_pixels_than_a_frame_holds_make_several_without_a_gap() -> None:
    count = MAX_PIXELS + 3
    packed = pack_pixels(np.arange(count, dtype=np.uint32), np.zeros(count, np.uint8))
    first, second = (decode_frame(frame) for frame in frames(1, 10, packed))
    assert (first.first_seq, first.last_seq) == (10, 10 + MAX_PIXELS - 1)
    assert (second.first_seq, second.last_seq) == (10 + MAX_PIXELS, 10 + count - 1)
    assert second.cells.tolist() == [MAX_PIXELS, MAX_PIXELS + 1, MAX_PIXELS + 2]
