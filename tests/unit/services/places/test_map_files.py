from __future__ import annotations

from pathlib import Path

import pytest

from mural.geo.bbox import BBox
from mural.geo.catalogue_index import Known, index_bytes
from services.places.map_files import LeftOut, MapFiles

SOUND = Known(stamp=(1, 2), bbox=BBox(0, 0, 1, 1))
BROKEN = Known(stamp=(1, 2), fault="deadly", reason="what reads it dies")


@pytest.fixture
def files(tmp_path: Path) -> MapFiles:
    return MapFiles(tmp_path)


def found(tmp_path: Path, index: str, **known: Known) -> None:
    """Let a render process have found something out about files, which are there."""
    for name in known:
        (tmp_path / name).touch()
    (tmp_path / index).write_bytes(index_bytes({str(tmp_path / name): about for name, about in known.items()}))


def test_all_is_well_where_nothing_is_known_or_all_of_it_is_sound(files: MapFiles, tmp_path: Path) -> None:
    assert (files.word(), files.left_out()) == ("ok", [])
    found(tmp_path, "extracts.json", sound=SOUND)
    assert (files.word(), files.left_out()) == ("ok", [])


def test_extracts_and_samples_that_are_left_out_are_named(files: MapFiles, tmp_path: Path) -> None:
    found(tmp_path, "extracts.json", sound=SOUND, torn=BROKEN)
    found(tmp_path, "samples.json", sample=BROKEN)
    assert files.left_out() == [LeftOut(name, "deadly", BROKEN.reason) for name in ("torn", "sample")]
    assert files.word() == "degraded: torn, sample left out; replace or remove, see /status"


def test_what_is_removed_or_replaced_is_named_no_more(files: MapFiles, tmp_path: Path) -> None:
    found(tmp_path, "extracts.json", torn=BROKEN, other=BROKEN)
    assert len(files.left_out()) == 2
    (tmp_path / "torn").unlink()
    assert [file.name for file in files.left_out()] == ["other"]
    found(tmp_path, "extracts.json", other=SOUND)
    assert files.word() == "ok"


def test_hundreds_are_counted(files: MapFiles, tmp_path: Path) -> None:
    found(tmp_path, "extracts.json", **{f"map{number:03}": BROKEN for number in range(300)})
    assert files.word().startswith("degraded: map000, map001, map002, map003, map004 and 295 more left out")
    assert len(files.left_out()) == 300


def test_a_name_that_is_no_text_can_be_told(files: MapFiles, tmp_path: Path) -> None:
    found(tmp_path, "extracts.json", **{"two\nlines\udcff<b>": BROKEN})
    assert [file.name.encode().decode() for file in files.left_out()] == ["two\ufffdlines\ufffd<b>"]
