from __future__ import annotations

from pathlib import Path

import imageio_ffmpeg
import pytest

from mural.canvas.board import Board
from mural.canvas.palette import PALETTES
from mural.canvas.pictures import film_frame, require_encoder, write_film
from mural.errors import NotBuilt
from tests.support.films import frames_of


def test_without_ffmpeg_mp4_is_refused_with_what_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found.")

    monkeypatch.setattr("shutil.which", lambda _name: None)
    require_encoder("mp4")
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", missing)
    require_encoder("webp")
    with pytest.raises(NotBuilt, match=r"MP4 needs ffmpeg.*\.webp or \.gif") as refused:
        require_encoder("mp4")
    assert refused.value.facts["allowed"] == ["webp", "gif"]


def test_a_board_with_odd_sides_becomes_an_mp4_with_even_ones(tmp_path: Path) -> None:
    board = Board(513, 33)
    board.pixels[:] = 6
    frames = [film_frame(board, PALETTES["mural32"])] * 3
    write_film(frames, tmp_path / "film.mp4", "mp4")
    shown = frames_of(tmp_path / "film.mp4")
    assert (frames[0].size, [frame.shape for frame in shown]) == ((513, 33), [(34, 514, 3)] * 3)
