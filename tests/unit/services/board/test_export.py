"""The board as JSON."""

from __future__ import annotations

from mural.canvas.board import Board
from mural.canvas.exchange import ForeignPixel, save_pixels
from services.board.export import shown_pixels
from tests.support.studio import ANN, BEN, SHAPE, Studio


def test_what_is_exported_comes_back_by_an_import(studio: Studio) -> None:
    picture = Board(SHAPE.width, SHAPE.height)
    picture.pixels[40:50] = 12
    (studio.folder / "seed.board").write_bytes(picture.pack())
    studio.order("season", file="seed.board")
    studio.place(ANN, 0, 0, 3)
    studio.clock.advance(1)
    studio.place(BEN, 9, 1, 5)
    store = studio.canvas.store
    exported = sorted(shown_pixels(store, studio.canvas.live.season), key=lambda pixel: pixel.cell)
    assert len(exported) == 1 + 10
    save_pixels(sorted(exported, key=lambda pixel: pixel.at_ms), studio.folder / "pixels.json")
    digest = studio.canvas.live.board.digest()
    studio.clock.advance(60)
    assert studio.order("import", file="pixels.json")["pixels"] == 11
    assert studio.canvas.live.board.digest() == digest
    again = sorted(shown_pixels(store, studio.canvas.live.season), key=lambda pixel: pixel.cell)
    assert again == exported
    assert studio.place(ANN, 1, 0, 1).seq == studio.canvas.live.seq


def test_a_time_to_come_is_imported_as_now(studio: Studio) -> None:
    now_ms = studio.canvas.now_ms()
    save_pixels([ForeignPixel(3, 5, now_ms + 1_000_000, ANN.user_id)], studio.folder / "pixels.json")
    studio.order("import", file="pixels.json")
    (shown,) = shown_pixels(studio.canvas.store, studio.canvas.live.season)
    assert shown.at_ms == now_ms
    assert int(studio.canvas.live.board.pixels[3]) == 5
